"""The queries whose answers are cached, and how often each is requested: which to evaluate on the next version.

A query is identified by everything that its answer depends on except the version. Tokens are no part of that, nor kept
here: access is checked before an answer is looked up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.bounded_cache import BoundedCache
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from kg.workers.frames import from_query
from server.http.conditional_requests import Representation

MAX_QUERIES, MAX_QUERY_BYTES = 2000, 4 * 2**20
OVERHEAD_BYTES = 1024
MIN_REQUESTS = 2.0
"""How often a query must be requested to be worth it: one that was sent once may never be sent again."""
COUNT_DECAY = 0.5
"""The share of each count that a new version keeps, so that queries that are no longer sent are forgotten."""
Fields = tuple[tuple[str, str], ...]


@dataclass(eq=False)
class AskedQuery:
    """A query that clients sent without naming a version."""

    query: Query
    representation: Representation
    count: float = 0
    """How often it was requested. Two threads may lose a request between them, which does no harm."""
    seconds: float = 0
    """The duration of its last evaluation for a client; 0 if no answer was cached."""
    fields: Fields = ()
    """The header fields that describe its answer on any version."""

    def tag(self, version: Version) -> str:
        """Return the tag of the query's answer on a version."""
        return self.representation.tag(version, from_query(self.query.at(version.name, version.digest)))

    def note_answer(self, seconds: float, fields: Fields) -> None:
        """Record that an answer was cached."""
        self.seconds, self.fields = seconds, fields


class AskedQueries:
    """The most recently requested queries, bounded in number and bytes; safe to use from any number of threads."""

    def __init__(self) -> None:
        self.evaluations = Counter[str]()
        """The number of evaluations in the background, by outcome."""
        self._queries = BoundedCache[AskedQuery](MAX_QUERIES, MAX_QUERY_BYTES)

    def count(self, query: Query, representation: Representation) -> AskedQuery:
        """Count a request for a query that names no version."""
        key = query, representation
        asked_query = self._queries.get(key)
        if asked_query is None:
            asked_query = AskedQuery(query, representation)
            # Sized by its text alone: everything else is short, or comes in an address, which is short.
            self._queries.put(key, asked_query, len(query.text) + OVERHEAD_BYTES)
        asked_query.count += 1
        return asked_query

    def take_most_expensive(self, limit: int) -> list[AskedQuery]:
        """Return up to `limit` queries that were repeated, by highest total cost first, and lower all counts."""
        queries = self._queries.values()
        repeated = [query for query in queries if query.count >= MIN_REQUESTS and query.seconds > 0]
        repeated.sort(key=lambda query: query.count * query.seconds, reverse=True)
        for query in queries:
            query.count *= COUNT_DECAY
        return repeated[:limit]
