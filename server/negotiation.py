"""Which format an answer has: by `?format=` where that is given, by the Accept header otherwise (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MIMEAccept

from kg.formats import (
    GRAPH_FORMATS,
    HTML,
    JSON,
    JSONLD,
    NQUADS,
    NTRIPLES,
    RDFXML,
    RESULT_FORMATS,
    TSV,
    TURTLE,
    XML,
    Format,
)
from server.errors import HttpError, not_offered

ALSO: Mapping[Format, tuple[str, ...]] = {JSONLD: JSON.media_types[1:], RDFXML: XML.media_types[1:]}
"""Media types that results and graphs share: where a graph is the answer, they ask for its nearest format."""

SPELLINGS: Mapping[str, Format] = {
    **dict.fromkeys(("rdf", "xml", "rdf+xml"), RDFXML),
    **dict.fromkeys(("json", "json-ld"), JSONLD),
    **dict.fromkeys(("n-triples", "ntriples"), NTRIPLES),
    **dict.fromkeys(("n-quads",), NQUADS),
    **dict.fromkeys(("n3",), TURTLE),
}
"""How clients at large spell a graph's formats in `?format=`, beside the names in the table."""


@dataclass(frozen=True)
class Choice:
    """What a query's asker accepts, by what the answer is: None where nothing that is offered."""

    results: Format | None
    graph: Format | None
    html: bool = False
    """Whether a page is preferred; `results` and `graph` then say what it is made from."""


def choose(name: str | None) -> Choice:
    """Return the formats to answer a query with; 406 where none is accepted, 400 where `?format=` names none."""
    if name is not None:
        return _named(name.strip().lower().replace(" ", "+"))
    accept = request.accept_mimetypes
    if prefers_html(accept, RESULT_FORMATS + GRAPH_FORMATS):
        return Choice(TSV, NTRIPLES, html=True)
    choice = Choice(best(accept, RESULT_FORMATS), best(accept, GRAPH_FORMATS))
    if choice == Choice(None, None):
        raise not_offered((*RESULT_FORMATS, *GRAPH_FORMATS, HTML), f"'{accept}'")
    return choice


def chosen(accept: MIMEAccept, name: str | None, offered: tuple[Format, ...]) -> Format:
    """Return the one format of an answer; 406 where none is accepted, 400 where `?format=` names none."""
    if name is None:
        found = best(accept, offered)
        if found is None:
            raise not_offered(offered, f"'{accept}'")
        return found
    found = _of_graphs(name.strip().lower().replace(" ", "+"), offered)
    if found is None:
        names = ", ".join(row.name for row in offered)
        raise HttpError(400, f"The parameter 'format' is '{name}': expected one of {names}.")
    return found


def prefers_html(accept: MIMEAccept, offered: tuple[Format, ...]) -> bool:
    """Tell whether the asker would rather read a page than have any of the offered formats."""
    return bool(accept) and best(accept, (*offered, HTML)) is HTML


def best(accept: MIMEAccept, offered: tuple[Format, ...]) -> Format | None:
    """Return the offered format that is accepted best, the first where the asker does not care, None where none."""
    if not accept:
        return offered[0]
    refused = {kind for kind, quality in accept if quality == 0}
    rows = [row for row in offered if row.media_type not in refused]
    kinds = {row.media_type: row for row in rows}
    for row in rows:
        for alias in (*row.media_types, *ALSO.get(row, ())):
            kinds.setdefault(alias, row)
    found = accept.best_match(kinds)
    return kinds[found] if found else None


def _named(name: str) -> Choice:
    if name in (HTML.name, *HTML.media_types):
        return Choice(TSV, NTRIPLES, html=True)
    choice = Choice(_row(name, RESULT_FORMATS), _of_graphs(name, GRAPH_FORMATS))
    if choice == Choice(None, None):
        names = ", ".join(row.name for row in (*RESULT_FORMATS, *GRAPH_FORMATS, HTML))
        raise HttpError(400, f"The parameter 'format' is '{name}': expected one of {names}.")
    return choice


def _of_graphs(name: str, offered: tuple[Format, ...]) -> Format | None:
    spelled = SPELLINGS.get(name)
    return spelled if spelled in offered else _row(name, offered)


def _row(name: str, offered: tuple[Format, ...]) -> Format | None:
    for row in offered:
        if name in (row.name, row.extension, *row.media_types, *ALSO.get(row, ())):
            return row
    return None
