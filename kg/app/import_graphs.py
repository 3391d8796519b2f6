"""The use case `import`: imports RDF files as graphs of clients, all of them in one version or none.

Graphs imported under names of their own (`graph/import/…`) are not part of the default graph, because they are not
facts from the articles. They still have to satisfy the ontology and the shapes, as if they were part of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from kg.app.build_options import Counted, Progress, no_progress, not_counted
from kg.app.imported_files import ImportFile, ReadFile, read_file
from kg.app.schema import Schema, read_schema
from kg.app.write import infer_and_validate
from kg.app.write_provenance import WriteOrigins, record_write
from kg.datasets import GraphNames, Owner
from kg.errors import (
    ContradictionError,
    IllTypedLiteralError,
    PayloadError,
    RequestError,
    ShapesViolatedError,
    UnsupportedAxiomError,
)
from kg.mapping.authoring.new_document import slug_of
from kg.provenance import SourceFile
from kg.store import ParsedGraph, PayloadLimits, Transaction, Version, names_of, open_store

IRI = re.compile(r"<([^<>\s]+)>")
LAST_SEGMENT = re.compile(r"[/#:]")
WAIT_SECONDS = 60.0
"""Seconds that an import waits for another writer."""


@dataclass(frozen=True)
class ImportOptions:
    """Import options: the target graph (empty: one for each file), the author, and whether to add or replace."""

    graph: str = ""
    author: str = ""
    add: bool = False
    keep: int = 0
    limits: PayloadLimits = field(default_factory=PayloadLimits)


@dataclass(frozen=True)
class ImportedGraph:
    """An imported graph: its triples by file, and its name in the file if it is a named graph there."""

    name: str
    triples: tuple[ParsedGraph, ...]
    files: tuple[SourceFile, ...]
    original: str = ""

    def __len__(self) -> int:
        return sum(map(len, self.triples))


@dataclass(frozen=True)
class Imported:
    """The version with an import, or the previous version if nothing has changed, and the imported graphs."""

    version: Version
    changed: bool
    graphs: tuple[ImportedGraph, ...]
    apart: bool
    """Whether the graphs are outside the default graph."""


def read_files(
    folder: Path,
    files: Sequence[ImportFile],
    standard_input: BinaryIO,
    options: ImportOptions,
    count: Counted = not_counted,
) -> list[ReadFile]:
    """Return the content of files, with IRIs relative to the graph's name. Raises PayloadError if one is faulty."""
    names = names_of(folder)
    name = graph_name(options.graph, names)
    read = []
    for number, file in enumerate(files, 1):
        base = name or (names.imported(file.slug) if names else "")
        read.append(read_file(file, standard_input, base, options.limits))
        count(number, len(files))
    return read


def import_files(
    folder: Path, read: Sequence[ReadFile], options: ImportOptions, progress: Progress = no_progress
) -> Imported:
    """Import files as graphs of a store, in one version; after any error, the store is unchanged.

    Raises PayloadError, IllTypedLiteralError, ContradictionError or ShapesViolatedError if a file is faulty,
    ForbiddenError if the graph belongs to the build, RequestError if its name is invalid.
    """
    names = names_of(folder)
    name = graph_name(options.graph, names)
    graphs = (_one_graph(name, read),) if name else tuple(_graphs_by_file(read, names))
    _require_different_names(graphs)
    progress(f"Validating {sum(map(len, graphs)):,} triples")
    with _located_errors(read), open_store(folder, options.keep).write(WAIT_SECONDS) as transaction:
        version, apart = _write(transaction, names, graphs, options, progress)
        return Imported(version, version is not transaction.base, graphs, apart)


def _require_different_names(graphs: Sequence[ImportedGraph]) -> None:
    for name, number in Counter(graph.name for graph in graphs).items():
        if number > 1:
            files = " and ".join(file.name for graph in graphs if graph.name == name for file in graph.files)
            raise RequestError(f"{files} would both be the graph {name}: rename one, or name the graph by --graph.")


def graph_name(graph: str, names: GraphNames | None) -> str:
    """Return the full name of a graph, given in full or by the part after `graph/`; empty if none is given."""
    if not graph and names is None:
        raise RequestError("A plain store cannot name a graph after its file: expected --graph.")
    # A full name is an absolute IRI, which contains a colon after the scheme.
    if not graph or ":" in graph or names is None:
        return graph
    return f"{names.base}graph/{graph}"


def _one_graph(name: str, read: Sequence[ReadFile]) -> ImportedGraph:
    for file in read:
        if named := sorted(graph for graph in file.graphs if graph):
            raise PayloadError(
                f"{file.file.name}:{file.line_of(named[0]) or 1}: it holds the graph <{named[0]}>: expected triples "
                "alone where --graph names their graph."
            )
    return ImportedGraph(name, tuple(file.graphs[None] for file in read), tuple(file.source for file in read))


