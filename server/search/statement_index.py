"""Index of the statements of a version by facet value, word and sort order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from rdflib import SKOS

from kg.namespaces import OA
from server.http.parameters import whole_number
from server.search.property_columns import Columns
from server.search.time_spans import parse_moment
from server.search.timeline import memberships
from server.search.tsv_cells import is_blank, text

FACET_PROPERTIES = {
    **{each: each for each in ("source", "sourceKind", "about", "act", "certainty", "polarity", "form", "occasion")},
    **{each: each for each in ("addressee", "onBehalfOf")},
    "article": "statedIn",
}
"""Facets whose values are the values of a property."""
NAME_PROPERTIES = ("name", "alias", str(SKOS.prefLabel))
NAMED_THING_PROPERTIES = ("sourceInChain", "about")
"""Properties from a statement to the things whose names are searched with it."""
UNKNOWN_OFFSET = 2**63

StatementNumber = int
"""A statement's position in the order of articles and offsets."""


@dataclass(frozen=True)
class StatementIndex:
    """All statements of a version, referred to by number; values are cells."""

    iris: Sequence[str]
    values: Mapping[str, Sequence[Sequence[str]]]
    """By facet, the values of each statement."""
    rows: Mapping[str, Mapping[str, frozenset[StatementNumber]]]
    """By facet and value, the statements that have it."""
    orders: Mapping[str, Sequence[StatementNumber]]
    """By the name of a sort order, all statements in that order."""
    gists: Sequence[str]
    labels: Sequence[tuple[str, frozenset[StatementNumber]]]
    """Names of things, each with the statements of which they are a source or a subject."""

    def matching(self, asked: Iterable[tuple[str, str]], words: Iterable[str]) -> Collection[StatementNumber]:
        """Return the statements that have all the facet values, and every word in their gist or a name."""
        found = [self.rows[facet].get(value, frozenset()) for facet, value in asked]
        found += [self._with(word.lower()) for word in words]
        return frozenset.intersection(*sorted(found, key=len)) if found else range(len(self.iris))

    def _with(self, word: str) -> frozenset[StatementNumber]:
        named = (rows for label, rows in self.labels if word in label)
        return frozenset(row for row, gist in enumerate(self.gists) if word in gist).union(*named)

    def in_order(self, rows: Collection[StatementNumber], order: str) -> list[StatementNumber]:
        """Return statements in a sort order."""
        return [row for row in self.orders[order] if row in rows]

    def value_counts(self, rows: Collection[StatementNumber], facet: str) -> list[tuple[str, int]]:
        """Return the number of statements per value of a facet, the most frequent first."""
        if len(rows) == len(self.iris):
            counts = {value: len(found) for value, found in self.rows[facet].items()}
        else:
            counts = Counter(chain.from_iterable(map(self.values[facet].__getitem__, rows)))
        return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def read_statements(columns: Columns) -> StatementIndex:
    """Return the statements of a version."""
    starts, articles = _start_offsets(columns), columns.first("statedIn")

    def place(statement: str) -> tuple[str, int, str]:
        return articles.get(statement, ""), starts.get(statement, UNKNOWN_OFFSET), statement

    found = sorted(columns.members("Statement"), key=place)
    number = {each: row for row, each in enumerate(found)}
    values = {
        facet: [_distinct_values(column.get(each, ())) for each in found] for facet, column in _facets(columns, found)
    }
    rows = {facet: _numbers_by_value(column) for facet, column in values.items()}
    gists = columns.first("gist")
    said = [text(gists[each]).lower() if each in gists else "" for each in found]
    return StatementIndex(found, values, rows, _orders(columns, found), said, [*_labels(columns, number)])


def _facets(columns: Columns, statements: list[str]) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    for facet, prop in FACET_PROPERTIES.items():
        yield facet, columns[prop]
    topics = {*columns.members(str(SKOS.Concept))}
    yield "topic", {each: [one for one in all_ if one in topics] for each, all_ in columns["about"].items()}
    taken = set(chain.from_iterable(columns["side"].values()))
    sides = {
        who: {who, *memberships(columns, who)} & taken for who in {*chain.from_iterable(columns["source"].values())}
    }
    yield "side", {each: [*chain(*(sides[who] for who in all_))] for each, all_ in columns["source"].items()}
    yield "date", {each: [f'"{text(one)[:10]}"' for one in all_] for each, all_ in columns["saidEarliest"].items()}
    relayed = {*chain.from_iterable(columns["relays"].values())}
    yield "hand", {each: ['"second hand"' if each in relayed else '"first hand"'] for each in statements}


def _distinct_values(values: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct values without blank nodes, which no URL can name."""
    return tuple(dict.fromkeys(value for value in values if not is_blank(value)))


def _numbers_by_value(column: Sequence[Sequence[str]]) -> dict[str, frozenset[StatementNumber]]:
    found: dict[str, list[StatementNumber]] = {}
    for row, values in enumerate(column):
        for value in values:
            found.setdefault(value, []).append(row)
    return {value: frozenset(rows) for value, rows in found.items()}


def _start_offsets(columns: Columns) -> dict[str, int]:
    """Return the offset of each statement's first passage."""
    selectors, starts = columns[str(OA.hasSelector)], columns[str(OA.start)]

    def places(passage: str) -> Iterator[int]:
        told = (text(each) for selector in selectors.get(passage, ()) for each in starts.get(selector, ()))
        return (found for each in told if (found := whole_number(each)) is not None)

    evidence = columns["evidence"]
    found = {each: [*chain(*map(places, evidence.get(each, ())))] for each in columns.members("Statement")}
    return {each: min(all_) for each, all_ in found.items() if all_}


def _orders(columns: Columns, found: list[str]) -> dict[str, list[StatementNumber]]:
    """Return the statements sorted by place, by source, and by time, those without a time last."""
    names, sources, times = columns.first("name"), columns.first("source"), columns.first("saidEarliest")

    def called(row: StatementNumber) -> str:
        return text(names.get(sources.get(found[row], ""), ""))

    def said(row: StatementNumber) -> tuple[bool, int | Fraction]:
        when = parse_moment(text(times.get(found[row], "")))
        return when is None, when.seconds if when else 0

    places = range(len(found))
    return {"place": [*places], "source": sorted(places, key=called), "said": sorted(places, key=said)}


def _labels(
    columns: Columns, number: Mapping[str, StatementNumber]
) -> Iterator[tuple[str, frozenset[StatementNumber]]]:
    rows = _statements_naming(columns, number)
    found: dict[str, set[StatementNumber]] = {}
    for naming in NAME_PROPERTIES:
        for thing, labels in columns[naming].items():
            if thing in rows:
                for label in labels:
                    found.setdefault(text(label).lower(), set()).update(rows[thing])
    return ((label, frozenset(all_)) for label, all_ in found.items())


def _statements_naming(columns: Columns, number: Mapping[str, StatementNumber]) -> dict[str, list[StatementNumber]]:
    """Return, by thing, the statements of which it is a source or a subject."""
    found: dict[str, list[StatementNumber]] = {}
    for prop in NAMED_THING_PROPERTIES:
        for statement, things in columns[prop].items():
            if statement in number:
                for thing in things:
                    found.setdefault(thing, []).append(number[statement])
    return found
