"""The use case `export`: the graphs of a store that an export writes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import Graph

from kg import formats
from kg.app.stores import open_store
from kg.errors import UnknownGraphError
from kg.export import Dataset, read_ntriples
from kg.formats import Format, Holds
from kg.store import Store
from kg.store.opening import names_of


def read_graphs(folder: Path, graphs: Iterable[str], wanted: Format, version: str | None = None) -> tuple[Dataset, str]:
    """Return the graphs that an export of a store writes, and the base of its corpus (empty for a plain store).

    Graphs are named in full, or by the part after `graph/`. Raises UnknownGraphError if the version has no such graph.
    """
    names = names_of(folder)
    store, base = open_store(folder), names.base if names else ""
    graph_names: list[str | None] = [_full_name(name, base, store, version) for name in graphs]
    all_names = store.version(version).counts
    if graph_names:
        pass
    elif wanted.holds is Holds.PROPERTY_GRAPH and names:
        graph_names = [name for name in filter(names.in_default, all_names) if name != names.description]
    elif wanted.holds is Holds.QUADS:
        graph_names = [*all_names, *(() if names else (None,))]
    else:
        graph_names = [None]
    return {name: _graph(store, name, version) for name in graph_names}, base


def _full_name(name: str, base: str, store: Store, version: str | None) -> str:
    all_names = store.version(version).counts
    for full_name in (name, f"{base}graph/{name}"):
        if full_name in all_names:
            return full_name
    known = ", ".join(full_name.removeprefix(f"{base}graph/") for full_name in sorted(all_names)) or "none"
    raise UnknownGraphError(f"The dataset has no graph {name!r}; its graphs are: {known}.")


def _graph(store: Store, name: str | None, version: str | None) -> Graph:
    return read_ntriples(store.graph(name, formats.NTRIPLES, version).chunks)
