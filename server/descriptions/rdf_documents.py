"""RDF documents that the server generates, in every graph format."""

from __future__ import annotations

from flask import Response, request
from rdflib import Graph

from kg.formats import GRAPH_FORMATS, Format
from server.http.errors import RDF_WRITERS
from server.http.negotiation import chosen
from server.http.parameters import from_query_string
from server.http.streaming import streamed


def requested_format() -> Format:
    """Return the graph format that the request prefers, by `?format=` or the Accept header; 406 if none matches."""
    return chosen(request.accept_mimetypes, from_query_string().formats(), GRAPH_FORMATS)


def rdf_response(graph: Graph, row: Format, name: str) -> Response:
    """Return a serialized graph, with a file name for downloads."""
    return document_response(serialize_graph(graph, row), row, name)


def serialize_graph(graph: Graph, row: Format) -> bytes:
    """Return a graph as the bytes of a document."""
    return graph.serialize(format=RDF_WRITERS[row]).encode()


def document_response(content: bytes, row: Format, name: str) -> Response:
    """Answer with a document that is written already, saved under a name."""
    return with_filename(streamed(iter((content,)), row), name, row)


def with_filename(response: Response, name: str, row: Format) -> Response:
    """Add a file name for downloads to a response."""
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{row.extension}"'
    return response
