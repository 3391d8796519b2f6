"""Responses with one graph or the whole dataset, in the format that the request prefers."""

from __future__ import annotations

from flask import Response

from kg.errors import UnknownGraphError
from kg.formats import GRAPH_FORMATS, Format
from kg.store.interfaces import Answer, Version
from server.descriptions.rdf_responses import with_filename
from server.http.caching import conditional_response, make_validator
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.site import site


def requested_version() -> Version:
    """Return the version that `?version=` names, the current one by default. Raises UnknownVersionError."""
    return site().store.version(query_parameters().get("version"))


def graph_response(name: str | None) -> Response:
    """Return a graph, the default graph for None. Raises UnknownGraphError if it does not exist."""
    row, version = choose_format(GRAPH_FORMATS), requested_version()
    # Strong validators: graphs are serialized in one order, to the same bytes each time.
    if name is not None and name not in version.counts:
        raise UnknownGraphError(f"There is no graph {name} in version {version.name}.")
    return conditional_response(
        make_validator(version, row.name, name, strong=True),
        lambda: _stream_answer(site().store.graph(name, row, version.name), "graph" if name else "default"),
    )


def dataset_response(row: Format) -> Response:
    """Return all graphs, in a format of datasets."""
    version = requested_version()
    return conditional_response(
        make_validator(version, row.name, strong=True),
        lambda: _stream_answer(site().store.dataset(row, version.name), "dataset"),
    )


def _stream_answer(answer: Answer, name: str) -> Response:
    response = with_filename(stream_response(answer.chunks, answer.format), name, answer.format)
    response.headers["Accept-Ranges"] = "none"  # the document is serialized while it is sent
    return response
