"""The difference between two datasets: the triples that are in one but not in the other.

The sorted lines of both are merged, so memory grows with the difference, not with the datasets. A blank node is
labelled with a digest of its description in its graph (RDFC-1.0), so that it is the same if its description is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter

import pyoxigraph as ox
from rdflib import BNode

from kg.export.blank_node_names import named_blanks
from kg.export.graph_documents import DocumentsByName, from_document, to_document
from kg.export.sorted_lines import sorted_lines
from kg.store.label_columns import LABEL_PROPERTIES, preferred_label
from kg.store.serialization import whole_lines
from kg.terms import parse_lines

_LABEL_PROPERTIES = tuple(f"<{name}>" for name in LABEL_PROPERTIES)


@dataclass(frozen=True)
class TripleChange:
    """A triple that was added or removed, with terms in N-Triples."""

    graph: str | None
    subject: str
    predicate: str
    object: str
    added: bool


def differences(before: DocumentsByName, after: DocumentsByName) -> list[TripleChange]:
    """Return the changes that lead from one dataset to another, by graph, subject and predicate, removals first.

    Raises PayloadError if a triple has a triple as a term.
    """
    changes = [
        change
        for name in sorted({*before, *after}, key=lambda name: name or "")
        for change in _graph_changes(name, before.get(name, ()), after.get(name, ()))
    ]
    return sorted(changes, key=lambda change: (change.graph or "", change.subject, change.predicate, change.added))


def _graph_changes(name: str | None, before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[TripleChange]:
    # In SPARQL, a label refers to one node in the whole request, so graphs must not share labels.
    start = f"b{sha256((name or '').encode()).hexdigest()[:8]}-"
    old, new = (_labelled(document, start) for document in (before, after))
    with sorted_lines(old) as old_lines, sorted_lines(new) as new_lines:
        marked = merge(((line, False) for line in old_lines), ((line, True) for line in new_lines))
        for line, holders in groupby(marked, key=itemgetter(0)):
            added, *others = (holder for _, holder in holders)
            if not others:
                (triple,) = parse_lines(line)
                subject, predicate, value = map(str, triple)
                yield TripleChange(name, subject, predicate, value, added)


def _labelled(document: Iterable[bytes], start: str) -> Iterator[bytes]:
    """Yield a graph's lines, relabelling blank nodes independently of their original labels."""
    about_blanks = []
    for block in whole_lines(document):
        lines = block.splitlines(keepends=True)
        # A literal may contain these characters too: its line then takes the slower path, with the same result.
        about_blanks += [line for line in lines if line.startswith(b"_:") or b" _:" in line]
        yield b"".join(line for line in lines if not (line.startswith(b"_:") or b" _:" in line))
    if about_blanks:
        yield from to_document(named_blanks(from_document(about_blanks), start, BNode))


def labels_in(documents: DocumentsByName, terms: Collection[str]) -> dict[str, str]:
    """Return the preferred label of each of the terms that has one in a dataset."""
    labels: defaultdict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for document in documents.values():
        for block in whole_lines(document):
            for line in block.splitlines():
                subject, predicate, _ = line.decode().split(" ", 2)
                if predicate in _LABEL_PROPERTIES and subject in terms:
                    (triple,) = parse_lines(line)
                    if isinstance(triple.object, ox.Literal):
                        labels[subject][predicate].append((triple.object.value, triple.object.language or ""))
    return {
        subject: preferred_label(next(by_property[name] for name in _LABEL_PROPERTIES if name in by_property))[0]
        for subject, by_property in labels.items()
    }
