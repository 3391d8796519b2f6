"""Collecting: the page for it, and the writes of collections.

The server records who wrote what and when, and checks that each item is about an existing statement or passage. Adding
is idempotent except for the new item, so nothing is lost if two readers write at once or one removes the collection.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from uuid import uuid4

from flask import Blueprint, Response, url_for
from rdflib import DC, DCTERMS, PROV, RDF, RDFS, XSD

from kg.formats import TURTLE
from kg.namespaces import AS, OA
from kg.sparql.query_terms import iri_in_query, literal_in_query
from kg.store.interfaces import Version
from kg.writer.write_requests import AddToGraph, Document, PatchGraph
from server.auth.authorization import accepts_writes, administers, token_name
from server.endpoints.writes import write, write_response
from server.http.errors import HttpError
from server.http.negotiation import prefers_page
from server.http.parameters import Parameters, form_parameters, query_parameters
from server.pages.citation_pages.collected_items import (
    UNKNOWN_AUTHOR,
    cite_things,
    collection_address,
    collection_graph,
    item_rows,
    require_collection,
)
from server.pages.queried_data.page_queries import PageQueries
from server.pages.rendering.page_rendering import render_page
from server.site import site

bp = Blueprint("collecting", __name__)
writes = Blueprint("collection_writes", __name__)
"""The routes that need the role `write`: server.auth.authorization identifies them by this blueprint."""

MAX_TITLE_CHARACTERS = 200
MAX_NOTE_CHARACTERS = 10_000
MAX_THINGS = 100
"""How many statements and passages one note can be about."""


@bp.get("/collect")
def form() -> Response:
    """Return the form that collects the statements and passages `iri`."""
    queries, iris = PageQueries(site().store.current()), query_parameters().get_all("iri")
    collections, parts = queries.select("collections"), cite_things(queries, iris)
    things = [(iri, parts.get(iri)) for iri in dict.fromkeys(iris)]
    return _form_page(queries, url_for("collection_writes.collect"), things=things, collections=collections)


@bp.get("/collections/<identifier>/<item>/remove")
def removal_form(identifier: str, item: str) -> Response:
    """Return the form that removes an item of a collection."""
    action = url_for("collection_writes.remove", identifier=identifier, item=item)
    return _form_page(PageQueries(site().store.current()), action, item=item)


@writes.post("/collections")
def collect() -> Response:
    """Add statements and passages, with a note if there is one, to a collection or to a new one."""
    parameters, queries = form_parameters(), PageQueries(site().store.current())
    note = _text(parameters, "note", MAX_NOTE_CHARACTERS)
    graph, lines = _chosen_collection(parameters, queries)
    annotation = _annotation(graph, _things(parameters, queries), note, is_disputed="disputed" in parameters)
    document = Document("\n".join((*lines, *annotation)).encode(), TURTLE)
    return _written(write(AddToGraph(graph, (document,)), parameters, collects=True).version, graph)


@writes.post("/collections/<identifier>/<item>/remove")
def remove(identifier: str, item: str) -> Response:
    """Remove an item of a collection, with its note: by whoever has written it, or by an administrator."""
    graph, queries = collection_graph(identifier), PageQueries(site().store.current())
    require_collection(queries, identifier)
    annotation = f"{graph}#{item}"
    # In the version that is read here: if another request removes the item first, the patch below removes nothing.
    rows = [row for row in item_rows(queries, [graph]) if row["annotation"].value == annotation]
    if not rows:
        raise HttpError(404, f"The collection has no item '{item[:200]}' in version {queries.version.name}.")
    author = rows[0]["by"].value if "by" in rows[0] else UNKNOWN_AUTHOR
    if not administers() and author != token_name():
        sentence = f"The item was written by {author}, and the token is that of {token_name()}: expected"
        raise HttpError(403, f"{sentence} the token of {author}, or one with the role 'admin'. Nothing is removed.")
    node = iri_in_query(annotation)
    text = f"DELETE DATA {{ <{graph}> <{AS.items}> {node} }} ;\n"
    # A path of length zero or one: the item itself, and its body, which belongs to no other item.
    text += f"DELETE {{ ?node ?p ?o }} WHERE {{ {node} <{OA.hasBody}>? ?node . ?node ?p ?o }}"
    return _written(write(PatchGraph(graph, text), collects=True).version, graph)


def _form_page(queries: PageQueries, action: str, **values: object) -> Response:
    return render_page(
        "collect.html",
        queries=queries,
        action=action,
        accepts_writes=accepts_writes(),
        open_to_all=site().settings.writable,
        collection_address=collection_address,
        **values,
    )


def _written(version: Version, graph: str) -> Response:
    """Return the response to a write, which leads to the collection; a form sent without scripts gets a redirect."""
    address = collection_address(graph)
    if prefers_page():
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})
    sentence = f"The collection {address} is in version {version.name}."
    return write_response(version, HTTPStatus.CREATED, address, sentence)


def _chosen_collection(parameters: Parameters, queries: PageQueries) -> tuple[str, Iterator[str]]:
    """Return the graph of the collection that the form names, and its description, which every addition repeats."""
    identifier, title = parameters.get("collection"), _text(parameters, "name", MAX_TITLE_CHARACTERS).replace("\n", " ")
    if bool(identifier) == bool(title):
        sentence = "both a collection and a new one" if title else "no collection, and no new one either"
        raise HttpError(400, f"The form names {sentence}: expected one of the two. Nothing was saved.")
    if identifier:
        row = require_collection(queries, identifier)
        graph = collection_graph(identifier)
        return graph, _collection(graph, row["title"].value, row["at"].value)
    graph = collection_graph(str(uuid4()))
    # Only a new collection gets a creator: whoever adds to it later is only the creator of the item.
    return graph, chain(_collection(graph, title, _now()), _creator(graph, graph))


def _text(parameters: Parameters, name: str, longest: int) -> str:
    """Return a text of the form. Raises HttpError 400 if it is too long or has control characters."""
    # Browsers send the line ends of forms as CR LF.
    text = (parameters.get(name) or "").replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise HttpError(
            400, f"The {name} has {len(text):,} characters: expected {longest:,} at most. Nothing was saved."
        )
    control = next((sign for sign in text if unicodedata.category(sign) == "Cc" and sign not in "\n\t"), None)
    if control is not None:
        raise HttpError(
            400, f"The {name} has the control character U+{ord(control):04X}: expected text. Nothing was saved."
        )
    return text


def _things(parameters: Parameters, queries: PageQueries) -> tuple[str, ...]:
    """Return the IRIs that the form collects. Raises HttpError 400 unless all are statements and passages."""
    iris = (*dict.fromkeys(parameters.get_all("iri")),)
    if not 0 < len(iris) <= MAX_THINGS:
        raise HttpError(400, f"The form collects {len(iris)} things: expected 1 to {MAX_THINGS}. Nothing was saved.")
    known = cite_things(queries, iris)
    for iri in iris:
        if iri not in known:
            sentence = f"'{iri[:200]}' is neither a statement nor a passage in version {queries.version.name}."
            raise HttpError(400, f"{sentence} Nothing was saved.")
    return iris


def _collection(graph: str, title: str, created: str) -> Iterator[str]:
    yield f"<{graph}> <{RDF.type}> <{AS.Collection}> ."
    yield f"<{graph}> <{DCTERMS.title}> {literal_in_query(title)} ."
    yield f"<{graph}> <{DCTERMS.created}> {literal_in_query(created, datatype=str(XSD.dateTime))} ."


def _annotation(graph: str, things: Sequence[str], note: str, *, is_disputed: bool) -> Iterator[str]:
    annotation = f"{graph}#{uuid4()}"
    motivation = OA.assessing if is_disputed else OA.commenting if note else OA.bookmarking
    yield f"<{graph}> <{AS.items}> <{annotation}> ."
    yield f"<{annotation}> <{RDF.type}> <{OA.Annotation}> ; <{OA.motivatedBy}> <{motivation}> ."
    yield f"<{annotation}> <{DCTERMS.created}> {literal_in_query(_now(), datatype=str(XSD.dateTime))} ."
    yield from (f"<{annotation}> <{OA.hasTarget}> <{iri}> ." for iri in things)
    if note:
        body = f"{annotation}-body"
        yield f"<{annotation}> <{OA.hasBody}> <{body}> ."
        yield f"<{body}> <{RDF.type}> <{OA.TextualBody}> ; <{RDF.value}> {literal_in_query(note)} ."
        yield f"<{body}> <{DC['format']}> {literal_in_query('text/plain')} ."
    yield from _creator(graph, annotation)


def _creator(graph: str, made: str) -> Iterator[str]:
    """Yield the creator of a resource: the request's token, by its name. Without a token, the creator is unknown."""
    if token_name():
        creator = f"{graph}#by-{token_name()}"
        yield f"<{made}> <{DCTERMS.creator}> <{creator}> ."
        yield f"<{creator}> <{RDF.type}> <{PROV.Agent}> ; <{RDFS.label}> {literal_in_query(token_name())} ."


def _now() -> str:
    # To the millisecond: items are sorted by it, and two may be written within a second.
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
