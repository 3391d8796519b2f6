"""The page of a citation, its formats, and its card."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from kg.formats import CARD_FORMATS, CITATION_FORMATS, HTML, PNG, Format
from kg.store.interfaces import Version
from server.descriptions.graph_responses import requested_version
from server.descriptions.rdf_responses import document_response
from server.http.caching import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.pages.assets import templates_digest
from server.pages.card_pictures import draw_picture
from server.pages.citation_cards import WIDTH, citation_card
from server.pages.citation_formats import write_citation
from server.pages.citations import Citation
from server.pages.cited_things import cite
from server.pages.newer_version import newer_version
from server.pages.rendering import page as html
from server.pages.thing_queries import ThingQueries

bp = Blueprint("citations", __name__)


@bp.get("/cite")
def citation() -> Response:
    """Return the citation of the thing `iri`, or of its disagreement with `other`, as a page or in a format."""
    row, version = choose_format((HTML, *CITATION_FORMATS)), requested_version()
    if row is not HTML:
        return _document(row, version)
    thing, cited = _requested_citation(version)
    documents = [(written, write_citation(cited, written)) for written in CITATION_FORMATS]
    newer = newer_version(version, *_requested_iris())
    return html("cite.html", thing, (), cited=cited, documents=documents, newer=newer)


@bp.get("/card")
def card() -> Response:
    """Return the citation of the thing `iri`, or of its disagreement with `other`, as a picture."""
    return _document(choose_format(CARD_FORMATS), requested_version())


def _document(row: Format, version: Version) -> Response:
    def make() -> Response:
        _, cited = _requested_citation(version)
        return document_response(_write(cited, row), row, cited.kind)

    return conditional_response(make_validator(version, row.name, *_requested_iris(), templates_digest()), make)


def _write(cited: Citation, row: Format) -> bytes:
    if row not in CARD_FORMATS:
        return write_citation(cited, row).encode()
    svg = render_template("card.svg", card=citation_card(cited), width=WIDTH, cited=cited)
    return draw_picture(svg) if row is PNG else svg.encode()


def _requested_iris() -> tuple[str, str]:
    parameters = query_parameters()
    return parameters.required("iri"), parameters.get("other") or ""


def _requested_citation(version: Version) -> tuple[ThingQueries, Citation]:
    """Return the citation that the request names. Raises HttpError 404 if there is nothing to cite."""
    iri, other = _requested_iris()
    thing = ThingQueries(version, iri=iri)
    cited = cite(thing, other)
    if cited is None and other:
        raise HttpError(404, f"{iri} and {other} do not disagree in version {version.name}.")
    if cited is None:
        raise HttpError(404, f"{iri} is no statement, passage, event or scenario in version {version.name}.")
    return thing, cited
