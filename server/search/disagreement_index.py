"""Pairs of statements that contradict or oppose each other, grouped by topic."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from rdflib import SKOS

from server.search.index_database import Database, StoredList
from server.search.property_columns import Columns

OPPOSING_RELATIONS = ("contradicts", "opposes")


@dataclass(frozen=True, slots=True)
class OpposedPair:
    """Two statements (as cells, sorted) and their relation; its direction is looked up in the graph when shown."""

    relation: str
    first: str
    second: str


@dataclass(frozen=True)
class Issue:
    """A topic (as a cell, empty if unknown) with the pairs of statements that disagree on it."""

    topic: str
    pairs: Sequence[OpposedPair]


SCHEMA = "CREATE TABLE issue (rank INTEGER PRIMARY KEY, topic TEXT, pairs TEXT);"


def open_issues(database: Database) -> Sequence[Issue]:
    """Return the issues of an index, sorted by topic, the one without a topic last."""
    return StoredList(
        database, "issue", lambda topic, pairs: Issue(topic, [OpposedPair(*p) for p in json.loads(pairs)])
    )


def write_issues(database: sqlite3.Connection, columns: Columns) -> None:
    """Write the issues of a version into an index."""
    concepts, about = {*columns.members(str(SKOS.Concept))}, columns["about"]
    by_topic: dict[str, list[OpposedPair]] = {}
    for pair in _pairs(columns):
        topics = [topic for end in (pair.first, pair.second) for topic in about.get(end, ()) if topic in concepts]
        by_topic.setdefault(_most_shared_topic(topics), []).append(pair)
    database.executemany("INSERT INTO issue VALUES (?, ?, ?)", _records(by_topic))


def _records(by_topic: dict[str, list[OpposedPair]]) -> Iterator[tuple[int, str, str]]:
    for rank, topic in enumerate(sorted(by_topic, key=lambda topic: (not topic, topic))):
        yield rank, topic, json.dumps([astuple(pair) for pair in by_topic[topic]])


def _pairs(columns: Columns) -> list[OpposedPair]:
    statements = {*columns.members("Statement")}
    pairs = {
        # Sorted, since each of the two may state the relation of the other.
        OpposedPair(relation, *sorted((subject, value)))
        for relation in OPPOSING_RELATIONS
        for subject, values in columns[relation].items()
        for value in values
        if subject in statements and value in statements
    }
    return sorted(pairs, key=lambda pair: (pair.relation, pair.first, pair.second))


def _most_shared_topic(topics: Iterable[str]) -> str:
    """Return the topic that occurs most often, or an empty string if there is none."""
    counts = Counter(topics)
    return min(counts, key=lambda topic: (-counts[topic], topic), default="")
