"""Completion for the query editor: the terms of the ontology, and things by name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from kg.datasets import GraphNames
from kg.prefixes import prefixes
from kg.store.interfaces import Version
from server.http.parameters import query_parameters
from server.pages.json_responses import json_response
from server.pages.page_terms import Row, literal_in_query
from server.pages.query_files import load_query
from server.pages.select_rows import solutions
from server.pages.thing_names import CLASS_WORDS
from server.site import site

bp = Blueprint("editor", __name__, url_prefix="/editor")

MIN_NAME_CHARACTERS, MAX_NAME_CHARACTERS = 2, 200
"""Bounds on the length of a searched name."""
EDITOR_KINDS = {"Class": "class", "ObjectProperty": "property", "DatatypeProperty": "property", "Concept": "constant"}
"""The editor's names for the kinds of terms."""


@bp.get("/terms")
def terms() -> Response:
    """Return the prefixes and the terms of the ontology as JSON."""
    version = site().store.current()
    return json_response(version, lambda: _vocabulary(version))


@bp.get("/things")
def things() -> Response:
    """Return the things whose name contains the text `q`, the shortest names first, as JSON."""
    words = (query_parameters().get("q") or "").strip()[:MAX_NAME_CHARACTERS].lower()
    version = site().store.current()
    return json_response(
        version, lambda: {"things": _things(words, version) if len(words) >= MIN_NAME_CHARACTERS else []}, words
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


def _things(words: str, version: Version) -> list[dict[str, str]]:
    rows = solutions(load_query("editor-things", words=literal_in_query(words))[1], version)
    # Reversed twice: the first row of each thing has its shortest name.
    by_thing = {row["thing"].value: row for row in reversed(rows)}
    return [{"iri": iri, "label": row["label"].value, "kind": _kind(row)} for iri, row in reversed(by_thing.items())]


def _kind(row: Row) -> str:
    return CLASS_WORDS.get(row["type"].value, "") if "type" in row else ""
