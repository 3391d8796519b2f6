"""The SPARQL endpoint: the query and the update operation (SPARQL 1.1 Protocol: https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

import time
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from kg.errors import LimitError, NotAcceptableError, RequestError
from kg.formats import FORM, GRAPH_FORMATS, QUERY, RESULT_FORMATS, UPDATE
from kg.sparql.protocol import Query, RequestDataset
from kg.sparql.search_clauses import may_have_searches
from kg.tokens import Role
from kg.workers.frames import from_query
from kg.workers.served_store import ServedStore
from kg.writer.write_requests import RunUpdate
from server.auth.authorization import require_role
from server.descriptions.rdf_responses import with_filename
from server.descriptions.service_description import service_description
from server.endpoints.federated_queries import fill_service_clauses
from server.endpoints.prepared_requests import DESCRIBING_KEY, raise_failure
from server.endpoints.query_preparation import PREPARATION_KEY, Preparation
from server.endpoints.volatile_queries import text_facts
from server.endpoints.writes import write, write_response
from server.http.answer_cache import BYPASS, CACHE_STATUS, HIT, answer_cache, count_query, describing_fields
from server.http.asked_queries import AskedQuery
from server.http.cache_middleware import ANSWER_REFERENCE_KEY
from server.http.client import parse_timeout, query_time_limit, store_for_client
from server.http.conditional_requests import Validator, conditional_response, make_validator, requested_representation
from server.http.errors import HttpError, not_acceptable, to_http, unsupported_media_type
from server.http.negotiation import QueryFormats, choose_query_formats, prefers_page
from server.http.page_relay import relay_page
from server.http.parameters import Parameters, body_text, form_and_query_parameters, query_parameters
from server.http.request_limits import require_query_length
from server.http.request_tracking import record_query_text
from server.http.response_cache import AnswerReference
from server.http.streaming import stream_response
from server.pages.questions.sparql_form import fault_page, form_page, result_page
from server.site import site

bp = Blueprint("sparql", __name__)
updates = Blueprint("updates", __name__)
"""The route that needs the role `write`: server.auth.authorization identifies it by this blueprint."""

QUERY_PARAMETERS = ("query", "default-graph-uri", "named-graph-uri")
"""The parameters of the query operation: a GET without any requests the service description (its section 2)."""


@bp.get("/sparql")
def by_get() -> Response:
    """Answer the query in the address; without one, show the query form or describe the service."""
    parameters = query_parameters()
    if "update" in parameters:
        raise HttpError(400, "The parameter 'update' is not accepted by GET: send updates to /update by POST.")
    if any(name in parameters for name in QUERY_PARAMETERS):
        return answer_query(parameters.required("query"), parameters)
    # Page processes, if there are any, render pages: this process is for queries.
    return relay_page() or form_page() if prefers_page() else service_description()


@bp.get("/update")
def describe_updates() -> Response:
    """Describe the service at its update endpoint too (Service Description, section 2); updates need POST."""
    if query_parameters().pairs:
        raise HttpError(400, "An update is not accepted by GET: send it by POST.")
    return service_description()


@bp.post("/sparql")
def by_post() -> Response:
    """Answer a query in a form (section 2.1.2) or as the whole body (section 2.1.3).

    Some clients know only one address and send their updates here: those need the role `write`, as at /update.
    """
    media_type = request.mimetype
    if media_type in FORM.media_types:
        parameters = form_and_query_parameters()
        if "update" in parameters:
            return _update_by_form(parameters)
        return answer_query(parameters.required("query"), parameters)
    if media_type in QUERY.media_types:
        return answer_query(*_whole_body("query"))
    if media_type in UPDATE.media_types:
        return update()
    raise unsupported_media_type(media_type, (QUERY, UPDATE, FORM))


@updates.post("/update")
def update() -> Response:
    """Run an update from a form (section 2.2.1) or the whole body (section 2.2.2), as one new version."""
    media_type = request.mimetype
    if media_type in FORM.media_types:
        parameters = form_and_query_parameters()
        if "query" in parameters:
            raise HttpError(400, "The parameter 'query' is not accepted here: send queries to /sparql.")
        return run_update(parameters.required("update"), parameters)
    if media_type in UPDATE.media_types:
        return run_update(*_whole_body("update"))
    if media_type in QUERY.media_types:
        raise HttpError(415, "A query is not accepted here: send queries to /sparql.")
    raise unsupported_media_type(media_type, (UPDATE, FORM))


def run_update(text: str, parameters: Parameters) -> Response:
    """Run an update as one new version; the caller has checked that the client may write."""
    record_query_text(text)
    using = RequestDataset(parameters.get_all("using-graph-uri"), parameters.get_all("using-named-graph-uri"))
    return write_response(write(RunUpdate(text, using, site().base), parameters).version)


def _whole_body(name: str) -> tuple[str, Parameters]:
    """Return the query or update that is the whole body, and the parameters in the address."""
    parameters = query_parameters()
    if name in parameters:
        raise HttpError(400, f"The {name} is given twice: in the body and as the parameter '{name}'.")
    return body_text(f"The {name}"), parameters


def _update_by_form(parameters: Parameters) -> Response:
    if "query" in parameters:
        raise HttpError(400, "The form holds a 'query' and an 'update': expected one of them.")
    require_role(Role.WRITE)  # the header, by which other requests are admitted, did not show that this is an update
    return run_update(parameters.required("update"), parameters)


def answer_query(text: str, parameters: Parameters) -> Response:
    """Answer a query in the format that the request prefers."""
    # First, since everything that follows takes time in proportion to the text's length.
    require_query_length(text)
    record_query_text(text)
    formats = choose_query_formats(parameters.formats())
    # Page processes, if there are any, have the index that a search looks up.
    if (formats.html or may_have_searches(text)) and (page := _relay_query(text, parameters)) is not None:
        return page
    try:
        return _answer_query(text, parameters, formats)
    except (RequestError, LimitError) as error:
        if not formats.html:
            raise
        return fault_page(text, to_http(error))


def _answer_query(text: str, parameters: Parameters, formats: QueryFormats) -> Response:
    here = site()
    version, timeout = here.store.version(parameters.get("version")), parse_timeout(parameters.get("timeout"))
    complete_text, seconds_left = fill_service_clauses(text, timeout, version)
    timeless_query = Query(
        complete_text,
        formats.results,
        formats.graph,
        parameters.dataset(),
        base=here.base,
        sparql12=_enables_sparql12(parameters),
        optimize=parameters.choice("optimize", ("none",)) != "none",
        explain=parameters.choice("explain", ("true", "false")) == "true",
    )
    query = timeless_query.at(version.name, version.digest)
    facts = text_facts(text)
    # Only ASK has a single serialization: other results may come in any order, so their tag is weak.
    answer_validator = (
        Validator(version, None)
        if facts.is_volatile
        else make_validator(version, from_query(query), strong=facts.is_ask)
    )
    validator = Validator(version, None) if formats.html else answer_validator
    asked_query = None
    # Only without a version: the middleware compares with the current one, and the next one has answers to no others.
    if validator.tag and parameters.get("version") is None:
        asked_query = count_query(timeless_query)
        request.environ[ANSWER_REFERENCE_KEY] = AnswerReference(version, validator.tag, asked_query)
        request.environ[PREPARATION_KEY] = Preparation(
            timeless_query, timeout, requested_representation(), here.settings
        )
    store = store_for_client(here.store, seconds_left, query_time_limit(here.store, timeout))
    if formats.html:
        make_response = partial(result_page, text, parameters, answer_validator.tag, partial(store.query, query))
    else:
        make_response = partial(_answer, query, formats, store, validator.tag, asked_query)
    response = conditional_response(validator, make_response)
    if answer_cache() is not None:  # records of each answer whether it was cached
        response.headers.setdefault(CACHE_STATUS, HIT if response.status_code == HTTPStatus.NOT_MODIFIED else BYPASS)
    return response


def _answer(
    query: Query, formats: QueryFormats, store: ServedStore, tag: str | None, asked_query: AskedQuery | None
) -> Response:
    """Return the cached answer, or evaluate the query."""
    cache = answer_cache()
    if cache is None or tag is None:
        return _evaluate(query, formats, store)
    if (answer := cache.get(tag)) is not None:
        return answer.response()
    started = time.monotonic()
    response = _evaluate(query, formats, store)
    return cache.keep(tag, response, time.monotonic() - started, asked_query)


def _relay_query(text: str, parameters: Parameters) -> Response | None:
    """Return a query's page from a page process, None without any; a request with a body is relayed as a form."""
    if request.method != "POST":
        return relay_page()
    fields = [("query", text), *([("sparql", "1.2")] if _enables_sparql12(parameters) else [])]
    others = [pair for pair in parameters.pairs if pair[0] not in ("query", "sparql")]
    return relay_page(urlencode([*others, *fields]).encode())


def _evaluate(query: Query, formats: QueryFormats, store: ServedStore) -> Response:
    try:
        raise_failure(request.environ, query)
        answer = store.query(query)
    except NotAcceptableError as error:
        missing = RESULT_FORMATS if formats.results is None else GRAPH_FORMATS
        raise not_acceptable(missing, "the requested format") from error
    response = with_filename(stream_response(answer.chunks, answer.format), answer.form.value.lower(), answer.format)
    request.environ[DESCRIBING_KEY] = describing_fields(response)
    return response


def _enables_sparql12(parameters: Parameters) -> bool:
    version = parameters.get("sparql") or request.mimetype_params.get("version") or "1.1"
    if version not in ("1.1", "1.2"):
        raise HttpError(400, f"The parameter 'sparql' is '{version}': expected 1.1 or 1.2.")
    return version == "1.2"
