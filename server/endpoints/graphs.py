"""The graphs as documents (SPARQL 1.1 Graph Store HTTP Protocol: https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

from flask import Blueprint, Response

from kg.formats import DATASET_FORMATS
from server.descriptions.addresses import graph_at
from server.descriptions.graph_responses import dataset_response, graph_response
from server.descriptions.store_queries import iri_in_query
from server.http.errors import HttpError
from server.http.negotiation import choose_format
from server.http.parameters import Parameters, query_parameters

bp = Blueprint("graphs", __name__)


@bp.get("/data")
def indirect() -> Response:
    """Answer with the graph that `graph` or `default` names (section 4.2), or with the whole dataset without either."""
    parameters = query_parameters()
    if "graph" in parameters or "default" in parameters:
        return graph_response(target(parameters))
    return dataset_response(choose_format(DATASET_FORMATS))


@bp.get("/dump.<extension>")
def dump(extension: str) -> Response:
    """Answer with the whole dataset as a file."""
    rows = {row.extension: row for row in DATASET_FORMATS}
    if extension not in rows:
        raise HttpError(404, f"There is no dump.{extension}: expected dump. with one of {', '.join(rows)}.")
    return dataset_response(rows[extension])


def target(parameters: Parameters) -> str | None:
    """Return the name of the graph that a request is about, None for the default graph; 400 where it names both."""
    if "graph" in parameters and "default" in parameters:
        raise HttpError(400, "The request names both 'graph' and 'default': expected one of them.")
    if "default" in parameters:
        if parameters.get("default"):
            raise HttpError(400, "The parameter 'default' is given a value: expected none.")
        return None
    name = parameters.required("graph")
    return absolute(name) if name else _refuse_empty()


def absolute(name: str) -> str:
    """Return the graph that a name in a request stands for; 400 where it is no absolute IRI (section 4.2).

    An address of this server's own, whole or as a path, stands for the IRI that it answers for.
    """
    whole = graph_at(name) or name
    iri_in_query(whole)
    return whole


def _refuse_empty() -> str:
    raise HttpError(400, "The parameter 'graph' is empty: expected the IRI of a graph.")
