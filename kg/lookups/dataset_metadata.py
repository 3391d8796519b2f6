"""The metadata of a store's dataset: its base, title, licence and creator, read from the provenance graph."""

from __future__ import annotations

from dataclasses import dataclass

from kg.store.interfaces import Store, Version
from kg.store.query_rows import select_rows

_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?title ?licence ?creator {{ GRAPH <{names.provenance}> {{
    <{names.base}> dcterms:title ?title ; dcterms:license ?licence
    OPTIONAL {{ <{names.base}> dcterms:creator ?creator }}
}} }}"""


@dataclass(frozen=True)
class DatasetMetadata:
    """The base, title, licence and creator of the corpus that a version of a store was built from."""

    base: str
    title: str
    licence: str
    creator: str
    version: Version


def read_dataset_metadata(store: Store, version: str | None = None) -> DatasetMetadata | None:
    """Return the metadata of a version, by default the current one, or None if no corpus was built into the store."""
    names = store.graph_names()
    rows = select_rows(store, _QUERY.format(names=names), version) if names else []
    if names is None or not rows:
        return None
    row = rows[0]
    return DatasetMetadata(names.base, row["title"], row["licence"], row.get("creator", ""), store.version(version))
