"""Completion for the query editor: the terms of the ontology, and things by name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from kg.datasets import GraphNames
from kg.prefixes import prefixes
from kg.store.interfaces import Version
from server.http.parameters import query_parameters
from server.pages.json_responses import json_response
from server.pages.page_terms import Row
from server.pages.query_files import load_query
from server.pages.select_rows import solutions
from server.pages.thing_names import Name, names_of
from server.search import Index, current_index
from server.search.tsv_cells import iri, text
from server.site import site

bp = Blueprint("editor", __name__, url_prefix="/editor")

MIN_NAME_CHARACTERS, MAX_NAME_CHARACTERS = 2, 200
"""Bounds on the length of a searched name."""
MAX_THINGS = 30
"""Things that are offered at once."""
EDITOR_KINDS = {"Class": "class", "ObjectProperty": "property", "DatatypeProperty": "property", "Concept": "constant"}
"""The editor's names for the kinds of terms."""


@bp.get("/terms")
def terms() -> Response:
    """Return the prefixes and the terms of the ontology as JSON."""
    version = site().store.current()
    return json_response(version, lambda: _vocabulary(version))


@bp.get("/things")
def things() -> Response:
    """Return the things that a search for `q` finds by their names, the best first, as JSON."""
    words = (query_parameters().get("q") or "").strip()[:MAX_NAME_CHARACTERS]
    index = current_index()
    return json_response(
        index.version, lambda: {"things": _things(words, index) if len(words) >= MIN_NAME_CHARACTERS else []}, words
    )


def _vocabulary(version: Version) -> dict[str, Any]:
    graph = f"<{GraphNames(site().base).ontology}>"
    rows = solutions(load_query("editor-terms", ontology=graph)[1], version)
    terms = [_term(row) for row in rows]
    return {"prefixes": prefixes(site().base), "things": url_for("editor.things"), "terms": terms}


def _term(row: Row) -> dict[str, str]:
    kind = row["kind"].value.rpartition("#")[2]
    texts = {key: row[key].value if key in row else "" for key in ("label", "definition")}
    return {"iri": row["term"].value, "kind": EDITOR_KINDS.get(kind, "constant"), **texts}


def _things(words: str, index: Index) -> list[dict[str, str]]:
    hits = index.texts.search(words, names_only=True).hits[:MAX_THINGS]
    names = names_of((iri(hit.thing) for hit in hits), index.version)
    return [_thing(iri(hit.thing), names[iri(hit.thing)], text(hit.text.cell)) for hit in hits]


def _thing(thing: str, name: Name, matched: str) -> dict[str, str]:
    detail = name.kind if matched == name.label else f"{name.kind} · {matched}"
    return {"iri": thing, "label": name.label, "kind": detail}
