"""Linked data: every IRI under the corpus's base answers under this host, at /data/ and what follows the base.

A graph is a document and is sent; anything else is a thing, and who asks is sent on (303) to what is known of it, at
/about/. What an earlier version still knew is gone (410), and what none knew is not found (404). In a plain store there
are graphs only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from string import printable
from urllib.parse import quote

from flask import Blueprint, Response

from kg.datasets import GraphNames
from kg.errors import UnknownVersionError
from kg.formats import GRAPH_FORMATS, Format
from kg.store.interfaces import Version
from server.descriptions.addresses import (
    candidate_iris,
    current_parameters,
    set_current_thing,
    thing_address,
    with_parameters,
)
from server.descriptions.graph_responses import graph_response
from server.descriptions.rdf_responses import with_filename
from server.descriptions.store_queries import holds, iri_in_query, triples
from server.http.caching import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.negotiation import choose_format, prefers_page
from server.http.parameters import Parameters, query_parameters
from server.http.streaming import stream_response
from server.pages import thing_page
from server.site import site

bp = Blueprint("things", __name__)

KNOWN = (
    "ASK {{ {{ {0} ?p ?o }} UNION {{ ?s ?p {0} }} UNION {{ GRAPH ?g {{ {{ {0} ?p ?o }} UNION {{ ?s ?p {0} }} }} }} }}"
)
TOLD = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{
  {{ {{ {0} ?p ?o }} UNION {{ GRAPH ?g {{ {0} ?p ?o }} }} BIND({0} AS ?s) }} UNION
  {{ {{ ?s ?p {0} }} UNION {{ GRAPH ?g {{ ?s ?p {0} }} }} BIND({0} AS ?o) }} UNION
  {{ {{ {0} ?q ?s }} UNION {{ ?s ?q {0} }} UNION {{ {0} ?s ?q }} UNION {{ GRAPH ?g {{ {0} ?q ?s }} }}
     VALUES ?p {{ rdfs:label skos:prefLabel }} {{ ?s ?p ?o }} UNION {{ GRAPH ?h {{ ?s ?p ?o }} }} }}
}} }}"""
TOLD_ELSEWHERE = (
    "ASK {{ {{ {0} ?p ?o }} UNION {{ ?s ?p {0} }} UNION "
    "{{ GRAPH ?g {{ {{ {0} ?p ?o }} UNION {{ ?s ?p {0} }} }} FILTER(?g != {1}) }} }}"
)
MOST_VERSIONS = 10
"""How many earlier versions are looked through for what is gone."""


@bp.get("/data/<iri:rest>")
def dereference(**_: str) -> Response:
    """Answer for an IRI: with the graph of that name, or by sending on to what is known of the thing."""
    names, parameters, version = [*candidate_iris()], query_parameters(), site().store.version()
    name = next((each for each in names if each in version.counts), names[0])
    only_graphs = site().settings.base is None
    if only_graphs or name in version.counts or "version" in parameters:
        return graph_response(name)
    _must_not_be_withdrawn(name, version)
    where = with_parameters(thing_address(_known(names, version)), current_parameters())
    return Response(status=303, headers={"Location": where})


@bp.get("/about")
@bp.get("/about/<iri:rest>")
def about(rest: str = "") -> Response:
    """Tell what is known of a thing: its own triples, those that point at it, and the labels of both.

    The thing is named by the path or, whatever its IRI holds, by the parameter `iri`.
    """
    parameters = query_parameters()
    names = [*candidate_iris()] if rest else [parameters.required("iri")]
    version = site().store.version(parameters.get("version"))
    row = None if prefers_page() else choose_format(GRAPH_FORMATS)
    name = _known(names, version)
    set_current_thing(name)
    return thing_page(name, version) if row is None else _told(name, version, row, parameters)


def _told(name: str, version: Version, row: Format, parameters: Parameters) -> Response:

    def make() -> Response:
        response = with_filename(
            stream_response(triples(TOLD.format(iri_in_query(name)), version.name, row), row), "about", row
        )
        response.headers["Link"] = f'<{quote(name, safe=printable)}>; rel="describes"'
        return response

    return conditional_response(make_validator(version, row.name, name, parameters.get("version")), make)


def _must_not_be_withdrawn(name: str, version: Version) -> None:
    """Raise a 410 for a graph that was removed, if only the provenance of the removal tells of it."""
    earlier = next((each for each in _earlier(version) if name in each.counts), None)
    provenance = GraphNames(site().base).provenance
    if earlier and not holds(TOLD_ELSEWHERE.format(iri_in_query(name), iri_in_query(provenance)), version.name):
        raise HttpError(
            410, f"The graph {name} is gone: version {earlier.name} still had it (?version={earlier.name})."
        )


def _earlier(version: Version) -> Iterator[Version]:
    """Yield the last kept versions other than one, the newest first."""
    store = site().store
    for name in reversed(store.names()[-MOST_VERSIONS:]):
        if name != version.name:
            with suppress(UnknownVersionError):  # it was pruned meanwhile
                yield store.version(name)


def _known(names: Sequence[str], version: Version) -> str:
    """Return the first of the IRIs that something is known of; 410 or 404, in the words of the first, for none."""
    for name in names:
        if holds(KNOWN.format(iri_in_query(name)), version.name):
            return name
    for earlier in _earlier(version):
        if holds(KNOWN.format(iri_in_query(names[0])), earlier.name):
            raise HttpError(
                410, f"{names[0]} is gone: version {earlier.name} still knew of it (?version={earlier.name})."
            )
    raise HttpError(404, f"Nothing is known of {names[0]} in version {version.name}.")
