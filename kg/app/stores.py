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

_ABOUT = """
SELECT ?title ?licence {{ GRAPH <{names.provenance}> {{
    <{names.base}> <http://purl.org/dc/terms/title> ?title ; <http://purl.org/dc/terms/license> ?licence
}} }}
"""


def open_store(folder: Path, keep: int = 0) -> EmbeddedStore:
    """Open the store that is in a folder, whose writes leave `keep` versions; RequestError where there is none."""
    return open_found(folder, prefixes, keep)


def open_corpus_store(folder: Path, names: GraphNames, keep: int = 0) -> EmbeddedStore:
    """Open the store of a corpus, made if it is not there, or raise StoreError where the folder holds another's."""
    return EmbeddedStore.open(folder, names, prefixes=prefixes(names.base), keep=keep)


@dataclass(frozen=True)
class SiteFacts:
    """What a server needs to know of the corpus in a store; the base is None for a plain store."""

    base: str | None
    title: str
    licence: str


PLAIN = SiteFacts(None, "SPARQL", "")
"""What is known of a plain store."""


def open_plain_store(folder: Path, keep: int = 0) -> EmbeddedStore:
    """Open a plain store, made if it is not there, or raise StoreError where the folder holds a corpus's."""
    return EmbeddedStore.open(folder, GraphNames(""), plain=True, keep=keep)


def site_facts(folder: Path) -> SiteFacts:
    """Return what the store in a folder says of its corpus, or raise RequestError where there is no store."""
    names = names_of(folder)
    if names is None:
        return PLAIN
    answer = open_store(folder).query(Query(_ABOUT.format(names=names), formats.JSON, None))
    rows = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    if not rows:
        raise RequestError(f"The store in {str(folder)!r} holds no corpus yet: `kg build` puts one there.")
    return SiteFacts(names.base, rows[0]["title"]["value"], rows[0]["licence"]["value"])
