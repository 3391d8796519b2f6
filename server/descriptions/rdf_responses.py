"""Responses with RDF that the server generates, in every graph format."""

from __future__ import annotations

from flask import Response
from rdflib import Graph

from kg.formats import Format
from server.http.errors import RDF_WRITERS
from server.http.streaming import stream_response


def graph_rdf_response(graph: Graph, row: Format, name: str) -> Response:
    """Return a response with a graph, with a file name for downloads."""
    return document_response(serialize_graph(graph, row), row, name)


def serialize_graph(graph: Graph, row: Format) -> bytes:
    """Serialize a graph."""
    return graph.serialize(format=RDF_WRITERS[row]).encode()


def document_response(content: bytes, row: Format, filename: str) -> Response:
    """Return a response with a serialized document."""
    return with_filename(stream_response(iter((content,)), row), filename, row)


def with_filename(response: Response, name: str, row: Format) -> Response:
    """Add a file name for downloads to a response."""
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{row.extension}"'
    return response
