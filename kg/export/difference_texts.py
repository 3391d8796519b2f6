"""The difference between two datasets as a readable report, or as a SPARQL update that turns one into the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from kg.errors import RequestError
from kg.export.difference import TripleChange
from kg.iterables import in_batches
from kg.prefixes import Shortener, prefixes

MAX_TRIPLES_PER_OPERATION = 1000
"""The maximum number of triples in one INSERT DATA or DELETE DATA: a server reads each operation as a whole."""
_LOCAL_NAME = re.compile(r"[A-Za-z_](?:[\w-]*\w)?", re.ASCII)


def in_words(
    changes: Sequence[TripleChange], labels: Mapping[str, str], base: str, counted_only: Collection[str] = ()
) -> Iterator[str]:
    """Yield the lines of a report, by graph and subject, with labels where known.

    Graphs in `counted_only` get one line each.
    """
    term = _written_terms(labels, base)
    for graph, of_graph in groupby(changes, key=attrgetter("graph")):
        in_graph = [*of_graph]
        name = "the default graph" if graph is None else graph.removeprefix(f"{base}graph/")
        only_counted = graph in counted_only
        yield f"{_printable(name)}: {counted(in_graph)}{' (--graph shows them)' if only_counted else ''}"
        for subject, about in groupby([] if only_counted else in_graph, key=attrgetter("subject")):
            yield f"  {term(subject)}"
            yield from (
                f"    {'+' if change.added else '-'} {term(change.predicate)} {term(change.object)}" for change in about
            )


def counted(changes: Sequence[TripleChange]) -> str:
    """Return the numbers of triples removed and added, in words."""
    added = sum(change.added for change in changes)
    return f"{len(changes) - added:,} removed, {added:,} added"


def as_update(changes: Sequence[TripleChange]) -> Iterator[str]:
    """Yield a SPARQL 1.1 update that turns the first dataset into the second, operation by operation.

    Raises RequestError if it would have to remove a blank node, which an update cannot name (section 3.1.3.3).
    """
    for change in changes:
        if not change.added and (change.subject.startswith("_:") or change.object.startswith("_:")):
            raise RequestError(
                f"{change.subject} {change.predicate} {change.object} was removed from {change.graph or 'the default'}"
                " graph: an update cannot name a blank node. Write the difference in words, or replace the whole graph."
            )
    operations = (("DELETE DATA", False), ("INSERT DATA", True))
    for keyword, added in operations:
        chosen = [change for change in changes if change.added is added]
        for graph, of_graph in groupby(chosen, key=attrgetter("graph")):
            for batch in _batches(of_graph):
                lines = "".join(f"  {change.subject} {change.predicate} {change.object} .\n" for change in batch)
                block = f"{{\n{lines}}}" if graph is None else f"{{ GRAPH <{graph}> {{\n{lines}}} }}"
                yield f"{keyword} {block} ;\n"


def _batches(changes: Iterable[TripleChange]) -> Iterator[Sequence[TripleChange]]:
    """Yield changes in batches without common blank nodes, since labels refer to other nodes in the next operation."""
    with_blanks, others = list[TripleChange](), list[TripleChange]()
    for change in changes:
        about_blank = change.subject.startswith("_:") or change.object.startswith("_:")
        (with_blanks if about_blank else others).append(change)
    if with_blanks:
        yield with_blanks
    yield from in_batches(others, MAX_TRIPLES_PER_OPERATION)


def _written_terms(labels: Mapping[str, str], base: str) -> Callable[[str], str]:
    shortener = Shortener(prefixes(base))

    def written(term: str) -> str:
        if not term.startswith("<"):
            return _printable(term)
        parts = shortener.split(term[1:-1])
        name = ":".join(parts) if parts and _LOCAL_NAME.fullmatch(parts[1]) else term
        return _printable(f"{name} ({labels[term]})" if term in labels else name)

    return written


def _printable(text: str) -> str:
    """Return a text that is safe for a terminal, with unprintable characters escaped."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04X}" for character in text)
