"""Content negotiation of lists: HTML, the rows of the main query, or the triples of the listed things."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g, request

from kg.act_words import CONCEPT_WORDS
from kg.export.spreadsheet_cells import SpreadsheetRows
from kg.formats import CSV, GRAPH_FORMATS, HTML, JSON, RESULT_FORMATS, Format
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from server.descriptions.rdf_responses import requested_version, with_filename
from server.http.conditional_requests import conditional_response, make_validator
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.site import site

LIST_FORMATS = (HTML, *RESULT_FORMATS, *GRAPH_FORMATS)
STATEMENT_COLUMNS = ("source", "act", "polarity", "certainty", "behalf", "outer", "occasion", "article")
"""The columns of rows of statements that have labels beside them."""
DATA_MENU_FORMATS = (CSV, JSON, *GRAPH_FORMATS)


def list_response(make: Callable[[], Response], select: str, key: str, labels: tuple[str, ...] = ()) -> Response:
    """Return the page from `make`, the query's rows, or the triples of the things bound to `key`.

    Rows have labels beside the columns in `labels`, for IRIs whose label the query itself does not bind.
    """
    format_, version = choose_format(LIST_FORMATS), requested_version()
    if format_ is not HTML:
        return data_response(select, key, format_, version, labels)
    # The index is that of the current version: if an address pins another one, its page says what it shows instead.
    g.pinned_version = version.name if "version" in query_parameters() and site().differs_in_facts(version) else None
    return make()


def data_response(select: str, key: str, format_: Format, version: Version, labels: tuple[str, ...] = ()) -> Response:
    """Return a query's rows or the triples of the things bound to `key`, depending on the format."""
    text = select if format_ in RESULT_FORMATS else construct_query(select, key)
    return conditional_response(
        make_validator(version, format_.name, text, *labels, *CONCEPT_WORDS.values()),
        lambda: _document(text, format_, version, labels),
    )


def construct_query(select: str, key: str) -> str:
    """Return a CONSTRUCT query for all triples of the things that a SELECT binds to `key`."""
    start = select.index("SELECT")
    prologue, body = select[:start], select[start:]
    # In a group of its own, since the query may end in ORDER BY and LIMIT, which only a subquery may have there.
    things = f"{{ SELECT DISTINCT ?{key} WHERE {{ {{ {body} }} }} }}"
    return f"{prologue}CONSTRUCT {{ ?{key} ?property ?value }} WHERE {{ {things} ?{key} ?property ?value }}"


def _document(text: str, format_: Format, version: Version, labels: tuple[str, ...]) -> Response:
    if format_ in RESULT_FORMATS:
        query = Query(text, format_, None, version=version.name, base=site().base, labels=labels, plain_labels=True)
    else:
        query = Query(text, None, format_, version=version.name, base=site().base)
    answer = site().store.query(query)
    chunks = SpreadsheetRows(answer.chunks) if format_ is CSV else answer.chunks
    return with_filename(stream_response(chunks, answer.format), request.path.strip("/") or "index", format_)
