"""What the query editor requests: the terms of the ontology and their uses, things by name, queries of questions."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, url_for

from kg.datasets import GraphNames
from kg.formats import QUERY
from kg.namespaces import ONTOLOGY, SCHEME
from kg.prefixes import prefixes
from kg.sparql.unknown_terms import unknown_terms
from kg.store.interfaces import Version
from server.descriptions.addresses import with_parameters
from server.descriptions.rdf_responses import requested_version
from server.http.errors import HttpError
from server.http.negotiation import prefers_page
from server.http.parameters import query_parameters
from server.pages.queried_data.select_queries import select_rows
from server.pages.queried_data.term_usage import class_concepts, class_properties, term_uses
from server.pages.queried_data.thing_names import names_of
from server.pages.questions.question_builder import BOXES, deed_words, question_query
from server.pages.rendering.json_responses import json_response
from server.pages.terms.page_terms import Row
from server.search.index_cache import current_index
from server.search.tsv_cells import iri, text
from server.search.version_index import Index
from server.site import once_per_version, site

bp = Blueprint("editor", __name__, url_prefix="/editor")

MIN_NAME_CHARACTERS, MAX_NAME_CHARACTERS = 2, 200
MAX_THINGS_OFFERED = 30
MAX_THINGS_NAMED = 200
EDITOR_KINDS = {"Class": "class", "ObjectProperty": "property", "DatatypeProperty": "property", "Concept": "constant"}


@bp.get("/terms")
def terms() -> Response:
    """Return the prefixes and the terms of the ontology as JSON: which concepts and properties go with which."""
    version = site().store.current()
    return json_response(version, lambda: _vocabulary(version))


@bp.get("/overview")
def overview() -> Response:
    """Return the classes and properties in use as JSON: how often each is used, and an example."""
    version = site().store.current()
    return json_response(version, lambda: _uses(version))


@bp.get("/things")
def things() -> Response:
    """Return the things that a search for `q` finds by their names, the best first, as JSON."""
    words = (query_parameters().get("q") or "").strip()[:MAX_NAME_CHARACTERS]
    index = current_index()
    return json_response(
        index.version, lambda: {"things": _things(words, index) if len(words) >= MIN_NAME_CHARACTERS else []}, words
    )


@bp.get("/names")
def names() -> Response:
    """Return as JSON what things are called that may have no label: passages, holdings, terms of other vocabularies.

    An IRI is `start` followed by one of the values of `end`: many begin alike, and the length of an address is limited.
    """
    parameters, version = query_parameters(), requested_version()
    start, ends = parameters.get("start") or "", parameters.get_all("end")[:MAX_THINGS_NAMED]
    iris = {end: f"{start}{end}" for end in ends}

    def make() -> dict[str, Any]:
        known = names_of(iris.values(), version)
        return {"names": {end: known[iri].label for end, iri in iris.items() if known[iri].label != iri}}

    # With the texts at hand, since passages are named by their first words.
    return json_response(version, make, start, *ends, *sorted(site().settings.texts))


@bp.get("/question")
def question() -> Response:
    """Return the query of what the boxes `who`, `what` and `where` hold, to a browser as its answer in the editor.

    The address of the answer has the boxes too; if nothing fits a box, it has only the boxes, and its page says why.
    """
    if not prefers_page():
        return Response(question_text(), content_type=f"{QUERY.media_type}; charset=utf-8", headers={"Vary": "Accept"})
    parameters = query_parameters()
    boxes = [pair for pair in parameters.pairs if pair[0] in (*BOXES, "version") and pair[1]]
    with suppress(HttpError):
        boxes.append(("query", question_text()))
    address = with_parameters(url_for("sparql.by_get"), boxes)
    return Response(status=303, headers={"Location": address, "Vary": "Accept"})


def question_text() -> str:
    """Return the query for the contents of this request's boxes. Raises HttpError 400 if nothing fits one."""
    index = current_index()
    return question_query(query_parameters(), index, _vocabulary(index.version)["terms"])


