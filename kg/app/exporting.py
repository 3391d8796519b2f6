"""What a store holds, as graphs for the writers of exports."""

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


def exported(folder: Path, graphs: Iterable[str], wanted: Format, version: str | None = None) -> tuple[Dataset, str]:
    """Return what an export of the store in a folder writes, and the base of its corpus, empty for a plain store.

    Graphs are named whole, or by the part after `graph/`; UnknownGraphError where the version holds none of the name.
    """
    names = names_of(folder)
    store, base = open_store(folder), names.base if names else ""
    chosen = [_named(name, base, store, version) for name in graphs]
    if chosen:
        found: dict[str | None, Graph] = {name: _graph(store, name, version) for name in chosen}
    elif wanted.holds is Holds.PROPERTY_GRAPH and names:
        united = filter(names.in_default, store.version(version).counts)
        found = {name: _graph(store, name, version) for name in united if name != names.description}
    elif wanted.holds is Holds.QUADS:
        found = {name: _graph(store, name, version) for name in store.version(version).counts}
        found |= {} if names else {None: _graph(store, None, version)}
    else:
        found = {None: _graph(store, None, version)}
    return found, base


def _named(name: str, base: str, store: Store, version: str | None) -> str:
    held = store.version(version).counts
    found = next((each for each in (name, f"{base}graph/{name}") if each in held), None)
    if found is None:
        known = ", ".join(each.removeprefix(f"{base}graph/") for each in sorted(held)) or "none"
        raise UnknownGraphError(f"The dataset holds no graph {name!r}; it holds {known}.")
    return found


def _graph(store: Store, name: str | None, version: str | None) -> Graph:
    return read_ntriples(store.graph(name, formats.NTRIPLES, version).chunks)
