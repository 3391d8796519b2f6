"""Pairs of statements that contradict or oppose each other, grouped by topic."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from rdflib import SKOS

from server.search.index_database import Database, StoredList, ThingIds
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, path

OPPOSING_RELATIONS = ("contradicts", "opposes")


@dataclass(frozen=True, slots=True)
class OpposedPair:
    """Two statements (as cells, sorted) and their relation; its direction is looked up in the graph when shown."""

    relation: str
    first: str
    second: str


@dataclass(frozen=True)
class DisputedTopic:
    """A topic (as a cell, empty if unknown) with the pairs of statements that disagree on it."""

    topic: str
    pairs: Sequence[OpposedPair]


# The topic of a pair is read from both of its statements.
PATHS = tuple(
    path(*way, *end)
    for way in ((), *((f"{direction}{relation}",) for relation in OPPOSING_RELATIONS for direction in ("", "^")))
    for end in (
        *((name,) for name in (f"{CLASS}Statement", "about", *OPPOSING_RELATIONS)),
        ("about", f"{CLASS}{SKOS.Concept}"),
    )
)


class DisputedTopics(StoredList[DisputedTopic]):
    """The disputed topics of an index, sorted by topic, the one without a topic last."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "SELECT DISTINCT topic FROM opposed", "topic = '', topic", self._disputed_topic)

    def _disputed_topic(self, topic: str) -> DisputedTopic:
        query = "SELECT relation, first, second FROM opposed WHERE topic = ? ORDER BY relation, first, second"
        return DisputedTopic(topic, [OpposedPair(*record) for record in self._database.select(query, topic)])

    def pair_numbers(self) -> dict[str, int]:
        """Return the number of pairs by relation, each counted once, even if it is listed under several topics."""
        query = "SELECT count(*) FROM (SELECT DISTINCT first, second FROM opposed WHERE relation = ?)"
        return {relation: int(self._database.value(query, relation)) for relation in OPPOSING_RELATIONS}


def renew_disputed_topics(database: sqlite3.Connection, columns: Columns, _: ThingIds) -> None:
    """Rewrite an index's pairs of opposed statements of which one is due."""
    for end in ("first", "second"):
        database.executemany(f"DELETE FROM opposed WHERE {end} = ?", ([thing] for thing in columns.due or ()))
    concepts, about = {*columns.members(str(SKOS.Concept))}, columns["about"]
    for pair in _pairs(columns):
        topics = [topic for end in (pair.first, pair.second) for topic in about.get(end, ()) if topic in concepts]
        record = (_most_shared_topic(topics), *astuple(pair))
        database.execute("INSERT INTO opposed VALUES (?, ?, ?, ?)", record)


def _pairs(columns: Columns) -> set[OpposedPair]:
    statements = {*columns.members("Statement")}
    return {
        # Sorted, since either of the two may state the relation.
        OpposedPair(relation, *sorted((subject, value)))
        for relation in OPPOSING_RELATIONS
        for subject, values in columns[relation].items()
        for value in values
        if subject in statements and value in statements and (columns.is_due(subject) or columns.is_due(value))
    }


def _most_shared_topic(topics: Iterable[str]) -> str:
    """Return the topic that occurs most often, or an empty string if there is none."""
    counts = Counter(topics)
    return min(counts, key=lambda topic: (-counts[topic], topic), default="")