@once_per_version
def deeds(version: Version) -> list[str]:
    """Return the words for what can be said and done, which pages offer without the rest of the vocabulary."""
    return deed_words(_terms(version))


def term_warnings(query: str, version: Version) -> list[str]:
    """Return what is wrong with the terms of a query, one sentence each."""
    terms = _vocabulary(version)["terms"]
    known = {iri for term in terms for iri in (term["iri"], term.get("scheme", ""))}
    return unknown_terms(query, known, {"cq": ONTOLOGY, "scheme": SCHEME})


def _terms(version: Version) -> list[dict[str, Any]]:
    return [_term(row) for row in select_rows("editor-terms", version, **_schema_graphs())]


def _schema_graphs() -> dict[str, str]:
    names = GraphNames(site().base)
    return {"ontology": f"<{names.ontology}>", "shapes": f"<{names.shapes}>"}


@once_per_version
def _vocabulary(version: Version) -> dict[str, Any]:
    graphs = _schema_graphs()
    addresses = {"things": url_for("editor.things"), "names": url_for("editor.names")}
    entries = _terms(version)
    schemes = {entry["iri"]: entry["scheme"] for entry in entries if "scheme" in entry}
    of_properties: dict[str, set[str]] = {}
    by_class: dict[str, dict[str, list[str]]] = {}
    for row in select_rows("editor-schemes", version, **graphs):
        of_properties.setdefault(row["property"].value, set()).add(row["scheme"].value)
        if "class" in row:
            schemes_of = by_class.setdefault(row["class"].value, {})
            schemes_of.setdefault(row["property"].value, []).append(row["scheme"].value)
    for term, use in term_uses(version).items():
        if use.value is not None and use.value.value in schemes:
            of_properties.setdefault(term, set()).add(schemes[use.value.value])
    ranges = {row["property"].value: row["range"].value for row in select_rows("editor-ranges", version, **graphs)}
    of_classes, concepts = class_properties(version), class_concepts(version)
    for entry in entries:
        if entry["iri"] in ranges:
            entry["range"] = ranges[entry["iri"]]
        if entry["iri"] in of_properties:
            entry["schemes"] = sorted(of_properties[entry["iri"]])
        if entry["iri"] in of_classes:
            entry["properties"] = of_classes[entry["iri"]]
            entry["schemesOf"] = by_class.get(entry["iri"], {})
            by_property = concepts.get(entry["iri"], {})
            entry["concepts"] = {prop: iris for prop, iris in by_property.items() if prop in of_properties}
    return {"prefixes": prefixes(site().base), **addresses, "terms": entries}


def _term(row: Row) -> dict[str, Any]:
    kind = EDITOR_KINDS.get(row["kind"].value.rpartition("#")[2], "constant")
    texts = {key: row[key].value if key in row else "" for key in ("label", "definition")}
    scheme = {"scheme": row["scheme"].value} if kind == "constant" else {}
    return {"iri": row["term"].value, "kind": kind, **texts, **scheme}


@once_per_version
def _uses(version: Version) -> dict[str, Any]:
    uses = {term: use for term, use in term_uses(version).items() if not term.startswith(SCHEME)}
    names = names_of((use.example.value for use in uses.values()), version)
    return {term: {"uses": use.words, "example": names[use.example.value].label} for term, use in uses.items()}


def _things(words: str, index: Index) -> list[dict[str, str]]:
    hits = index.texts.search(words, names_only=True).hits[:MAX_THINGS_OFFERED]
    names = names_of((iri(hit.thing) for hit in hits), index.version)
    things = []
    for hit in hits:
        name, matched = names[iri(hit.thing)], text(hit.cell)
        kind = name.kind if matched == name.label else f"{name.kind} · {matched}"
        things.append({"iri": iri(hit.thing), "label": name.label, "kind": kind})
    return things
