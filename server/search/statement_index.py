"""Index of the statements of a version by facet value, word and sort order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from rdflib import SKOS

from kg.namespaces import OA, SCHEME
from server.http.parameters import whole_number
from server.search.property_columns import Columns
from server.search.text_search import fold
from server.search.time_spans import parse_moment
from server.search.tsv_cells import is_blank, text

FACET_PROPERTIES = {
    **{name: name for name in ("source", "sourceKind", "about", "act", "certainty", "polarity", "form", "occasion")},
    **{name: name for name in ("addressee", "onBehalfOf")},
    "article": "statedIn",
}
"""Facets whose values are the values of a property."""
NAME_PROPERTIES = ("name", "alias", str(SKOS.prefLabel))
NAMED_THING_PROPERTIES = ("sourceInChain", "about")
"""Properties from a statement to the things whose names are searched with it."""
UNKNOWN_OFFSET = 2**63
LEFT_OPEN = f"<{SCHEME}polarity/underspecified>"

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
    """The folded gist of each statement."""
    labels: Sequence[tuple[str, frozenset[StatementNumber]]]
    """Folded names of things, each with the statements of which they are a source or a subject."""

    def matching(
        self, chosen: Iterable[tuple[str, str]], words: Iterable[Sequence[str]]
    ) -> Collection[StatementNumber]:
        """Return the statements that have a chosen value of each facet chosen by, and every word in gist or name.

        Each word is its spellings, which are folded and found at the start of a word.
        """
        by_facet: dict[str, frozenset[StatementNumber]] = {}
        for facet, value in chosen:
            by_facet[facet] = by_facet.get(facet, frozenset()) | self.rows[facet].get(value, frozenset())
        matches = [*by_facet.values(), *map(self._with, words)]
        # The smallest set first: the intersection is at most as large as it.
        return frozenset.intersection(*sorted(matches, key=len)) if matches else range(len(self.iris))

    def _with(self, spellings: Sequence[str]) -> frozenset[StatementNumber]:
        starts = [f" {spelling}" for spelling in spellings]
        named = (rows for label, rows in self.labels if any(start in label for start in starts))
        by_gist = (row for row, gist in enumerate(self.gists) if any(start in gist for start in starts))
        return frozenset(by_gist).union(*named)

    def in_order(self, rows: Collection[StatementNumber], order: str) -> list[StatementNumber]:
        """Return statements in a sort order."""
        return [row for row in self.orders[order] if row in rows]

    def value_counts(self, rows: Collection[StatementNumber], facet: str) -> list[tuple[str, int]]:
        """Return the number of statements per value of a facet, the most frequent first."""
        # Of all statements, the sizes are known already.
        if len(rows) == len(self.iris):
            counts = {value: len(numbers) for value, numbers in self.rows[facet].items()}
        else:
            counts = Counter(chain.from_iterable(map(self.values[facet].__getitem__, rows)))
        return sorted(counts.items(), key=lambda count: (-count[1], count[0]))


def read_statements(columns: Columns) -> StatementIndex:
    """Return the statements of a version."""
    starts, articles = _start_offsets(columns), columns.first("statedIn")

    def place(statement: str) -> tuple[str, int, str]:
        return articles.get(statement, ""), starts.get(statement, UNKNOWN_OFFSET), statement

    statements = sorted(columns.members("Statement"), key=place)
    numbers = {statement: number for number, statement in enumerate(statements)}
    values = {
        facet: [_distinct_values(column.get(statement, ())) for statement in statements]
        for facet, column in _facets(columns, statements)
    }
    rows = {facet: _numbers_by_value(column) for facet, column in values.items()}
    cells = columns.first("gist")
    gists = [fold(text(cells[statement])) if statement in cells else "" for statement in statements]
    labels = [*_labels(columns, numbers)]
    return StatementIndex(statements, values, rows, _orders(columns, statements), gists, labels)


def _facets(columns: Columns, statements: list[str]) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    for facet, prop in FACET_PROPERTIES.items():
        yield facet, columns[prop]
    topics = {*columns.members(str(SKOS.Concept))}
    yield (
        "topic",
        {subject: [value for value in values if value in topics] for subject, values in columns["about"].items()},
    )
    sides = {*chain.from_iterable(columns["side"].values())}
    # By what the statement's own article tells: somebody who has changed sides speaks for none of the earlier one.
    yield "side", {cell: [side for side in values if side in sides] for cell, values in columns["sourceSide"].items()}
    yield (
        "date",
        {subject: [f'"{text(time)[:10]}"' for time in times] for subject, times in columns["saidEarliest"].items()},
    )
    # What the article's own voice passes on is at first hand, by the definition of the property.
    relayed = columns["byWordOf"]
    yield "hand", {cell: ['"second hand"' if cell in relayed else '"first hand"'] for cell in statements}
    supported = _supported(columns)
    yield (
        "support",
        {cell: ['"several independent sources"' if cell in supported else '"one source"'] for cell in statements},
    )


@dataclass(frozen=True)
class _Chain:
    """A statement with what it passes on and what passes it on: their speakers and acts of saying."""

    statements: frozenset[str]
    speakers: frozenset[str]
    utterances: frozenset[str]


def _supported(columns: Columns) -> set[str]:
    """Return the statements that a source outside of their chain confirms, or puts forward alike."""
    named, utterances = columns.first("identifiedAs"), columns.first("tellingOf")
    speakers = {statement: named.get(source, source) for statement, source in columns.first("source").items()}
    passed_on, passing = columns["relaysEventually"], defaultdict[str, list[str]](list)
    for statement, inner in passed_on.items():
        for cell in inner:
            passing[cell].append(statement)

    def chain_of(statement: str) -> _Chain:
        links = frozenset((statement, *passed_on.get(statement, ()), *passing.get(statement, ())))
        of_links = (frozenset(values[link] for link in links if link in values) for values in (speakers, utterances))
        return _Chain(links, *of_links)

    def is_supported(statement: str, peers: Mapping[str, list[str]]) -> bool:
        own = chain_of(statement)
        others = chain.from_iterable(group for speaker, group in peers.items() if speaker not in own.speakers)
        return any(peer not in own.statements and utterances.get(peer) not in own.utterances for peer in others)

    groups = [*_statements_alike(columns), *_confirmed_with_peers(columns)]
    supported = set[str]()
    for statements, peers in groups:
        by_speaker = defaultdict[str, list[str]](list)
        for peer in peers:
            if peer in speakers:
                by_speaker[speakers[peer]].append(peer)
        supported.update(statement for statement in statements if is_supported(statement, by_speaker))
    return supported


def _statements_alike(columns: Columns) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the statements that put forward the same as so, or as not so, of one time; as each other's peers."""
    keys, polarities, tenses = columns.first("contentKey"), columns.first("polarity"), columns.first("tense")
    alike = defaultdict[tuple[str, str, str], list[str]](list)
    for statement, contents in columns["says"].items():
        if statement in tenses and polarities.get(statement, LEFT_OPEN) != LEFT_OPEN:
            for key in {keys[content] for content in contents if content in keys}:
                alike[key, polarities[statement], tenses[statement]].append(statement)
    yield from ((statements, statements) for statements in alike.values())