def _graphs_by_file(read: Sequence[ReadFile], names: GraphNames | None) -> Iterator[ImportedGraph]:
    """Yield a graph for each file, and one below it for each named graph in the file."""
    for file in read:
        used: dict[str, str] = {}
        for original, triples in sorted(file.graphs.items(), key=lambda pair: pair[0] or ""):
            within = _slug_within(file, original or "", used)
            name = names.imported(f"{file.file.slug}{within}") if names else ""
            if len(triples):
                yield ImportedGraph(name, (triples,), (file.source,), original or "")


def _slug_within(file: ReadFile, original: str, used: dict[str, str]) -> str:
    if not original:
        return ""
    last = slug_of(LAST_SEGMENT.split(original.rstrip("/#"))[-1])
    if not last or last in used:
        what = (
            f"the graphs <{used[last]}> and <{original}> have the same ending"
            if last
            else f"<{original}> does not end in an ASCII letter or digit"
        )
        where = f"{file.file.name}:{file.line_of(original) or 1}"
        raise PayloadError(f"{where}: {what}: expected different endings, since these name the imported graphs.")
    used[last] = original
    return f"/{last}"


def _write(
    transaction: Transaction,
    names: GraphNames | None,
    graphs: Sequence[ImportedGraph],
    options: ImportOptions,
    progress: Progress,
) -> tuple[Version, bool]:
    """Write graphs in a transaction, validate them if the store holds a corpus, and publish them."""
    note = f"import of {', '.join(sorted({file.name for graph in graphs for file in graph.files}))}"
    # A plain store has neither an ontology nor shapes.
    if names is None:
        _put(transaction, graphs, options)
        return transaction.commit(note), False
    schema, apart = read_schema(), not any(names.in_default(graph.name) for graph in graphs)
    # Outside the default graph, nothing is inferred from them: a trial graph inside it shows what would follow.
    if apart:
        _require_valid_beside(transaction, names, schema, graphs)
        _put(transaction, graphs, options)
    else:
        _put(transaction, graphs, options)
        infer_and_validate(transaction, names, schema)
    # Checked before the provenance is recorded, which would itself be a change.
    if not transaction.changed_graphs():
        return transaction.base, apart
    # The same time for both, so that the provenance and the record of the version agree.
    time = datetime.now(UTC)
    files = {graph.name: graph.files for graph in graphs}
    originals = {graph.name: graph.original for graph in graphs if graph.original}
    record_write(transaction, names, note, time, WriteOrigins(options.author, files, originals))
    progress("Writing the new version")
    return transaction.commit(note, f"{time:%Y-%m-%dT%H:%M:%SZ}"), apart


def _put(transaction: Transaction, graphs: Sequence[ImportedGraph], options: ImportOptions) -> None:
    write = transaction.add if options.add else transaction.replace_graph
    for graph in graphs:
        write(graph.name, chain.from_iterable(graph.triples))


def _require_valid_beside(
    transaction: Transaction, names: GraphNames, schema: Schema, graphs: Sequence[ImportedGraph]
) -> None:
    """Validate graphs as if they were in the default graph, leaving the transaction unchanged."""
    trial = f"{names.base}graph/import-trial"
    transaction.add(trial, chain.from_iterable(chain.from_iterable(graph.triples for graph in graphs)))
    infer_and_validate(transaction, names, schema)
    # Undo the inferences from the trial graph, which would otherwise remain without their premises.
    inferred = transaction.changes().get(names.inferred)
    if inferred is not None:
        transaction.remove(names.inferred, inferred.added, Owner.SYSTEM)
        transaction.add(names.inferred, inferred.removed, Owner.SYSTEM)
    transaction.remove_graph(trial)


@contextmanager
def _located_errors(read: Sequence[ReadFile]) -> Iterator[None]:
    """Add the file and line that mention its subject to each sentence of an error about the triples."""
    try:
        yield
    except (ContradictionError, IllTypedLiteralError, ShapesViolatedError, UnsupportedAxiomError) as error:
        error.args = ("\n".join(f"{_place(sentence, read)}{sentence}" for sentence in str(error).splitlines()),)
        raise


def _place(sentence: str, read: Sequence[ReadFile]) -> str:
    """Return the file and line that mention the subject of a sentence, or else the first thing that it names."""
    # A sentence about a shape begins with the end of its node's IRI; one about a literal ends with its subject's.
    things = [sentence.partition(": ")[0], *reversed(IRI.findall(sentence))]
    for line_of in (ReadFile.line_of, ReadFile.line_of_end):
        for thing in things:
            for file in read:
                if line := line_of(file, thing):
                    return f"{file.file.name}:{line}: "
    return ""
