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
    one: str
    other: str


@dataclass(frozen=True)
class Issue:
    """A topic (as a cell, empty if unknown) with the pairs of statements that disagree on it."""

    topic: str
    pairs: Sequence[OpposedPair]


def read_issues(columns: Columns) -> list[Issue]:
    """Return the issues of a version, sorted by topic, the one without a topic last."""
    concepts, about = {*columns.members(str(SKOS.Concept))}, columns["about"]
    found: dict[str, list[OpposedPair]] = {}
    for pair in _pairs(columns):
        topics = [one for end in (pair.one, pair.other) for one in about.get(end, ()) if one in concepts]
        found.setdefault(_most_shared_topic(topics), []).append(pair)
    return [Issue(topic, found[topic]) for topic in sorted(found, key=lambda each: (not each, each))]


def _pairs(columns: Columns) -> list[OpposedPair]:
    known = {*columns.members("Statement")}
    pairs = {
        OpposedPair(relation, *sorted((one, other)))
        for relation in OPPOSING_RELATIONS
        for one, others in columns[relation].items()
        for other in others
        if one in known and other in known
    }
    return sorted(pairs, key=lambda each: (each.relation, each.one, each.other))


def _most_shared_topic(topics: Iterable[str]) -> str:
    """Return the topic that occurs most often, or an empty string if there is none."""
    counted = Counter(topics)
    return min(counted, key=lambda each: (-counted[each], each), default="")
