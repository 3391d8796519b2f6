"""The page of a citation, its formats, and its card."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from flask import Blueprint, Response, render_template

from kg.formats import CARD_FORMATS, CITATION_FORMATS, HTML, PNG, Format
from kg.store.interfaces import Version
from server.descriptions.rdf_responses import document_response, requested_version
from server.http.conditional_requests import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.pages.citation_pages.citation_cards import WIDTH, citation_card, profile_card
from server.pages.citation_pages.citation_formats import write_citation
from server.pages.citations import Citation
from server.pages.drawings.card_pictures import draw_picture
from server.pages.rendering.assets import templates_digest
from server.pages.rendering.page_rendering import page as html
from server.pages.things.cited_things import cite
from server.pages.things.thing_pages import newer_facts, thing_profile
from server.pages.things.thing_profiles import Profile
from server.pages.things.thing_queries import ThingQueries

bp = Blueprint("citations", __name__)


@bp.get("/cite")
def citation() -> Response:
    """Return the citation of the thing `iri`, or of its disagreement with `other`, as a page or in a format."""
    format_, version = choose_format((HTML, *CITATION_FORMATS)), requested_version()
    if format_ is HTML:
        thing, cited = _requested_citation(version)
        documents = [(written, write_citation(cited, written)) for written in CITATION_FORMATS]
        return html("cite.html", thing, (), cited=cited, documents=documents, newer=newer_facts(thing, cited.other))

    def make() -> Response:
        _, cited = _requested_citation(version)
        return document_response(write_citation(cited, format_).encode(), format_, cited.kind)

    return _conditional(format_, version, make)


@bp.get("/card")
def card() -> Response:
    """Return the citation of the thing `iri`, or of its disagreement with `other`, as a picture; else its profile."""
    format_, version = choose_format(CARD_FORMATS), requested_version()

    def make() -> Response:
        thing, other = _requested_thing(version)
        pictured = cite(thing, other) or (None if other else thing_profile(thing)) or _nothing_to_cite(thing, other)
        of_it = profile_card(pictured) if isinstance(pictured, Profile) else citation_card(pictured)
        svg = render_template("card.svg", card=of_it, width=WIDTH, title=pictured.title)
        return document_response(draw_picture(svg) if format_ is PNG else svg.encode(), format_, pictured.kind)

    return _conditional(format_, version, make)


def _conditional(format_: Format, version: Version, make: Callable[[], Response]) -> Response:
    return conditional_response(make_validator(version, format_.name, *_requested_iris(), templates_digest()), make)


def _requested_iris() -> tuple[str, str]:
    parameters = query_parameters()
    return parameters.required("iri"), parameters.get("other") or ""


def _requested_citation(version: Version) -> tuple[ThingQueries, Citation]:
    """Return the requested thing and its citation. Raises HttpError 404 if there is nothing to cite."""
    thing, other = _requested_thing(version)
    return thing, cite(thing, other) or _nothing_to_cite(thing, other)


def _requested_thing(version: Version) -> tuple[ThingQueries, str]:
    """Return the requested thing, and the IRI of what it disagrees with, which may be empty."""
    iri, other = _requested_iris()
    return ThingQueries(version, iri=iri), other


def _nothing_to_cite(thing: ThingQueries, other: str) -> NoReturn:
    where = f"in version {thing.version.name}"
    if other:
        raise HttpError(404, f"{thing.iri} and {other} do not disagree {where}.")
    raise HttpError(404, f"{thing.iri} is not a statement, passage, event or scenario {where}.")
