"""The example questions as RDF: SHACL's SPARQLExecutable, which query editors read and the SIB uses for its own."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from rdflib import SH, Graph, URIRef

from kg.app.example_questions import example_triples
from kg.formats import CSV, GRAPH_FORMATS, QUERY
from kg.mapping.corpora.question_files import Question
from kg.namespaces import SCHEMA
from server.descriptions.example_questions import example_questions
from server.descriptions.rdf_responses import graph_rdf_response
from server.http.conditional_requests import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.negotiation import choose_format, prefers_page
from server.pages.questions.question_pages import examples_page, question_page, question_table
from server.site import site

bp = Blueprint("examples", __name__)
EXAMPLE_MEDIA_TYPES = (*(format_.media_type for format_ in GRAPH_FORMATS), QUERY.media_type)


@bp.get("/examples")
def examples() -> Response:
    """Return all example questions with their queries."""
    return examples_page() if prefers_page() else _questions_response(example_questions(), "examples")


@bp.get("/examples/<name>")
def example(name: str) -> Response:
    """Return one example: a page with its answer, the answer as CSV, the question as RDF, or the text of its query."""
    question = next((question for question in example_questions() if question.name == name), None)
    if question is None:
        raise HttpError(404, f"There is no example '{name}'; /examples lists the examples.")
    if prefers_page():
        return question_page(question)
    if request.accept_mimetypes.best_match(EXAMPLE_MEDIA_TYPES) == QUERY.media_type:
        return Response(question.query, content_type=f"{QUERY.media_type}; charset=utf-8", headers={"Vary": "Accept"})
    if choose_format((*GRAPH_FORMATS, CSV)) is CSV:
        return question_table(question)
    return _questions_response((question,), name)


def _questions_response(questions: tuple[Question, ...], filename: str) -> Response:
    format_ = choose_format(GRAPH_FORMATS)
    validator = make_validator(site().store.current(), format_.name, *questions)
    return conditional_response(validator, lambda: graph_rdf_response(questions_graph(questions), format_, filename))


def questions_graph(questions: tuple[Question, ...]) -> Graph:
    """Return the triples of questions: for each, its text, its query and the endpoint that it is meant for."""
    graph = Graph()
    graph.bind("sh", SH)
    graph.bind("schema", SCHEMA)
    endpoint = URIRef(url_for("sparql.by_get", _external=True))
    for question in questions:
        node = URIRef(url_for("examples.example", name=question.name, _external=True))
        graph += (*example_triples(node, question), (node, SCHEMA.target, endpoint))
    return graph
