"""Opening stores with the prefixes that the project writes graphs with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kg import formats
from kg.datasets import GraphNames
from kg.errors import RequestError
from kg.prefixes import prefixes
from kg.store import EmbeddedStore, Query
from kg.store.opening import names_of, open_found

_SITE_QUERY = """
SELECT ?title ?licence {{ GRAPH <{names.provenance}> {{
    <{names.base}> <http://purl.org/dc/terms/title> ?title ; <http://purl.org/dc/terms/license> ?licence
}} }}
"""


def open_store(folder: Path, keep: int = 0) -> EmbeddedStore:
    """Open the store in a folder; writes keep the newest `keep` versions. Raises RequestError if there is none."""
    return open_found(folder, prefixes, keep)


def open_corpus_store(folder: Path, names: GraphNames, keep: int = 0) -> EmbeddedStore:
    """Open or make the store of a corpus. Raises StoreError if the folder holds another store."""
    return EmbeddedStore.open(folder, names, prefixes=prefixes(names.base), keep=keep)


@dataclass(frozen=True)
class SiteFacts:
    """The base, title and licence of the corpus that a store holds; the base is None for a plain store."""

    base: str | None
    title: str
    licence: str


PLAIN_SITE = SiteFacts(None, "SPARQL", "")


def open_plain_store(folder: Path, keep: int = 0) -> EmbeddedStore:
    """Open or make a plain store. Raises StoreError if the folder holds a corpus."""
    return EmbeddedStore.open(folder, GraphNames(""), plain=True, keep=keep)


def site_facts(folder: Path) -> SiteFacts:
    """Return the facts of the corpus in a store. Raises RequestError if there is no store, or no corpus in it yet."""
    names = names_of(folder)
    if names is None:
        return PLAIN_SITE
    answer = open_store(folder).query(Query(_SITE_QUERY.format(names=names), formats.JSON, None))
    rows = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    if not rows:
        raise RequestError(f"The store in {str(folder)!r} holds no corpus yet: `kg build` puts one there.")
    return SiteFacts(names.base, rows[0]["title"]["value"], rows[0]["licence"]["value"])
