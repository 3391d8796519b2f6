"""Where statements run against each other, by the topic that they do so on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import SKOS

from server.search.property_columns import Columns

RELATIONS = ("contradicts", "opposes")


@dataclass(frozen=True, slots=True)
class Against:
    """Two statements, as cells, and the relation between them; which way it points is the graph's to say."""

    relation: str
    one: str
    other: str


@dataclass(frozen=True)
class Issue:
    """What statements disagree on, as a cell: empty where no topic is known."""

    topic: str
    pairs: Sequence[Against]


def read_issues(columns: Columns) -> list[Issue]:
    """Return the issues of a version by topic; what is on none comes last."""
    concepts, about = {*columns.members(str(SKOS.Concept))}, columns["about"]
    found: dict[str, list[Against]] = {}
    for pair in _pairs(columns):
        topics = [one for end in (pair.one, pair.other) for one in about.get(end, ()) if one in concepts]
        found.setdefault(_shared(topics), []).append(pair)
    return [Issue(topic, found[topic]) for topic in sorted(found, key=lambda each: (not each, each))]


def _pairs(columns: Columns) -> list[Against]:
    known = {*columns.members("Statement")}
    pairs = {
        Against(relation, *sorted((one, other)))
        for relation in RELATIONS
        for one, others in columns[relation].items()
        for other in others
        if one in known and other in known
    }
    return sorted(pairs, key=lambda each: (each.relation, each.one, each.other))


def _shared(topics: Iterable[str]) -> str:
    """Return the topic that most of two statements are about; none where neither has one."""
    counted = Counter(topics)
    return min(counted, key=lambda each: (-counted[each], each), default="")
