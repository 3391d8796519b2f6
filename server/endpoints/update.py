"""The update operation (SPARQL 1.1 Protocol, section 2.2: https://www.w3.org/TR/sparql11-protocol/#update-operation)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.formats import FORM, QUERY, UPDATE
from kg.sparql.protocol import RequestDataset
from kg.writer import RunUpdate
from server.endpoints.write_requests import write, write_response
from server.http.errors import HttpError, unsupported_media_type
from server.http.parameters import Parameters, body_text, form_and_query_parameters, query_parameters
from server.http.request_tracking import record_query_text
from server.site import site

bp = Blueprint("updates", __name__)


@bp.post("/update")
def update() -> Response:
    """Run an update from a form (section 2.2.1) or the whole body (section 2.2.2), as one new version."""
    media_type = request.mimetype
    if media_type in FORM.media_types:
        parameters = form_and_query_parameters()
        if "query" in parameters:
            raise HttpError(400, "The parameter 'query' is not taken here: send queries to /sparql.")
        return run_update(parameters.required("update"), parameters)
    if media_type in UPDATE.media_types:
        parameters = query_parameters()
        if "update" in parameters:
            raise HttpError(400, "The update is given twice: in the body and as the parameter 'update'.")
        return run_update(body_text("The update"), parameters)
    if media_type in QUERY.media_types:
        raise HttpError(415, "A query is not taken here: send queries to /sparql.")
    raise unsupported_media_type(media_type, (UPDATE, FORM))


def run_update(text: str, parameters: Parameters) -> Response:
    """Run an update as one new version; the caller has checked that the client may write."""
    record_query_text(text)
    using = RequestDataset(parameters.get_all("using-graph-uri"), parameters.get_all("using-named-graph-uri"))
    return write_response(write(RunUpdate(text, using, site().base), parameters).version)
