"""The plain pages around a query: the form, and an answer beneath it, sent row by row."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, current_app
from rdflib import RDFS, SKOS, Graph, URIRef

from kg.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS
from kg.store.port import Answer
from server.questions import questions
from server.site import site
from server.streaming import streamed

ROWS_A_CHUNK = 100
LABELS = (SKOS.prefLabel, RDFS.label)
"""Properties that name things, the better one last."""


def form_page() -> Response:
    """Return the empty form."""
    return streamed(_rendered("sparql.html", text="", header=None, rows=None), HTML)


def result_page(text: str, answer: Answer) -> Response:
    """Return the form with its query and the answer: a table of rows, or a line a triple."""
    lines = _lines(answer.chunks)
    header = next(lines, "") if answer.format in RESULT_FORMATS and answer.form.value == "SELECT" else None
    columns = header.split("\t") if header else []
    rows = (line.split("\t") if columns else [line] for line in lines)
    return streamed(_rendered("sparql.html", text=text, header=columns, rows=rows), HTML)


def thing_page(name: str, ntriples: Iterator[bytes]) -> Response:
    """Return what is known of a thing, its own triples apart from those that point at it."""
    graph = Graph().parse(data=b"".join(ntriples), format="nt")
    node = URIRef(name)
    labels = {each: str(label) for term in LABELS for each, label in graph.subject_objects(term)}
    told = sorted(graph.predicate_objects(node))
    pointing = sorted(graph.subject_predicates(node))
    return streamed(
        _rendered("thing.html", name=name, label=labels.get(node, name), labels=labels, told=told, pointing=pointing),
        HTML,
    )


def examples_page() -> Response:
    """Return the list of example questions."""
    return streamed(_rendered("examples.html"), HTML)


def home_page() -> Response:
    """Return the first page: what is served, its graphs, and questions to begin with."""
    version = site().store.current()
    return streamed(_rendered("home.html", version=version), HTML)


def _rendered(template: str, **values: object) -> Iterator[bytes]:
    shared = {"site": site().settings, "questions": questions(), "formats": (*RESULT_FORMATS, *GRAPH_FORMATS)}
    stream = current_app.jinja_env.get_template(template).stream(**shared, **values)
    stream.enable_buffering(ROWS_A_CHUNK)
    return (part.encode() for part in stream)


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)
    if rest:
        yield rest.decode()
