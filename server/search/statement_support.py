"""The support of statements: whether a source outside their chain confirms them, or puts forward the same.

One table of paths defines this. Both the query of a page and the columns of the index are made from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product

from kg.namespaces import SCHEME
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, Path, Step, name_in_query, path, path_in_query, reverse

ONE_SOURCE, SEVERAL_SOURCES = '"one source"', '"several independent sources"'
SOURCE = path("source")
CONFIRMING = path("^confirms")
CONTENT = path("says", "contentKey")
"""From a statement to what it puts forward; statements that put forward the same are peers."""
ALIKE = ("polarity", "tense")
"""Properties whose values peers share: as so, or as not so, and of one time."""
LEFT_OPEN = f"{SCHEME}polarity/underspecified"
"""The polarity of a statement that puts forward nothing as so or not so."""
CHAIN = (path("relaysEventually"), path("^relaysEventually"))
"""From a statement to what it passes on, and to what passes it on."""
SPEAKERS = tuple(
    tuple((*way, *named) for way in ways for named in ((), path("identifiedAs")))
    for ways in ([SOURCE], [path("sourceInChain"), path("^relaysEventually", "source")])
)
"""From a peer to its speakers, and from a statement to the speakers of its chain, by each of their names."""
UTTERANCES = ((path("tellingOf"),), tuple((*link, *path("tellingOf")) for link in ((), *CHAIN)))
"""From a peer to the utterance that it is a telling of, and from a statement to the utterances of its chain."""
PEERS = (*CONTENT, *reverse(CONTENT))


SUPPORT_PATHS: tuple[Path, ...] = (
    *map(path, (f"{CLASS}Statement", *ALIKE)),
    *CHAIN,
    *((*PEERS, *path(name)) for name in ALIKE),
    *(way for _, of_chain in (SPEAKERS, UTTERANCES) for way in of_chain),
    *((*peers, *way) for peers in (PEERS, CONFIRMING) for of_peer, _ in (SPEAKERS, UTTERANCES) for way in of_peer),
)
"""The paths of support alone: many statements may say the same, and nothing else about them changes."""


def support_pattern(variable: str) -> str:
    """Return the pattern that binds a variable to the support of `?statement`."""
    content, source = path_in_query(CONTENT), path_in_query(SOURCE)
    alike = "".join(f" ; {name_in_query(name)} ?{name}" for name in ALIKE)
    shared = (
        f"?peer {path_in_query(way)} ?shared . ?statement {path_in_query(chained)} ?shared"
        for of_peer, of_chain in (SPEAKERS, UTTERANCES)
        for way, chained in product(of_peer, of_chain)
    )
    linked = (f"?statement {path_in_query(link)} ?peer" for link in CHAIN)
    excluded = "\n    ".join(f"FILTER NOT EXISTS {{ {triples} }}" for triples in chain(linked, shared))
    # From the content back to who says it: in the other direction, the engine goes through everything that is said.
    return f"""BIND(IF(EXISTS {{
    {{ ?statement {path_in_query(CONFIRMING)} ?peer }} UNION {{
      ?statement {content} ?content{alike} .
      ?content {path_in_query(reverse(CONTENT))} ?peer . ?peer{alike.removeprefix(" ;")} .
      FILTER(?{ALIKE[0]} != {name_in_query(LEFT_OPEN)})
    }}
    ?peer {source} ?source .
    {excluded}
  }}, {SEVERAL_SOURCES}, {ONE_SOURCE}) AS {variable})"""


def support_of_statements(columns: Columns, statements: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return the support of statements that are due."""
    supported = {*_supported(columns)}
    return {cell: [SEVERAL_SOURCES if cell in supported else ONE_SOURCE] for cell in statements}


def _supported(columns: Columns) -> Iterator[str]:
    values = PathValues(columns)

    def is_supported(statement: str, peers: Mapping[frozenset[str], list[str]]) -> bool:
        links, speakers, utterances = (values.of_any(statement, ways) for ways in (CHAIN, SPEAKERS[1], UTTERANCES[1]))
        others = chain.from_iterable(group for speaker, group in peers.items() if speakers.isdisjoint(speaker))
        return any(peer not in links and utterances.isdisjoint(values.of_any(peer, UTTERANCES[0])) for peer in others)

    confirmed = ((statements, [peer]) for peer, statements in columns[CONFIRMING[0].names[0]].items())
    for statements, peers in chain(_alike(columns, values), confirmed):
        # Grouped by speaker, since a thousand statements that say the same have few speakers.
        by_speaker = defaultdict[frozenset[str], list[str]](list)
        for peer in peers:
            if speakers := values.of_any(peer, SPEAKERS[0]):
                by_speaker[speakers].append(peer)
        yield from (
            statement for statement in statements if columns.is_due(statement) and is_supported(statement, by_speaker)
        )


def _alike(columns: Columns, values: PathValues) -> Iterator[tuple[list[str], list[str]]]:
    """Yield groups of statements that put forward the same, as each other's peers."""
    groups = defaultdict[tuple[str, ...], list[str]](list)
    for statement in columns[CONTENT[0].names[0]]:
        contents = values.of(statement, CONTENT)
        for group in product(contents, *(columns[name].get(statement, ()) for name in ALIKE)):
            if f"<{LEFT_OPEN}>" not in group:
                groups[group].append(statement)
    yield from ((statements, statements) for statements in groups.values())


class PathValues:
    """Follows paths without repeated steps over columns; a column that is read in reverse is inverted once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._turned: dict[str, dict[str, list[str]]] = {}

    def of(self, thing: str, way: Path) -> frozenset[str]:
        """Return where a path leads from a thing."""
        places = {thing}
        for step in way:
            places = self._after(step, places)
        return frozenset(places)

    def of_any(self, thing: str, ways: Iterable[Path]) -> frozenset[str]:
        """Return where any of several paths leads from a thing."""
        return frozenset(end for way in ways for end in self.of(thing, way))

    def _after(self, step: Step, places: Iterable[str]) -> set[str]:
        columns = [self._turned_round(name) if step.inverse else self._columns[name] for name in step.names]
        return {end for column in columns for place in places for end in column.get(place, ())}

    def _turned_round(self, name: str) -> Mapping[str, Sequence[str]]:
        if name not in self._turned:
            turned = self._turned[name] = defaultdict[str, list[str]](list)
            for subject, values in self._columns[name].items():
                for value in values:
                    turned[value].append(subject)
        return self._turned[name]
