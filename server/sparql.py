"""The SPARQL endpoint (SPARQL 1.1 Protocol, section 2.1: https://www.w3.org/TR/sparql11-protocol/#query-operation)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.errors import NotOfferedError
from kg.formats import FORM, GRAPH_FORMATS, QUERY, RESULT_FORMATS, UPDATE
from kg.store.port import Answer, Query
from server.errors import HttpError, not_offered, unsupported
from server.negotiation import Choice, choose, prefers_html
from server.pages import form_page, result_page
from server.parameters import Parameters, from_form, from_query_string, joined, utf8
from server.site import site
from server.streaming import streamed

bp = Blueprint("sparql", __name__)


@bp.get("/sparql")
def by_get() -> Response:
    """Answer a query in the address; without one, show the form."""
    parameters = from_query_string()
    if "update" in parameters:
        raise HttpError(400, "The parameter 'update' is not taken by GET: send updates to /update by POST.")
    if "query" not in parameters and prefers_html(request.accept_mimetypes, GRAPH_FORMATS):
        return form_page()
    return answered(parameters.required("query"), parameters)


@bp.post("/sparql")
def by_post() -> Response:
    """Answer a query in a form (section 2.1.2) or as the whole body (section 2.1.3)."""
    kind = request.mimetype
    _only_utf8()
    if kind in FORM.media_types:
        parameters = joined((from_query_string(), from_form()))
        if "update" in parameters:
            raise HttpError(400, "The parameter 'update' is not taken here: send updates to /update.")
        return answered(parameters.required("query"), parameters)
    if kind in QUERY.media_types:
        parameters = from_query_string()
        if "query" in parameters:
            raise HttpError(400, "The query is given twice: in the body and as the parameter 'query'.")
        return answered(utf8(request.get_data(), "The query"), parameters)
    if kind in UPDATE.media_types:
        raise HttpError(415, "An update is not taken here: send updates to /update.")
    raise unsupported(kind, (QUERY, FORM))


def _only_utf8() -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HttpError(415, f"The request's charset is '{charset}': expected utf-8.")


def answered(text: str, parameters: Parameters) -> Response:
    """Answer a query in the format that the request prefers."""
    choice = choose(parameters.one("format"))
    try:
        answer = site().store.query(to_query(text, choice, parameters))
    except NotOfferedError as error:
        missing = RESULT_FORMATS if choice.results is None else GRAPH_FORMATS
        raise not_offered(missing, "what was asked for") from error
    if choice.html:
        return result_page(text, answer)
    return _download_name(streamed(answer.chunks, answer.format), answer)


def to_query(text: str, choice: Choice, parameters: Parameters) -> Query:
    """Return a request's query as stores take it."""
    base = site().settings.base
    return Query(text, choice.results, choice.graph, parameters.dataset(), parameters.one("version"), base)


def _download_name(response: Response, answer: Answer) -> Response:
    name = f"{answer.form.value.lower()}.{answer.format.extension}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
