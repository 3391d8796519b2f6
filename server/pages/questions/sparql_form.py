"""The query form without scripts, and the pages of its result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from flask import Response
from markupsafe import Markup

from kg.errors import LimitError, StoreError
from kg.formats import CSV, FORMATS, NTRIPLES, RESULT_FORMATS, TURTLE, Format
from kg.store.interfaces import Answer
from server.descriptions.addresses import with_parameters
from server.http.errors import HttpError
from server.http.parameters import Parameters, query_parameters
from server.pages.paging.paged_answers import PagedAnswer
from server.pages.paging.pager import page_number
from server.pages.queried_data.select_queries import load_query
from server.pages.queried_data.thing_names import Names, names_of
from server.pages.questions.editor_completion import deeds, question_text, term_warnings
from server.pages.questions.question_builder import BOXES, namesakes
from server.pages.rendering.page_rendering import isolated, literal, render_page, thing_link
from server.pages.terms.page_terms import term_from_cell
from server.search import tsv_cells as cells
from server.search.index_cache import current_index
from server.site import site

# Later pages have the next rows, and a download has all of them.
MAX_ROWS = 200
# A line of N-Triples, as the engine writes it.
TRIPLE = re.compile(r"(<[^>]*>|_:\S+) (<[^>]*>) (.*) \.")
# The address of a page, or of the complete answer, has values of its own for these.
OWN_PARAMETERS = ("query", "page", "format", "output")
TRIPLE_COLUMNS = ("subject", "predicate", "object")
Value = TypeVar("Value")


def form_page() -> Response:
    """Return the form with a default query, the query of the address's boxes, or the reason why they have none."""
    _, text = load_query("most-statements")
    try:
        if any(query_parameters().get(box) for box in BOXES):
            text = question_text()
    except HttpError as error:
        return fault_page(text, error)
    return render_page("sparql.html", text=text, **_form_values())


def fault_page(text: str, error: HttpError) -> Response:
    """Return the form with a query that cannot be answered, and the reason."""
    place = {name: error.details.get(name, 0) for name in ("line", "column")}
    values = _form_values() | {"fault": {"sentence": error.sentence, **place}}
    response = render_page("sparql.html", error.status, text=text, **values)
    response.headers.update(error.headers)
    return response


def result_page(text: str, parameters: Parameters, tag: str | None, ask: Callable[[], Answer]) -> Response:
    """Return the form with the query and a page of its result, with the names of the things in it.

    The result is cached under its tag, which is None if two evaluations may differ. Raises HttpError 400 for a page
    number out of range, before the query is evaluated.
    """
    number = page_number(parameters)
    paged = PagedAnswer(tag, ask)
    answer, lines = paged.answer, _lines(paged)
    is_table = answer.format in RESULT_FORMATS and answer.form.value == "SELECT"
    # TSV begins with the variables; ASK and graphs have no such line.
    header = next(lines, "") if is_table else ""
    first = (number - 1) * MAX_ROWS
    before = sum(1 for _ in islice(lines, first))
    shown = [*islice(lines, MAX_ROWS)]
    # From beyond the end, back to the last page.
    turns = {"earlier": min(number - 1, max(1, -(-before // MAX_ROWS)))} if number > 1 else {}
    if next(lines, None) is not None:
        turns["later"] = number + 1
    # Looking up names takes workers, one of which the answer occupies until it is read or closed.
    paged.end()
    columns, rows = _cells(header, shown, answer.format)
    things = {cells.iri(cell) for row in rows for cell in row if cells.is_iri(cell)} if columns else ()
    names = _if_readable(lambda: names_of(things, site().store.version(answer.version))) or Names()
    whole = CSV if is_table else TURTLE
    values = {
        "header": columns,
        "rows": rows,
        "shown": lambda cell: _shown(cell, names),
        "first": first + 1,
        "number": number,
        "turns": {name: _address(text, parameters, "page", str(other)) for name, other in turns.items()},
        "warnings": _if_readable(lambda: term_warnings(text, site().store.current())) or [],
        "whole": (whole.label, _address(text, parameters, "format", whole.name)),
    }
    return render_page("sparql.html", text=text, **(_form_values() | values))


def _if_readable(read: Callable[[], Value]) -> Value | None:
    """Return the result of `read`, None if it cannot be looked up: the answer is shown without it."""
    try:
        return read()
    except (StoreError, LimitError, HttpError):
        return None


def _cells(header: str, lines: list[str], format_: Format) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a result, none if it has none, and the cells of its lines."""
    if header:
        return header.split("\t"), [line.split("\t") for line in lines]
    triples = [TRIPLE.fullmatch(line) for line in lines] if format_ is NTRIPLES else []
    if triples and all(triples):
        return [*TRIPLE_COLUMNS], [[*triple.groups()] for triple in triples if triple]
    return [], [[line] for line in lines]


def _address(text: str, parameters: Parameters, name: str, value: str) -> str:
    """Return the URL of the same request with a parameter: for a page of its answer, or all of it in a format."""
    others = (pair for pair in parameters.pairs if pair[0] not in OWN_PARAMETERS)
    return with_parameters("/sparql", [("query", text), *others, (name, value)])


def _shown(cell: str, names: Names) -> Markup:
    """Return a cell: a link with the name of a thing, a literal as people read it, or another term unchanged."""
    if cells.is_iri(cell):
        return thing_link(cells.iri(cell), names[cells.iri(cell)])
    return literal(term_from_cell(cell)) if cells.is_literal(cell) else isolated(cell)


def _form_values() -> dict[str, Any]:
    """Return the values that every use of the form has; without a store, it has no version and no deeds."""
    parameters = query_parameters()
    pinned = parameters.get("version")
    boxes = {box: parameters.get(box) or "" for box in BOXES}
    alike = _if_readable(lambda: namesakes(parameters, current_index())) if any(boxes.values()) else None
    current = _if_readable(site().store.current)
    words = _if_readable(lambda: deeds(current)) if current else None
    version = (pinned or current.name) if current else ""
    values = {"header": None, "rows": None, "formats": FORMATS, "pinned": bool(pinned)}
    return {**values, "version": version, "deeds": words or [], "boxes": boxes, "namesakes": alike or {}}


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)
    if rest:
        yield rest.decode()
