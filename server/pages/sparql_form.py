"""The query form without scripts, and its result page, streamed row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context

from kg.errors import LimitError, StoreError
from kg.formats import FORMATS, HTML, RESULT_FORMATS
from kg.store.interfaces import Answer
from server.http.errors import HttpError
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.pages.rendering import page_chunks, render_page
from server.site import site

DEFAULT_QUERY = """PREFIX cq: <https://w3id.org/communique/ontology#>

SELECT ?who (COUNT(?statement) AS ?statements) WHERE {
  ?statement cq:source/cq:name ?who .
}
GROUP BY ?who
ORDER BY DESC(?statements)
"""
"""The initial query of the form."""


def form_page() -> Response:
    """Return the form with an initial query."""
    return render_page("sparql.html", text=DEFAULT_QUERY, **_form_values())


def fault_page(text: str, error: HttpError) -> Response:
    """Return the form with a query that cannot be answered, and why."""
    place = {name: error.details.get(name, 0) for name in ("line", "column")}
    response = render_page("sparql.html", text=text, fault={"sentence": error.sentence, **place}, **_form_values())
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


def result_page(text: str, answer: Answer) -> Response:
    """Return the form with the query and its result: a table of rows, or one line per triple."""
    lines = _lines(answer.chunks)
    header = next(lines, "") if answer.format in RESULT_FORMATS and answer.form.value == "SELECT" else None
    columns = header.split("\t") if header else []
    rows = (line.split("\t") if columns else [line] for line in lines)
    values = _form_values() | {"header": columns, "rows": rows}
    # Rows are read while they are sent, and the template goes on to make addresses, which takes the request.
    return stream_response(stream_with_context(page_chunks("sparql.html", text=text, **values)), HTML)


def _form_values() -> dict[str, Any]:
    """Return the values of the form that every use of it has; the version is none if the store cannot be read."""
    pinned = query_parameters().get("version")
    try:
        version = pinned or site().store.current().name
    except (StoreError, LimitError):
        version = ""
    return {"header": None, "rows": None, "formats": FORMATS, "pinned": bool(pinned), "version": version}


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)
    if rest:
        yield rest.decode()
