"""The plain pages around a query: the form, and an answer beneath it, sent row by row."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, current_app

from kg.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS
from kg.store.port import Answer
from server.questions import questions
from server.site import site
from server.streaming import streamed

ROWS_A_CHUNK = 100


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
