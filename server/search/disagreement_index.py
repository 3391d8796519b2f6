"""Pairs of statements that contradict or oppose each other, grouped by topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import SKOS

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


def read_issues(columns: Columns) -> list[Issue]:
    """Return the issues of a version, sorted by topic, the one without a topic last."""
    concepts, about = {*columns.members(str(SKOS.Concept))}, columns["about"]
    by_topic: dict[str, list[OpposedPair]] = {}
    for pair in _pairs(columns):
        topics = [topic for end in (pair.first, pair.second) for topic in about.get(end, ()) if topic in concepts]
        by_topic.setdefault(_most_shared_topic(topics), []).append(pair)
    return [Issue(topic, by_topic[topic]) for topic in sorted(by_topic, key=lambda topic: (not topic, topic))]


def _pairs(columns: Columns) -> list[OpposedPair]:
    statements = {*columns.members("Statement")}
    pairs = {
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
