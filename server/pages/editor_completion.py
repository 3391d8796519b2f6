"""What the editor of queries asks for while one writes: the terms of the ontology, and things by their names."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from kg.dataset import GraphNames
from kg.export.prefixes import prefixes
from kg.store.interfaces import Version
from server.http.parameters import from_query_string
from server.pages.json_responses import scripted
from server.pages.page_queries import query
from server.pages.page_terms import Row, literal
from server.pages.select_rows import solutions
from server.pages.thing_names import KINDS
from server.site import site

bp = Blueprint("editor", __name__, url_prefix="/editor")

LEAST, MOST = 2, 200
"""Characters of a name that are looked for."""
WORDS = {"Class": "class", "ObjectProperty": "property", "DatatypeProperty": "property", "Concept": "constant"}
"""What the editor calls a term of each kind."""


@bp.get("/terms")
def terms() -> Response:
    """Answer with the prefixes and the terms that a query can be written with, as JSON."""
    version = site().store.current()
    return scripted(version, lambda: _vocabulary(version))


@bp.get("/things")
def things() -> Response:
    """Answer with things whose name holds the words in `q`, the shortest names first, as JSON."""
    words = (from_query_string().one("q") or "").strip()[:MOST].lower()
    version = site().store.current()
    return scripted(version, lambda: {"things": _things(words, version) if len(words) >= LEAST else []}, words)


def _vocabulary(version: Version) -> dict[str, Any]:
    graph = f"<{GraphNames(site().base).ontology}>"
    rows = solutions(query("editor-terms", ontology=graph)[1], version)
    terms = [_term(row) for row in rows]
    return {"prefixes": prefixes(site().base), "things": url_for("editor.things"), "terms": terms}


def _term(row: Row) -> dict[str, str]:
    kind = row["kind"].value.rpartition("#")[2]
    told = {key: row[key].value if key in row else "" for key in ("label", "definition")}
    return {"iri": row["term"].value, "kind": WORDS.get(kind, "constant"), **told}


def _things(words: str, version: Version) -> list[dict[str, str]]:
    rows = solutions(query("editor-things", words=literal(words))[1], version)
    found = {row["thing"].value: row for row in reversed(rows)}
    return [{"iri": iri, "label": row["label"].value, "kind": _kind(row)} for iri, row in reversed(found.items())]


def _kind(row: Row) -> str:
    return KINDS.get(row["type"].value, "") if "type" in row else ""
