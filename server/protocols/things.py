"""Linked data: every IRI under the corpus's base answers under this host, at /data/ and what follows the base.

A graph is a document and is sent; anything else is a thing, and who asks is sent on (303) to what is known of it, at
/about/. What an earlier version still knew is gone (410), and what none knew is not found (404). In a plain store there
are graphs only.
"""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from werkzeug.urls import uri_to_iri

from kg.dataset import GraphNames
from kg.formats import GRAPH_FORMATS
from kg.store.port import Version
from server.describing.asking import holds, iri, triples
from server.describing.graph_documents import graph_document
from server.describing.rdf import named, wanted
from server.http.caching import conditional, validator
from server.http.errors import HttpError
from server.http.negotiation import prefers_html
from server.http.parameters import Parameters, from_query_string
from server.http.streaming import streamed
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


@bp.get("/data/<path:rest>")
def dereference(rest: str) -> Response:
    """Answer for an IRI: with the graph of that name, or by sending on to what is known of the thing."""
    name, parameters, version = iri_of(rest), from_query_string(), site().store.version()
    only_graphs = site().settings.base is None
    if only_graphs or name in version.counts or "version" in parameters:
        return graph_document(name, parameters)
    _must_not_be_withdrawn(name, version)
    _must_be_known(name, version)
    return Response(status=303, headers={"Location": url_for("things.about", rest=rest)})


@bp.get("/about/<path:rest>")
def about(rest: str) -> Response:
    """Tell what is known of a thing: its own triples, those that point at it, and the labels of both."""
    name, parameters = iri_of(rest), from_query_string()
    version = site().store.version(parameters.one("version"))
    if "format" not in parameters and prefers_html(request.accept_mimetypes, GRAPH_FORMATS):
        _must_be_known(name, version)
        return thing_page(name, version)
    return _told(name, version, parameters)


def _told(name: str, version: Version, parameters: Parameters) -> Response:
    row = wanted()
    _must_be_known(name, version)

    def make() -> Response:
        response = named(streamed(triples(TOLD.format(iri(name)), version.name, row), row), "about", row)
        response.headers["Link"] = f'<{name}>; rel="describes"' if name.isascii() else ""
        return response

    return conditional(validator(version, row.name, name, parameters.one("version")), make)


def iri_of(rest: str) -> str:
    """Return the IRI that an address stands for: escapes that a client made of letters are letters again."""
    sent = request.environ.get("REQUEST_URI", "").partition("?")[0]
    raw = sent.partition(request.path.partition(rest)[0])[2] if rest else ""
    return site().base + (uri_to_iri(raw) if raw else rest)


def _must_not_be_withdrawn(name: str, version: Version) -> None:
    """Raise a 410 for a graph that was removed, if only the provenance of the removal tells of it."""
    earlier = next((each for each in _earlier(version) if name in each.counts), None)
    provenance = GraphNames(site().base).provenance
    if earlier and not holds(TOLD_ELSEWHERE.format(iri(name), iri(provenance)), version.name):
        raise HttpError(
            410, f"The graph {name} is gone: version {earlier.name} still had it (?version={earlier.name})."
        )


def _earlier(version: Version) -> list[Version]:
    """Return the last kept versions other than one, the newest first."""
    return [each for each in reversed(site().store.versions()[-MOST_VERSIONS:]) if each.name != version.name]


def _must_be_known(name: str, version: Version) -> None:
    question = KNOWN.format(iri(name))
    if holds(question, version.name):
        return
    for earlier in _earlier(version):
        if holds(question, earlier.name):
            raise HttpError(410, f"{name} is gone: version {earlier.name} still knew of it (?version={earlier.name}).")
    raise HttpError(404, f"Nothing is known of {name} in version {version.name}.")
