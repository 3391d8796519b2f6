"""The graphs as documents (SPARQL 1.1 Graph Store HTTP Protocol: https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from flask import Blueprint, Response, request

from kg.errors import UnknownGraphError
from kg.formats import GRAPH_FORMATS, Format, Holds
from kg.store.port import Answer
from server.asking import iri
from server.caching import conditional, validator
from server.errors import HttpError
from server.negotiation import chosen
from server.parameters import Parameters, from_query_string
from server.rdf import named
from server.site import site
from server.streaming import streamed

bp = Blueprint("graphs", __name__)

DATASET_FORMATS = tuple(row for row in GRAPH_FORMATS if row.holds is Holds.QUADS)


@bp.get("/data")
def indirect() -> Response:
    """Answer with the graph that `graph` or `default` names (section 4.2), or with the whole dataset without either."""
    parameters = from_query_string()
    if "graph" in parameters or "default" in parameters:
        return graph_document(target(parameters), parameters)
    return dataset_document(_row(parameters, DATASET_FORMATS), parameters)


@bp.get("/dump.<extension>")
def dump(extension: str) -> Response:
    """Answer with the whole dataset as a file."""
    rows = {row.extension: row for row in DATASET_FORMATS}
    if extension not in rows:
        raise HttpError(404, f"There is no dump.{extension}: expected dump. with one of {', '.join(rows)}.")
    return dataset_document(rows[extension], from_query_string())


def target(parameters: Parameters) -> str | None:
    """Return the name of the graph that a request is about, None for the default graph; 400 where it names both."""
    if "graph" in parameters and "default" in parameters:
        raise HttpError(400, "The request names both 'graph' and 'default': expected one of them.")
    if "default" in parameters:
        if parameters.one("default"):
            raise HttpError(400, "The parameter 'default' is given a value: expected none.")
        return None
    name = parameters.required("graph")
    return absolute(name) if name else _refuse_empty()


def absolute(name: str) -> str:
    """Return the graph that a name in a request stands for; 400 where it is no absolute IRI (section 4.2).

    An address of this server's own, whole or as a path, stands for the IRI that it answers for.
    """
    own = site().own_base
    whole = urljoin(own, name) if name.startswith(urlsplit(own).path) else name
    iri(whole)
    return site().base + whole.removeprefix(own) if whole.startswith(own) else whole


def graph_document(name: str | None, parameters: Parameters) -> Response:
    """Answer with a graph's triples; 404 where there is no such graph."""
    row, version = _row(parameters, GRAPH_FORMATS), site().store.version(parameters.one("version"))
    if name is not None and name not in version.counts:
        raise UnknownGraphError(f"There is no graph {name} in version {version.name}.")
    return conditional(
        validator(version, row.name, name, strong=True),
        lambda: _sent(site().store.graph(name, row, version.name), "graph" if name else "default"),
    )


def dataset_document(row: Format, parameters: Parameters) -> Response:
    """Answer with every graph, in a format that keeps them apart."""
    version = site().store.version(parameters.one("version"))
    return conditional(
        validator(version, row.name, strong=True), lambda: _sent(site().store.dataset(row, version.name), "dataset")
    )


def _sent(answer: Answer, name: str) -> Response:
    return named(streamed(answer.chunks, answer.format), name, answer.format)


def _row(parameters: Parameters, offered: tuple[Format, ...]) -> Format:
    return chosen(request.accept_mimetypes, parameters.formats(), offered)


def _refuse_empty() -> str:
    raise HttpError(400, "The parameter 'graph' is empty: expected the IRI of a graph.")
