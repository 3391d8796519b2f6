"""What a site shows of the corpus that its store holds: base, title and licence, read from the provenance graph."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import RequestError
from kg.store import Store
from kg.store.query_rows import select_rows

_SITE_QUERY = """
SELECT ?title ?licence {{ GRAPH <{names.provenance}> {{
    <{names.base}> <http://purl.org/dc/terms/title> ?title ; <http://purl.org/dc/terms/license> ?licence
}} }}
"""


@dataclass(frozen=True)
class SiteMetadata:
    """The base, title and licence of the corpus that a store holds; the base is None for a plain store."""

    base: str | None
    title: str
    licence: str


PLAIN_SITE_METADATA = SiteMetadata(None, "SPARQL", "")


def read_site_metadata(store: Store) -> SiteMetadata:
    """Return the metadata of a store's corpus. Raises RequestError if it has none yet."""
    names = store.graph_names()
    if names is None:
        return PLAIN_SITE_METADATA
    rows = select_rows(store, _SITE_QUERY.format(names=names))
    if not rows:
        raise RequestError("The store holds no corpus yet: `kg build` puts one there.")
    return SiteMetadata(names.base, rows[0]["title"], rows[0]["licence"])
