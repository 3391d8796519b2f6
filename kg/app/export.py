"""The use case `export`: graphs of a store in any format, and projections of them as property graphs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from kg import formats
from kg.errors import RequestError, UnknownGraphError
from kg.export.format_writers import write_documents
from kg.export.projections import Projection, project
from kg.export.property_graph_files import write_property_graph
from kg.formats import Format, Holds
from kg.sparql.protocol import RequestDataset
from kg.store import Store
from kg.store.query_rows import select_rows


def export_graphs(store: Store, graphs: Iterable[str], format_: Format, version: str | None = None) -> Iterator[bytes]:
    """Yield graphs of a store in a format; if none are named, the choice depends on what the format can hold.

    Graphs are given by full name, or by the part after `graph/`. Raises UnknownGraphError if the version has no such
    graph, DataError if the format cannot express a triple.
    """
    names = store.graph_names()
    base = names.base if names else ""
    all_names = store.version(version).counts
    graph_names: list[str | None] = [*full_names(graphs, base, all_names)]
    if not graph_names and format_.holds is Holds.PROPERTY_GRAPH and names:
        # Without the description, which would mix classes, prefixes and questions with the things in articles.
        graph_names = [name for name in filter(names.in_default, all_names) if name != names.description]
    elif not graph_names and format_.holds is Holds.QUADS:
        graph_names = [*all_names, *(() if names else (None,))]
    documents = {name: _document(store, name, version) for name in graph_names or [None]}
    return write_documents(documents, format_, base)


def export_projection(
    store: Store, graphs: Iterable[str], projection: Projection, format_: Format, version: str | None = None
) -> Iterator[bytes]:
    """Yield a projection of the default graph of a store, or of the given graphs, as a property graph.

    Raises RequestError if the format holds no property graph, UnknownGraphError as `export_graphs` does.
    """
    if format_.holds is not Holds.PROPERTY_GRAPH:
        offered = ", ".join(known.name for known in formats.PROPERTY_GRAPH_FORMATS)
        raise RequestError(
            f"A projection is a property graph, which {format_.label} does not hold: expected one of {offered}."
        )
    names = store.graph_names()
    all_names = store.version(version).counts
    dataset = RequestDataset((*full_names(graphs, names.base if names else "", all_names),))
    select = partial(select_rows, store, version=version, dataset=dataset)
    return write_property_graph(project(projection, select), format_)


def full_names(
    graphs: Iterable[str], base: str, all_names: Collection[str], fault: str = "The dataset has no graph {!r}; its"
) -> Iterator[str]:
    """Yield full names of graphs, given in full or by the part after `graph/`. Raises UnknownGraphError."""
    for name in graphs:
        full_name = next((full for full in (name, f"{base}graph/{name}") if full in all_names), None)
        if full_name is None:
            known = ", ".join(full.removeprefix(f"{base}graph/") for full in sorted(all_names)) or "none"
            raise UnknownGraphError(f"{fault.format(name)} graphs are: {known}.")
        yield full_name


def _document(store: Store, name: str | None, version: str | None) -> Iterator[bytes]:
    # A generator, so that each graph is read only when needed.
    yield from store.graph(name, formats.NTRIPLES, version).chunks
