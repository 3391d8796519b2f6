"""The example questions as RDF, so that editors can list them: SHACL's executables, as the SIB publishes its own."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from rdflib import SH, Graph, URIRef

from kg.app.example_questions import Question, example_triples
from kg.formats import GRAPH_FORMATS, QUERY
from kg.namespaces import SCHEMA
from server.descriptions.example_questions import questions
from server.descriptions.rdf_responses import graph_rdf_response
from server.http.caching import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.negotiation import choose_format, prefers_page
from server.pages import examples_page
from server.site import site

bp = Blueprint("examples", __name__)


@bp.get("/examples")
def every() -> Response:
    """Answer with every example question and its query."""
    if prefers_page():
        return examples_page()
    return _document(questions(), "examples")


@bp.get("/examples/<name>")
def one(name: str) -> Response:
    """Answer with one example: as RDF, or as the query's text where that is preferred."""
    found = next((each for each in questions() if each.name == name), None)
    if found is None:
        raise HttpError(404, f"There is no example '{name}'; /examples lists those there are.")
    if request.accept_mimetypes.best_match((*(row.media_type for row in GRAPH_FORMATS), QUERY.media_type)) == (
        QUERY.media_type
    ):
        return Response(found.query, content_type=f"{QUERY.media_type}; charset=utf-8", headers={"Vary": "Accept"})
    return _document((found,), name)


def _document(listed: tuple[Question, ...], name: str) -> Response:
    row = choose_format(GRAPH_FORMATS)
    known = make_validator(site().store.current(), row.name, *listed)
    return conditional_response(known, lambda: graph_rdf_response(described(listed), row, name))


def described(listed: tuple[Question, ...]) -> Graph:
    """Return the description of questions: each with its text, its query and the endpoint it is meant for."""
    graph = Graph()
    graph.bind("sh", SH)
    graph.bind("schema", SCHEMA)
    endpoint = URIRef(url_for("sparql.by_get", _external=True))
    for question in listed:
        node = URIRef(url_for("examples.one", name=question.name, _external=True))
        for triple in (*example_triples(node, question), (node, SCHEMA.target, endpoint)):
            graph.add(triple)
    return graph
