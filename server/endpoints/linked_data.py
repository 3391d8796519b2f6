"""Linked data: what the store holds about the thing that an IRI identifies, at /about.

Every IRI under the corpus's base is served by this host: at /data/ if it names a graph, which is a document; any other
identifies a thing, and /data/ redirects (303) to /about/. An IRI that only an earlier version contains is gone (410),
and one that no version contains is not found (404). A store without a base has only graphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from string import printable
from urllib.parse import quote

from flask import Blueprint, Response

from kg.datasets import GraphNames
from kg.errors import UnknownVersionError
from kg.formats import GRAPH_FORMATS, JSON, THING_FORMATS, Format
from kg.lookups.property_values import Values
from kg.lookups.thing_documents import export_things
from kg.sparql.protocol import Query
from kg.sparql.query_terms import iri_in_query
from kg.store.interfaces import Version
from kg.store.query_rows import json_results
from server.descriptions.addresses import (
    candidate_iris,
    current_parameters,
    set_current_thing,
    thing_address,
    with_parameters,
)
from server.descriptions.rdf_responses import requested_version, with_filename
from server.http.conditional_requests import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.negotiation import choose_format, prefers_page
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.pages.queried_data.page_queries import collections_term
from server.pages.queried_data.select_queries import load_query
from server.pages.things.thing_pages import thing_page
from server.site import site

bp = Blueprint("things", __name__)

MAX_EARLIER_VERSIONS = 10
"""How many versions are searched for an IRI that is gone."""


@bp.get("/about")
@bp.get("/about/<iri:rest>")
def about(rest: str = "") -> Response:
    """Describe a thing: its own triples, those that point at it, and the labels of both.

    The thing is named by the path or, whatever characters its IRI has, by the parameter `iri`.
    """
    iris = [*candidate_iris()] if rest else [query_parameters().required("iri")]
    version = requested_version()
    format_ = None if prefers_page() else choose_format(GRAPH_FORMATS, THING_FORMATS)
    iri = _first_known(iris, version)
    set_current_thing(iri)
    if format_ in THING_FORMATS:
        return _thing_document(iri, version, format_)
    return thing_page(iri, version) if format_ is None else _description(iri, version, format_)


def redirect_to_description(iris: Sequence[str]) -> Response:
    """Redirect to the description of the first of these IRIs that is known. Raises HttpError 410 or 404 if none is."""
    version = site().store.version()
    _require_not_removed(iris[0], version)
    location = with_parameters(thing_address(_first_known(iris, version)), current_parameters())
    # The IRI identifies a thing, while the response is a document about it.
    return Response(status=303, headers={"Location": location})


def _description(iri: str, version: Version, format_: Format) -> Response:
    def describe() -> Response:
        _, text = load_query("description", this=iri_in_query(iri), collections=collections_term())
        triples = site().store.query(Query(text, None, format_, version=version.name))
        response = with_filename(stream_response(triples.chunks, format_), "about", format_)
        response.headers["Link"] = f'<{quote(iri, safe=printable)}>; rel="describes"'
        return response

    requested = query_parameters().get("version")  # an answer for the current version differs in its links
    return conditional_response(make_validator(version, format_.name, iri, requested), describe)


def _thing_document(iri: str, version: Version, format_: Format) -> Response:
    """Return a thing in a format for things. Raises HttpError 404 if the format has nothing about it."""

    def make() -> Response:
        chunks = export_things(Values(site().store, version.name), [iri], format_)
        return with_filename(stream_response(chunks, format_), "about", format_)

    return conditional_response(make_validator(version, format_.name, iri), make)


def _require_not_removed(graph: str, version: Version) -> None:
    """Raise HttpError 410 if this is a removed graph of which only the provenance of its removal is left."""
    earlier = next((earlier for earlier in _earlier_versions(version) if graph in earlier.counts), None)
    if earlier is None:
        return
    elsewhere = f"FILTER(?g != {iri_in_query(GraphNames(site().base).provenance)})"
    if not _is_known(graph, version, elsewhere):
        raise HttpError(
            410, f"The graph {graph} is gone: version {earlier.name} still had it (?version={earlier.name})."
        )


def _earlier_versions(version: Version) -> Iterator[Version]:
    """Yield the newest kept versions except this one, newest first."""
    store = site().store
    for name in reversed(store.names()[-MAX_EARLIER_VERSIONS:]):
        if name != version.name:
            with suppress(UnknownVersionError):  # pruned since the names were listed
                yield store.version(name)


def _first_known(iris: Sequence[str], version: Version) -> str:
    """Return the first IRI that the version has triples about. Raises HttpError 410 or 404 if it has none."""
    for iri in iris:
        if _is_known(iri, version):
            return iri
    # Earlier versions are searched only for the likeliest reading of the address.
    for earlier in _earlier_versions(version):
        if _is_known(iris[0], earlier):
            raise HttpError(
                410, f"{iris[0]} is gone: version {earlier.name} still knew of it (?version={earlier.name})."
            )
    raise HttpError(404, f"Nothing is known of {iris[0]} in version {version.name}.")


def _is_known(iri: str, version: Version, elsewhere: str = "") -> bool:
    """Return whether a version has triples about an IRI, in a graph that a filter lets through."""
    _, text = load_query("is-known", thing=iri_in_query(iri), elsewhere=elsewhere)
    return bool(json_results(site().store, Query(text, JSON, None, version=version.name))["boolean"])
