"""The queries whose answers are kept, and how often each is asked: which are worth an evaluation on the next version.

A query is known by all that its answer depends on but the version. No token is part of that, nor kept here: who may
read is decided before an answer is looked up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.bounded_cache import BoundedCache
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from kg.workers.frames import from_query
from server.http.caching import Representation

MAX_QUERIES, MAX_QUERY_BYTES = 2000, 4 * 2**20
OVERHEAD_BYTES = 1024
LEAST_COUNT = 2.0
"""How often a query must have been asked to be worth it: one that was asked once may never be asked again."""
LEFT_OF_COUNT = 0.5
"""What a new version leaves of each count, so that what is not asked any more is forgotten."""
Fields = tuple[tuple[str, str], ...]


@dataclass(eq=False)
class AskedQuery:
    """A query without its version, as which it was asked."""

    query: Query
    representation: Representation
    count: float = 0
    """How often it was asked. Two threads may count one request less together, which does no harm."""
    seconds: float = 0
    """What its evaluation took for a client last; 0 if no answer was kept."""
    fields: Fields = ()
    """The fields of the header that describe its answer, whatever the version."""

    def tag(self, version: Version) -> str:
        """Return the tag of its answer on a version."""
        return self.representation.tag(version, from_query(self.query.at(version.name, version.digest)))

    def note_answer(self, seconds: float, fields: Fields) -> None:
        """Record that an answer was kept."""
        self.seconds, self.fields = seconds, fields


class AskedQueries:
    """The queries that were asked last, bounded in number and bytes; any number of threads may use it."""

    def __init__(self) -> None:
        self.evaluations = Counter[str]()
        """Evaluations in the background, by how they ended."""
        self._queries = BoundedCache[AskedQuery](MAX_QUERIES, MAX_QUERY_BYTES)

    def count(self, query: Query, representation: Representation) -> AskedQuery:
        """Count a request for a query that names no version."""
        key = query, representation
        asked_query = self._queries.get(key)
        if asked_query is None:
            asked_query = AskedQuery(query, representation)
            # By its text alone: what else it may have is short, or comes in an address, which is.
            self._queries.put(key, asked_query, len(query.text) + OVERHEAD_BYTES)
        asked_query.count += 1
        return asked_query

    def next_version(self, most: int) -> list[AskedQuery]:
        """Return at most so many that were asked more than once, what costs most in all first, and lower all counts."""
        queries = self._queries.values()
        worthy = [query for query in queries if query.count >= LEAST_COUNT and query.seconds > 0]
        worthy.sort(key=lambda query: query.count * query.seconds, reverse=True)
        for query in queries:
            query.count *= LEFT_OF_COUNT
        return worthy[:most]
