"""The statements of a version by their facets, their words and their places: what a browser of claims looks up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from rdflib import SKOS

from kg.namespaces import OA
from server.http.numbers import whole_number
from server.search.property_columns import Columns
from server.search.time_spans import read
from server.search.timeline import belonging
from server.search.tsv_cells import is_blank, text

PLAIN = {
    **{each: each for each in ("source", "sourceKind", "about", "act", "certainty", "polarity", "form", "occasion")},
    **{each: each for each in ("addressee", "onBehalfOf")},
    "article": "statedIn",
}
"""Facets whose values are a property's."""
NAMING = ("name", "alias", str(SKOS.prefLabel))
NAMED = ("sourceInChain", "about")
"""What leads from a statement to the things whose names are searched with it."""
NOWHERE = 2**63

Row = int
"""A statement's number: its place in the order of articles."""


@dataclass(frozen=True)
class Statements:
    """Every statement. Values are cells; a statement is told by its row."""

    iris: Sequence[str]
    values: Mapping[str, Sequence[Sequence[str]]]
    """By facet, the values of each row."""
    rows: Mapping[str, Mapping[str, frozenset[Row]]]
    """By facet and value, the rows that have it."""
    orders: Mapping[str, Sequence[Row]]
    """By the name of an order, all rows in it."""
    gists: Sequence[str]
    labels: Sequence[tuple[str, frozenset[Row]]]
    """What things are called, each with the rows of the statements that they are sources or subjects of."""

    def having(self, asked: Iterable[tuple[str, str]], words: Iterable[str]) -> Collection[Row]:
        """Return the rows that have all values of facets that are asked for, and every word in a gist or a name."""
        found = [self.rows[facet].get(value, frozenset()) for facet, value in asked]
        found += [self._with(word.lower()) for word in words]
        return frozenset.intersection(*sorted(found, key=len)) if found else range(len(self.iris))

    def _with(self, word: str) -> frozenset[Row]:
        named = (rows for label, rows in self.labels if word in label)
        return frozenset(row for row, gist in enumerate(self.gists) if word in gist).union(*named)

    def ordered(self, rows: Collection[Row], order: str) -> list[Row]:
        """Return rows in an order."""
        return [row for row in self.orders[order] if row in rows]

    def counted(self, rows: Collection[Row], facet: str) -> list[tuple[str, int]]:
        """Return how many of the rows have each value of a facet, the most frequent first."""
        if len(rows) == len(self.iris):
            counts = {value: len(found) for value, found in self.rows[facet].items()}
        else:
            counts = Counter(chain.from_iterable(map(self.values[facet].__getitem__, rows)))
        return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def read_statements(columns: Columns) -> Statements:
    """Return the statements of a version."""
    starts, articles = _starts(columns), columns.first("statedIn")

    def place(statement: str) -> tuple[str, int, str]:
        return articles.get(statement, ""), starts.get(statement, NOWHERE), statement

    found = sorted(columns.members("Statement"), key=place)
    number = {each: row for row, each in enumerate(found)}
    values = {facet: [_distinct(column.get(each, ())) for each in found] for facet, column in _facets(columns, found)}
    rows = {facet: _posted(column) for facet, column in values.items()}
    gists = columns.first("gist")
    said = [text(gists[each]).lower() if each in gists else "" for each in found]
    return Statements(found, values, rows, _orders(columns, found), said, [*_labels(columns, number)])


def _facets(columns: Columns, statements: list[str]) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    for facet, prop in PLAIN.items():
        yield facet, columns[prop]
    topics = {*columns.members(str(SKOS.Concept))}
    yield "topic", {each: [one for one in all_ if one in topics] for each, all_ in columns["about"].items()}
    taken = set(chain.from_iterable(columns["side"].values()))
    sides = {who: {who, *belonging(columns, who)} & taken for who in {*chain.from_iterable(columns["source"].values())}}
    yield "side", {each: [*chain(*(sides[who] for who in all_))] for each, all_ in columns["source"].items()}
    yield "date", {each: [f'"{text(one)[:10]}"' for one in all_] for each, all_ in columns["saidEarliest"].items()}
    relayed = {*chain.from_iterable(columns["relays"].values())}
    yield "hand", {each: ['"second hand"' if each in relayed else '"first hand"'] for each in statements}


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    """Return what an address can ask for, each once; nobody can ask for a blank node."""
    return tuple(dict.fromkeys(value for value in values if not is_blank(value)))


def _posted(column: Sequence[Sequence[str]]) -> dict[str, frozenset[Row]]:
    found: dict[str, list[Row]] = {}
    for row, values in enumerate(column):
        for value in values:
            found.setdefault(value, []).append(row)
    return {value: frozenset(rows) for value, rows in found.items()}


def _starts(columns: Columns) -> dict[str, int]:
    """Return where each statement's first passage begins."""
    selectors, starts = columns[str(OA.hasSelector)], columns[str(OA.start)]

    def places(passage: str) -> Iterator[int]:
        told = (text(each) for selector in selectors.get(passage, ()) for each in starts.get(selector, ()))
        return (found for each in told if (found := whole_number(each)) is not None)

    evidence = columns["evidence"]
    found = {each: [*chain(*map(places, evidence.get(each, ())))] for each in columns.members("Statement")}
    return {each: min(all_) for each, all_ in found.items() if all_}


def _orders(columns: Columns, found: list[str]) -> dict[str, list[Row]]:
    """Return the rows by place, by who says it, and by when it was said; what has no time comes last."""
    names, sources, times = columns.first("name"), columns.first("source"), columns.first("saidEarliest")

    def called(row: Row) -> str:
        return text(names.get(sources.get(found[row], ""), ""))

    def said(row: Row) -> tuple[bool, int | Fraction]:
        when = read(text(times.get(found[row], "")))
        return when is None, when.seconds if when else 0

    places = range(len(found))
    return {"place": [*places], "source": sorted(places, key=called), "said": sorted(places, key=said)}


def _labels(columns: Columns, number: Mapping[str, Row]) -> Iterator[tuple[str, frozenset[Row]]]:
    rows = _leading(columns, number)
    found: dict[str, set[Row]] = {}
    for naming in NAMING:
        for thing, labels in columns[naming].items():
            if thing in rows:
                for label in labels:
                    found.setdefault(text(label).lower(), set()).update(rows[thing])
    return ((label, frozenset(all_)) for label, all_ in found.items())


def _leading(columns: Columns, number: Mapping[str, Row]) -> dict[str, list[Row]]:
    """Return the rows of the statements that a thing is a source or a subject of."""
    found: dict[str, list[Row]] = {}
    for prop in NAMED:
        for statement, things in columns[prop].items():
            if statement in number:
                for thing in things:
                    found.setdefault(thing, []).append(number[statement])
    return found
