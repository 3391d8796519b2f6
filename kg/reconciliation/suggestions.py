"""The use case `reconcile`: the things named in a graph or file, with our candidates for each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path

from kg.app.export import full_names
from kg.app.imported_files import file_text, files_to_import, read_file
from kg.errors import PayloadError, RequestError
from kg.export.graph_documents import from_document
from kg.formats import CSV, NTRIPLES, TSV
from kg.lookups.property_values import Values
from kg.reconciliation.candidates import Candidate, NamedThing, Reconciler, is_match
from kg.reconciliation.known_things import read_known_things
from kg.reconciliation.things_in_rdf import read_nodes
from kg.reconciliation.things_in_tables import read_rows
from kg.store import PayloadLimits, Store
from kg.terms import new_graph

MAX_LOCATED_TRIPLES = 20_000
"""The maximum number of triples in a file for which the lines of its things are looked up."""
TABLE_EXTENSIONS = (CSV.extension, TSV.extension)


@dataclass(frozen=True)
class NamedSource:
    """The source to reconcile: the name of a graph or file, its digest if it is a file, and the things in it."""

    name: str
    digest: str
    things: tuple[NamedThing, ...]


@dataclass(frozen=True)
class Suggestion:
    """A thing of a source with its candidates, best first; `match` is whether the first is unambiguous."""

    thing: NamedThing
    candidates: tuple[Candidate, ...]
    match: bool


@dataclass(frozen=True)
class Suggestions:
    """The undecided suggestions of `kg reconcile`."""

    source: NamedSource
    version: str
    base: str
    suggestions: tuple[Suggestion, ...]


def suggest(store: Store, source: NamedSource, limit: int, *, all_things: bool) -> Iterator[Suggestion]:
    """Yield each thing of a source with its candidates; without `all_things`, only those with candidates."""
    reconciler = Reconciler(read_known_things(Values(store), store.graph_names()))
    for thing in source.things:
        # One more than needed, since a thing from our own graphs is its own best candidate.
        candidates = reconciler.candidates(thing, limit + 1)
        others = [candidate for candidate in candidates if candidate.thing.iri != thing.identifier]
        if others or all_things:
            yield Suggestion(thing, tuple(others[:limit]), is_match(others))


def read_source(store: Store, source: str) -> NamedSource:
    """Return the named things of a file or of a graph in the store.

    Raises RequestError if there is neither, PayloadError if the file cannot be read or names nothing.
    """
    path = Path(source)
    named = read_named_file(store, path) if path.is_file() else _read_graph(store, source)
    if not named.things:
        raise PayloadError(f"{named.name}: it names nothing: expected things with a name (rdfs:label, schema:name …).")
    return named


def read_named_file(store: Store, path: Path) -> NamedSource:
    """Return the named things of a table or an RDF file; relative IRIs are resolved as by an import into the store.

    Raises PayloadError if it cannot be read.
    """
    (extension, *_) = [suffix.removeprefix(".").lower() for suffix in path.suffixes] or [""]
    if {path.suffix.removeprefix(".").lower(), extension} & {*TABLE_EXTENSIONS}:
        raw, text = file_text(path)
        return NamedSource(str(path), hashlib.sha256(raw).hexdigest(), tuple(read_rows(text, str(path))))
    (file,) = files_to_import([path], None, in_one_graph=True)
    names = store.graph_names()
    read = read_file(file, BytesIO(), names.imported(file.slug) if names else "urn:file:", PayloadLimits())
    graph = new_graph(chain.from_iterable(read.graphs.values()))
    # Looking up a line searches the text each time.
    located = {str(subject) for subject in graph.subjects()} if len(graph) <= MAX_LOCATED_TRIPLES else ()
    places = {iri: f"{path}:{read.line_of(iri) or read.line_of_end(iri) or 1}" for iri in located}
    return NamedSource(str(path), read.source.digest, tuple(read_nodes(graph, places)))


def _read_graph(store: Store, name: str) -> NamedSource:
    names, version = store.graph_names(), store.current()
    base = names.base if names else ""
    if name not in version.counts and f"{base}graph/{name}" not in version.counts:
        known = sorted(graph.removeprefix(f"{base}graph/") for graph in version.counts)
        raise RequestError(f"There is neither a file nor a graph {name!r}; the graphs are: {', '.join(known)}.")
    (full_name,) = full_names([name], base, version.counts)
    return NamedSource(full_name, "", tuple(read_nodes(from_document(store.graph(full_name, NTRIPLES).chunks))))


def joined(sources: Sequence[NamedSource]) -> NamedSource:
    """Return several sources combined into one, named after all of them."""
    digests = " ".join(source.digest for source in sources).strip()
    things = chain.from_iterable(source.things for source in sources)
    return NamedSource(", ".join(source.name for source in sources), digests, tuple(things))