def _confirmed_with_peers(columns: Columns) -> Iterator[tuple[list[str], list[str]]]:
    for peer, confirmed in columns["confirms"].items():
        yield confirmed, [peer]


def _distinct_values(values: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct values without blank nodes, which no URL can name."""
    return tuple(dict.fromkeys(value for value in values if not is_blank(value)))


def _numbers_by_value(column: Sequence[Sequence[str]]) -> dict[str, frozenset[StatementNumber]]:
    by_value: dict[str, list[StatementNumber]] = {}
    for number, values in enumerate(column):
        for value in values:
            by_value.setdefault(value, []).append(number)
    return {value: frozenset(numbers) for value, numbers in by_value.items()}


def _start_offsets(columns: Columns) -> dict[str, int]:
    """Return the offset of each statement's first passage."""
    selectors, starts = columns[str(OA.hasSelector)], columns[str(OA.start)]

    def places(passage: str) -> Iterator[int]:
        cells = (cell for selector in selectors.get(passage, ()) for cell in starts.get(selector, ()))
        return (offset for cell in cells if (offset := whole_number(text(cell))) is not None)

    offsets = {statement: [*chain(*map(places, passages))] for statement, passages in columns["evidence"].items()}
    return {statement: min(starts) for statement, starts in offsets.items() if starts}


def _orders(columns: Columns, statements: list[str]) -> dict[str, list[StatementNumber]]:
    """Return the statements sorted by place, by source, and by time, those without a time last."""
    names, sources, times = columns.first("name"), columns.first("source"), columns.first("saidEarliest")

    def source_name(number: StatementNumber) -> str:
        return text(names.get(sources.get(statements[number], ""), ""))

    def time(number: StatementNumber) -> tuple[bool, int | Fraction]:
        when = parse_moment(text(times.get(statements[number], "")))
        return when is None, when.seconds if when else 0

    places = range(len(statements))
    return {"place": [*places], "source": sorted(places, key=source_name), "said": sorted(places, key=time)}


def _labels(
    columns: Columns, numbers: Mapping[str, StatementNumber]
) -> Iterator[tuple[str, frozenset[StatementNumber]]]:
    statements = _statements_by_thing(columns, numbers)
    by_label: dict[str, set[StatementNumber]] = {}
    for naming in NAME_PROPERTIES:
        for thing, labels in columns[naming].items():
            if thing in statements:
                for label in labels:
                    by_label.setdefault(fold(text(label)), set()).update(statements[thing])
    return ((label, frozenset(named)) for label, named in by_label.items())


def _statements_by_thing(columns: Columns, numbers: Mapping[str, StatementNumber]) -> dict[str, list[StatementNumber]]:
    """Return, by thing, the statements of which it is a source or a subject."""
    by_thing: dict[str, list[StatementNumber]] = {}
    for prop in NAMED_THING_PROPERTIES:
        for statement, things in columns[prop].items():
            if statement in numbers:
                for thing in things:
                    by_thing.setdefault(thing, []).append(numbers[statement])
    return by_thing
