"""The values that statements have of each facet, from the columns of a version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from rdflib import SKOS

from kg.namespaces import SCHEME
from server.search.property_columns import Columns
from server.search.read_paths import CLASS, path, paths
from server.search.tsv_cells import text

FACET_PROPERTIES = {
    **{name: name for name in ("source", "sourceKind", "about", "act", "certainty", "polarity", "form", "occasion")},
    **{name: name for name in ("addressee", "onBehalfOf")},
    "article": "statedIn",
}
"""Facets whose values are the values of a property."""
LEFT_OPEN = f"<{SCHEME}polarity/underspecified>"
PATHS = (
    *(path(name) for name in FACET_PROPERTIES.values()),
    *(path(name) for name in ("sourceSide", "saidEarliest", "byWordOf")),
    path("about", CLASS + str(SKOS.Concept)),
)
SUPPORT = "support"
ONE_SOURCE, SEVERAL_SOURCES = '"one source"', '"several independent sources"'
SPEAKER, UTTERANCE = path("source", "identifiedAs"), path("tellingOf")
PEERS = path("says", "contentKey", "^contentKey", "^says")
"""From a statement to those that put forward the same."""
SUPPORT_PATHS = (
    *map(path, (f"{CLASS}Statement", "polarity", "tense")),
    *paths(*PEERS, ends=("polarity", "tense")),
    *(
        (*way, *end)
        for way in ((), path("relaysEventually"), path("^relaysEventually"), PEERS, path("^confirms"))
        for end in (SPEAKER, UTTERANCE)
    ),
)
"""What the support of a statement is read from: many statements may say the same, of which nothing else changes."""


def facet_values(columns: Columns, statements: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """Yield each facet but the support, with the values of these statements, and of others, by statement."""
    for facet, prop in FACET_PROPERTIES.items():
        yield facet, columns[prop]
    topics = {*columns.members(str(SKOS.Concept))}
    yield (
        "topic",
        {subject: [value for value in values if value in topics] for subject, values in columns["about"].items()},
    )
    sides = columns.sides
    # By what the statement's own article tells: somebody who has changed sides speaks for none of the earlier one.
    yield "side", {cell: [side for side in values if side in sides] for cell, values in columns["sourceSide"].items()}
    yield (
        "date",
        {subject: [f'"{text(time)[:10]}"' for time in times] for subject, times in columns["saidEarliest"].items()},
    )
    # What the article's own voice passes on is at first hand, by the definition of the property.
    relayed = columns["byWordOf"]
    yield "hand", {cell: ['"second hand"' if cell in relayed else '"first hand"'] for cell in statements}


@dataclass(frozen=True)
class _Chain:
    """A statement with what it passes on and what passes it on: their speakers and acts of saying."""

    statements: frozenset[str]
    speakers: frozenset[str]
    utterances: frozenset[str]


def supported_statements(columns: Columns) -> set[str]:
    """Return the statements that are due and that a source outside of their chain confirms, or puts forward alike."""
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
        # Another telling of the same act of saying is no second source.
        return any(peer not in own.statements and utterances.get(peer) not in own.utterances for peer in others)

    groups = [*_statements_alike(columns), *_confirmed_with_peers(columns)]
    supported = set[str]()
    for statements, peers in groups:
        by_speaker = defaultdict[str, list[str]](list)
        for peer in peers:
            if peer in speakers:
                by_speaker[speakers[peer]].append(peer)
        due = filter(columns.is_due, statements)
        supported.update(statement for statement in due if is_supported(statement, by_speaker))
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
