"""What a server shows of the corpus that its store holds: base, title and licence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kg import formats
from kg.errors import RequestError
from kg.store import Query, names_of, open_store

_SITE_QUERY = """
SELECT ?title ?licence {{ GRAPH <{names.provenance}> {{
    <{names.base}> <http://purl.org/dc/terms/title> ?title ; <http://purl.org/dc/terms/license> ?licence
}} }}
"""


@dataclass(frozen=True)
class SiteFacts:
    """The base, title and licence of the corpus that a store holds; the base is None for a plain store."""

    base: str | None
    title: str
    licence: str


PLAIN_SITE = SiteFacts(None, "SPARQL", "")


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
