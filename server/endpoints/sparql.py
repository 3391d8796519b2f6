"""The SPARQL endpoint (SPARQL 1.1 Protocol, section 2.1: https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.app.example_questions import query_form
from kg.errors import NotAcceptableError
from kg.formats import FORM, GRAPH_FORMATS, QUERY, RESULT_FORMATS, UPDATE
from kg.sparql.protocol import Query, QueryForm
from kg.store.interfaces import Store
from kg.tokens import Role
from server.auth.roles import require
from server.descriptions.rdf_responses import with_filename
from server.descriptions.service_description import service_description
from server.endpoints import update as updates
from server.endpoints.federated_queries import answered_elsewhere
from server.endpoints.volatile_queries import volatile
from server.http.caching import Validator, conditional_response, make_validator
from server.http.client import query_seconds, store_for_client, timeout_seconds
from server.http.errors import HttpError, not_acceptable, unsupported
from server.http.negotiation import Choice, choose_query_formats, prefers_page
from server.http.parameters import Parameters, form_parameters, joined, query_parameters, require_utf8, utf8
from server.http.request_limits import limited_query
from server.http.request_tracking import record_query_text
from server.http.streaming import stream_response
from server.pages import form_page, result_page
from server.site import site

bp = Blueprint("sparql", __name__)

OF_A_QUERY = ("query", "default-graph-uri", "named-graph-uri")
"""The parameters of the query operation: a GET with none of them asks about the service (Service Description, 2)."""


@bp.get("/sparql")
def by_get() -> Response:
    """Answer a query in the address; without one, show the form."""
    parameters = query_parameters()
    if "update" in parameters:
        raise HttpError(400, "The parameter 'update' is not taken by GET: send updates to /update by POST.")
    if not any(key in parameters for key in OF_A_QUERY):
        return about_the_service()
    return answered(parameters.required("query"), parameters)


@bp.get("/update")
def of_updates() -> Response:
    """Describe the service to who asks at its other endpoint (Service Description, 2); an update comes by POST only."""
    if query_parameters().pairs:
        raise HttpError(400, "An update is not taken by GET: send it by POST.")
    return service_description()


def about_the_service() -> Response:
    """Show people the form, and describe the service to everybody else."""
    if prefers_page():
        return form_page()
    return service_description()


@bp.post("/sparql")
def by_post() -> Response:
    """Answer a query in a form (section 2.1.2) or as the whole body (section 2.1.3).

    Clients that know one address only send their updates here too: they need what updates at /update need.
    """
    kind = request.mimetype
    require_utf8()
    if kind in FORM.media_types:
        parameters = joined((query_parameters(), form_parameters()))
        if "update" in parameters:
            return _updated(parameters)
        return answered(parameters.required("query"), parameters)
    if kind in QUERY.media_types:
        parameters = query_parameters()
        if "query" in parameters:
            raise HttpError(400, "The query is given twice: in the body and as the parameter 'query'.")
        return answered(utf8(request.get_data(cache=False), "The query"), parameters)
    if kind in UPDATE.media_types:
        return updates.update()
    raise unsupported(kind, (QUERY, UPDATE, FORM))


def _updated(parameters: Parameters) -> Response:
    """Run the update of a form, which only its body tells from a query."""
    if "query" in parameters:
        raise HttpError(400, "The form holds a 'query' and an 'update': expected one of them.")
    require(Role.WRITE)
    return updates.run(parameters.required("update"), parameters)


def answered(text: str, parameters: Parameters) -> Response:
    """Answer a query in the format that the request prefers."""
    record_query_text(limited_query(text))
    choice, version = choose_query_formats(parameters.formats()), site().store.version(parameters.get("version"))
    timeout = timeout_seconds(parameters.get("timeout"))
    complete, left = answered_elsewhere(text, timeout)
    query = Query(
        complete,
        choice.results,
        choice.graph,
        parameters.dataset(),
        version.name,
        site().base,
        sparql12=_asks_for_12(parameters),
    )
    differs = volatile(text) or choice.html
    known = (
        Validator(version, None)
        if differs
        else make_validator(version, query, strong=query_form(text) is QueryForm.ASK)
    )
    store = store_for_client(site().store, left, query_seconds(site().store, timeout))
    return conditional_response(known, lambda: _evaluated(query, choice, store))


def _evaluated(query: Query, choice: Choice, store: Store) -> Response:
    try:
        answer = store.query(query)
    except NotAcceptableError as error:
        missing = RESULT_FORMATS if choice.results is None else GRAPH_FORMATS
        raise not_acceptable(missing, "what was asked for") from error
    if choice.html:
        return result_page(query.text, answer)
    return with_filename(stream_response(answer.chunks, answer.format), answer.form.value.lower(), answer.format)


def _asks_for_12(parameters: Parameters) -> bool:
    asked = parameters.get("sparql") or request.mimetype_params.get("version") or "1.1"
    if asked not in ("1.1", "1.2"):
        raise HttpError(400, f"The parameter 'sparql' is '{asked}': expected 1.1 or 1.2.")
    return asked == "1.2"
