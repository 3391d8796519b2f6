"""Responses with RDF: a graph of the store, the whole dataset, or a graph that the server generates."""

from __future__ import annotations

from flask import Response
from rdflib import Graph

from kg.errors import UnknownGraphError
from kg.formats import GRAPH_FORMATS, Format
from kg.store.interfaces import Answer, Version
from server.http.conditional_requests import conditional_response, make_validator
from server.http.errors import RDF_WRITERS
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.site import site


def graph_rdf_response(graph: Graph, format_: Format, name: str) -> Response:
    """Return a response with a graph, and a file name for downloads."""
    return document_response(serialize_graph(graph, format_), format_, name)


def serialize_graph(graph: Graph, format_: Format) -> bytes:
    """Serialize a graph."""
    return graph.serialize(format=RDF_WRITERS[format_]).encode()


def document_response(content: bytes, format_: Format, filename: str) -> Response:
    """Return a response with a serialized document."""
    return with_filename(stream_response(iter((content,)), format_), filename, format_)


def with_filename(response: Response, name: str, format_: Format) -> Response:
    """Add a file name for downloads to a response."""
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{format_.extension}"'
    return response


def requested_version() -> Version:
    """Return the version that `?version=` names, the current one by default. Raises UnknownVersionError."""
    return site().store.version(query_parameters().get("version"))


def graph_response(name: str | None) -> Response:
    """Return a graph, the default graph for None. Raises UnknownGraphError if it does not exist."""
    format_, version = choose_format(GRAPH_FORMATS), requested_version()
    # Strong validators: graphs are serialized in a fixed order, to the same bytes each time.
    if name is not None and name not in version.counts:
        raise UnknownGraphError(f"There is no graph {name} in version {version.name}.")
    return conditional_response(
        make_validator(version, format_.name, name, strong=True),
        lambda: _stream_answer(site().store.graph(name, format_, version.name), "graph" if name else "default"),
    )


def dataset_response(format_: Format) -> Response:
    """Return all graphs, in a format of datasets."""
    version = requested_version()
    return conditional_response(
        make_validator(version, format_.name, strong=True),
        lambda: _stream_answer(site().store.dataset(format_, version.name), "dataset"),
    )


def _stream_answer(answer: Answer, name: str) -> Response:
    response = with_filename(stream_response(answer.chunks, answer.format), name, answer.format)
    response.headers["Accept-Ranges"] = "none"  # the document is serialized while it is sent
    return response
