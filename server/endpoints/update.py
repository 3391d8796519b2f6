"""The update operation (SPARQL 1.1 Protocol, section 2.2: https://www.w3.org/TR/sparql11-protocol/#update-operation)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.formats import FORM, QUERY, UPDATE
from kg.sparql.protocol import RequestDataset
from kg.writer import RunUpdate
from server.endpoints.write_requests import done, written
from server.http.errors import HttpError, unsupported
from server.http.parameters import Parameters, form_parameters, joined, query_parameters, require_utf8, utf8
from server.http.request_tracking import record_query_text
from server.site import site

bp = Blueprint("updates", __name__)


@bp.post("/update")
def update() -> Response:
    """Run an update from a form (section 2.2.1) or the whole body (section 2.2.2), as one version."""
    kind = request.mimetype
    require_utf8()
    if kind in FORM.media_types:
        parameters = joined((query_parameters(), form_parameters()))
        if "query" in parameters:
            raise HttpError(400, "The parameter 'query' is not taken here: send queries to /sparql.")
        return run(parameters.required("update"), parameters)
    if kind in UPDATE.media_types:
        parameters = query_parameters()
        if "update" in parameters:
            raise HttpError(400, "The update is given twice: in the body and as the parameter 'update'.")
        return run(utf8(request.get_data(cache=False), "The update"), parameters)
    if kind in QUERY.media_types:
        raise HttpError(415, "A query is not taken here: send queries to /sparql.")
    raise unsupported(kind, (UPDATE, FORM))


def run(text: str, parameters: Parameters) -> Response:
    """Run an update as one version; who sends it has shown that they may write."""
    record_query_text(text)
    using = RequestDataset(parameters.get_all("using-graph-uri"), parameters.get_all("using-named-graph-uri"))
    return done(written(RunUpdate(text, using, site().base), parameters).version)
