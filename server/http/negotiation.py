"""The format of a response: by `?format=` if given, otherwise by the Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

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

SHARED_MEDIA_TYPES: Mapping[Format, tuple[str, ...]] = {JSONLD: JSON.media_types[1:], RDFXML: XML.media_types[1:]}
"""Media types that select a format of results, or the nearest graph format if the answer is a graph."""

FORMAT_ALIASES: Mapping[str, Format] = {
    **dict.fromkeys(("rdf", "xml", "rdf+xml"), RDFXML),
    **dict.fromkeys(("json", "json-ld"), JSONLD),
    **dict.fromkeys(("n-triples", "ntriples"), NTRIPLES),
    **dict.fromkeys(("n-quads",), NQUADS),
    **dict.fromkeys(("n3",), TURTLE),
}
"""Names that common clients use in `?format=`, besides those of kg.formats."""
VARY = "Accept, Accept-Encoding"
"""The fields by which the format and the encoding of a response are chosen."""
MAX_KNOWN_HEADERS = 1000
"""Accept headers whose outcome is cached: clients send the same few, and comparing ranges costs a millisecond."""


@dataclass(frozen=True)
class QueryFormats:
    """The format for each kind of answer to a query; None if the client accepts none of those on offer."""

    results: Format | None
    graph: Format | None
    html: bool = False
    """Whether an HTML page is preferred, which is made from `results` or `graph`."""


def add_vary(response: Response) -> None:
    """Add the fields that select a response's format and encoding to its Vary header."""
    if "Vary" in response.headers and response.headers["Vary"] != VARY:
        response.vary.update(VARY.split(", "))
    else:
        response.headers["Vary"] = VARY


def choose_query_formats(names: tuple[str, ...]) -> QueryFormats:
    """Return the formats for the answer to a query, by the names in `?format=` if any. Raises HttpError 406 or 400."""
    if names:
        return _choose_by_name(names)
    formats = _query_formats_by_header(request.environ.get("HTTP_ACCEPT"))
    if formats == QueryFormats(None, None):
        raise not_acceptable((*RESULT_FORMATS, *GRAPH_FORMATS, HTML), f"'{request.accept_mimetypes}'")
    return formats


@lru_cache(MAX_KNOWN_HEADERS)
def _query_formats_by_header(header: str | None) -> QueryFormats:
    accept = parse_accept_header(header, MIMEAccept)
    if _prefers_html(accept, RESULT_FORMATS + GRAPH_FORMATS):
        # A page is made of lines: a solution with its terms in Turtle syntax, or a triple.
        return QueryFormats(TSV, NTRIPLES, html=True)
    return QueryFormats(best_format(accept, RESULT_FORMATS), best_format(accept, GRAPH_FORMATS))


def choose_format(offered: tuple[Format, ...], by_name: tuple[Format, ...] = ()) -> Format:
    """Return the format to answer in; the formats `by_name` are chosen by name only, not by media type.

    Raises HttpError 406 if the client accepts none of those offered, 400 if it names none of them.
    """
    names, accept = query_parameters().formats(), request.accept_mimetypes
    if chosen := next((format_ for name in names for format_ in by_name if format_.name == name), None):
        return chosen
    chosen = _first_named(names, offered) if names else best_format(accept, offered)
    if chosen is None:
        raise _unknown_format(names, offered + by_name) if names else not_acceptable(offered, f"'{accept}'")
    return chosen


def prefers_page() -> bool:
    """Return whether the client prefers a page to RDF: by the Accept header, unless `?format=` is given."""
    return not query_parameters().formats() and _prefers_html(request.accept_mimetypes, GRAPH_FORMATS)


def _prefers_html(accept: MIMEAccept, offered: tuple[Format, ...]) -> bool:
    return bool(accept) and best_format(accept, (*offered, HTML)) is HTML


def best_format(accept: MIMEAccept, offered: tuple[Format, ...]) -> Format | None:
    """Return the format that the client prefers, the first if it has no preference, None if it accepts none."""
    return _best_of_ranges(tuple(accept), offered) if accept else offered[0]


@lru_cache(MAX_KNOWN_HEADERS)
def _best_of_ranges(accept: tuple[tuple[str, float], ...], offered: tuple[Format, ...]) -> Format | None:
    ranges = _without_parameters(accept)
    refused = {media_type for media_type, quality in ranges.items() if quality == 0}
    accepted = [format_ for format_ in offered if format_.media_type not in refused]
    by_type = {format_.media_type: format_ for format_ in accepted}
    for format_ in accepted:
        for alias in (*format_.media_types, *SHARED_MEDIA_TYPES.get(format_, ())):
            by_type.setdefault(alias, format_)
    # Werkzeug compares each offer with each range: ranges that match none are dropped first, since clients list many.
    relevant = [(name, quality) for name, quality in ranges.items() if name in by_type or name.endswith("*")]
    media_type = MIMEAccept(relevant).best_match(by_type)
    return by_type[media_type] if media_type else None


def _without_parameters(accept: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the quality of each media range, without `charset=utf-8` and the like, which select no format."""
    qualities: dict[str, float] = {}
    for media_range, quality in accept:
        name = media_range.partition(";")[0].strip()
        name = "*/*" if name == "*" else name  # as Java's HttpURLConnection sends it
        qualities[name] = max(quality, qualities.get(name, 0))
    return qualities


def _choose_by_name(names: tuple[str, ...]) -> QueryFormats:
    if names[0] in (HTML.name, *HTML.media_types):
        return QueryFormats(TSV, NTRIPLES, html=True)
    named = QueryFormats(_first_named(names, RESULT_FORMATS), _first_named(names, GRAPH_FORMATS))
    if named == QueryFormats(None, None):
        raise _unknown_format(names, (*RESULT_FORMATS, *GRAPH_FORMATS, HTML))
    accept = request.accept_mimetypes  # decides if the named format is for the other kind of answer
    return QueryFormats(
        named.results or best_format(accept, RESULT_FORMATS), named.graph or best_format(accept, GRAPH_FORMATS)
    )


def _unknown_format(names: tuple[str, ...], offered: tuple[Format, ...]) -> HttpError:
    expected = ", ".join(row.name for row in offered)
    return HttpError(400, f"The parameter 'format' is '{', '.join(names)}': expected one of {expected}.")


def _first_named(names: tuple[str, ...], offered: tuple[Format, ...]) -> Format | None:
    """Return the format of the first name that selects one of those offered."""
    # A format's own names come last, so that they win over the names that it shares.
    formats = {alias: format_ for format_ in offered for alias in SHARED_MEDIA_TYPES.get(format_, ())}
    formats |= {spelling: format_ for spelling, format_ in FORMAT_ALIASES.items() if format_ in offered}
    for format_ in offered:
        formats |= dict.fromkeys((format_.name, format_.extension, *format_.media_types), format_)
    return next((formats[name] for name in names if name in formats), None)
