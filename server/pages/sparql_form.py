"""The query form without scripts, and its result page, streamed row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from flask import Response, stream_with_context
from markupsafe import Markup

from kg.errors import LimitError, StoreError
from kg.formats import FORMATS, HTML, RESULT_FORMATS
from kg.store.interfaces import Answer
from server.http.errors import HttpError
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.pages.rendering import isolated, page_chunks, render_page, thing_link
from server.pages.thing_names import Names, names_of
from server.search import tsv_cells as cells
from server.site import site

DEFAULT_QUERY = """PREFIX cq: <https://w3id.org/communique/ontology#>

SELECT ?who (COUNT(?statement) AS ?statements) WHERE {
  ?statement cq:source/cq:name ?who .
}
GROUP BY ?who
ORDER BY DESC(?statements)
"""
"""The initial query of the form."""
MAX_NAMED_ROWS = 500
"""Rows of an answer that shows the names of things; a longer one is sent as it comes, with the terms themselves."""


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
    # TSV begins with the variables; ASK and graphs have no such line.
    header = next(lines, "") if answer.format in RESULT_FORMATS and answer.form.value == "SELECT" else None
    columns = header.split("\t") if header else []
    beginning = [*islice(lines, MAX_NAMED_ROWS)]
    rows = (line.split("\t") if columns else [line] for line in chain(beginning, lines))
    # Only after the last row: names are asked for over the connection on which a longer answer still comes.
    is_whole = columns and len(beginning) < MAX_NAMED_ROWS
    names = _names(beginning, answer.version) if is_whole else Names()
    values = _form_values() | {"header": columns, "rows": rows, "shown": lambda cell: _shown(cell, names)}
    # Rows are read while they are sent, and the template goes on to make addresses, which takes the request.
    return stream_response(stream_with_context(page_chunks("sparql.html", text=text, **values)), HTML)


def _names(lines: Iterable[str], version: str) -> Names:
    """Return the names of the things in rows; none if they cannot be looked up, since the answer does without."""
    things = {cells.iri(cell) for line in lines for cell in line.split("\t") if cells.is_iri(cell)}
    try:
        return names_of(things, site().store.version(version))
    except (StoreError, LimitError):
        return Names()


def _shown(cell: str, names: Names) -> Markup:
    """Return a cell: a link with the name of a thing that has one, a literal without its marks, or the term."""
    if cells.is_iri(cell) and cells.iri(cell) in names:
        return thing_link(cells.iri(cell), names[cells.iri(cell)])
    return isolated(cells.text(cell))


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
