"""A list at one address in every form: a page, the rows of its main query, or the triples of what it lists."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from kg.formats import CSV, GRAPH_FORMATS, HTML, JSON, RESULT_FORMATS, Format
from kg.sparql.protocol import Query
from kg.store.interfaces import Version
from server.descriptions.rdf_documents import named
from server.http.caching import conditional, validator
from server.http.negotiation import chosen
from server.http.parameters import from_query_string
from server.http.streaming import streamed
from server.site import site

OFFERED = (HTML, *RESULT_FORMATS, *GRAPH_FORMATS)
LISTED = (CSV, JSON, *GRAPH_FORMATS)
"""What the data menu of a list offers."""


def listed(make: Callable[[], Response], select: str, key: str, version: Version) -> Response:
    """Answer with the page that `make` makes, or with the query's rows, or with the triples of the variable `key`."""
    row = chosen(request.accept_mimetypes, from_query_string().formats(), OFFERED)
    return make() if row is HTML else as_data(select, key, row, version)


def as_data(select: str, key: str, row: Format, version: Version) -> Response:
    """Answer with a query's rows, or with the triples of its variable `key`, as the format wants it."""
    text = select if row in RESULT_FORMATS else describing(select, key)
    return conditional(validator(version, row.name, text), lambda: _document(text, row, version))


def describing(select: str, key: str) -> str:
    """Return a query for all triples of what a SELECT finds."""
    start = select.index("SELECT")
    prologue, body = select[:start], select[start:]
    found = f"{{ SELECT DISTINCT ?{key} WHERE {{ {{ {body} }} }} }}"
    return f"{prologue}CONSTRUCT {{ ?{key} ?property ?value }} WHERE {{ {found} ?{key} ?property ?value }}"


def _document(text: str, row: Format, version: Version) -> Response:
    results, graph = (row, None) if row in RESULT_FORMATS else (None, row)
    answer = site().store.query(Query(text, results, graph, version=version.name, base=site().base))
    return named(streamed(answer.chunks, answer.format), request.path.strip("/") or "index", row)
