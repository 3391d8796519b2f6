"""Documents with one graph or the whole dataset, in the format that the request prefers."""

from __future__ import annotations

from flask import Response, request

from kg.errors import UnknownGraphError
from kg.formats import GRAPH_FORMATS, Format
from kg.store.interfaces import Answer
from server.descriptions.rdf_documents import with_filename
from server.http.caching import conditional, validator
from server.http.negotiation import chosen
from server.http.parameters import Parameters
from server.http.streaming import streamed
from server.site import site


def graph_document(name: str | None, parameters: Parameters) -> Response:
    """Return a graph's triples; 404 if the graph does not exist."""
    row, version = preferred(parameters, GRAPH_FORMATS), site().store.version(parameters.one("version"))
    if name is not None and name not in version.counts:
        raise UnknownGraphError(f"There is no graph {name} in version {version.name}.")
    return conditional(
        validator(version, row.name, name, strong=True),
        lambda: _sent(site().store.graph(name, row, version.name), "graph" if name else "default"),
    )


def dataset_document(row: Format, parameters: Parameters) -> Response:
    """Return all graphs, in a format for datasets."""
    version = site().store.version(parameters.one("version"))
    return conditional(
        validator(version, row.name, strong=True), lambda: _sent(site().store.dataset(row, version.name), "dataset")
    )


def _sent(answer: Answer, name: str) -> Response:
    response = with_filename(streamed(answer.chunks, answer.format), name, answer.format)
    response.headers["Accept-Ranges"] = "none"  # a document is written as it is sent
    return response


def preferred(parameters: Parameters, offered: tuple[Format, ...]) -> Format:
    """Return the offered format that the request prefers."""
    return chosen(request.accept_mimetypes, parameters.formats(), offered)
