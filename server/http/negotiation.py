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
from server.http.errors import HttpError, not_acceptable
from server.http.parameters import query_parameters

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
    """What the client accepts for each kind of answer: None if nothing that is offered."""

    results: Format | None
    graph: Format | None
    html: bool = False
    """Whether a page is preferred; `results` and `graph` then say what it is made from."""


def choose_query_formats(names: tuple[str, ...]) -> Choice:
    """Return the formats to answer a query with; 406 where none is accepted, 400 where `?format=` names none."""
    if names:
        return _named(names)
    accept = request.accept_mimetypes
    if _prefers_html(RESULT_FORMATS + GRAPH_FORMATS):
        return Choice(TSV, NTRIPLES, html=True)
    choice = Choice(best_format(accept, RESULT_FORMATS), best_format(accept, GRAPH_FORMATS))
    if choice == Choice(None, None):
        raise not_acceptable((*RESULT_FORMATS, *GRAPH_FORMATS, HTML), f"'{accept}'")
    return choice


def choose_format(offered: tuple[Format, ...]) -> Format:
    """Return the format of an answer that has one. Raises HttpError 406 if none is accepted, or 400."""
    names, accept = query_parameters().formats(), request.accept_mimetypes
    chosen = _first_named(names, offered) if names else best_format(accept, offered)
    if chosen is None:
        raise _unknown(names, offered) if names else not_acceptable(offered, f"'{accept}'")
    return chosen


def prefers_page() -> bool:
    """Return whether the client prefers a page to RDF: by the Accept header, unless `?format=` is given."""
    return not query_parameters().formats() and _prefers_html(GRAPH_FORMATS)


def _prefers_html(offered: tuple[Format, ...]) -> bool:
    accept = request.accept_mimetypes
    return bool(accept) and best_format(accept, (*offered, HTML)) is HTML


def best_format(accept: MIMEAccept, offered: tuple[Format, ...]) -> Format | None:
    """Return the offered format that is accepted best, the first if the client has no preference, None if none."""
    if not accept:
        return offered[0]
    bare = _without_parameters(accept)
    refused = {kind for kind, quality in bare.items() if quality == 0}
    rows = [row for row in offered if row.media_type not in refused]
    kinds = {row.media_type: row for row in rows}
    for row in rows:
        for alias in (*row.media_types, *ALSO.get(row, ())):
            kinds.setdefault(alias, row)
    # Werkzeug weighs each offer against each range: a range that can fit none is left out, since headers list many.
    relevant = [(kind, quality) for kind, quality in bare.items() if kind in kinds or kind.endswith("*")]
    found = MIMEAccept(relevant).best_match(kinds)
    return kinds[found] if found else None


def _without_parameters(accept: MIMEAccept) -> dict[str, float]:
    """Return what is accepted without `charset=utf-8`, `header=present` and the like, which single out no format."""
    kinds: dict[str, float] = {}
    for kind, quality in accept:
        name = kind.partition(";")[0].strip()
        name = "*/*" if name == "*" else name  # as widespread clients write it (Java's among them)
        kinds[name] = max(quality, kinds.get(name, 0))
    return kinds


def _named(names: tuple[str, ...]) -> Choice:
    if names[0] in (HTML.name, *HTML.media_types):
        return Choice(TSV, NTRIPLES, html=True)
    choice = Choice(_first_named(names, RESULT_FORMATS), _first_named(names, GRAPH_FORMATS))
    if choice == Choice(None, None):
        raise _unknown(names, (*RESULT_FORMATS, *GRAPH_FORMATS, HTML))
    accept = request.accept_mimetypes  # a format that the query's form cannot have says nothing of it
    return Choice(
        choice.results or best_format(accept, RESULT_FORMATS), choice.graph or best_format(accept, GRAPH_FORMATS)
    )


def _unknown(names: tuple[str, ...], offered: tuple[Format, ...]) -> HttpError:
    expected = ", ".join(row.name for row in offered)
    return HttpError(400, f"The parameter 'format' is '{', '.join(names)}': expected one of {expected}.")


def _first_named(names: tuple[str, ...], offered: tuple[Format, ...]) -> Format | None:
    """Return the format of the first name that names one of those offered."""
    rows = {alias: row for row in offered for alias in ALSO.get(row, ())}
    rows |= {spelling: row for spelling, row in SPELLINGS.items() if row in offered}
    for row in offered:
        rows |= dict.fromkeys((row.name, row.extension, *row.media_types), row)
    return next((rows[name] for name in names if name in rows), None)
