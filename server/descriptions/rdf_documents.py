"""Small RDF documents that the server itself writes, in every format of the table."""

from __future__ import annotations

from flask import Response, request
from rdflib import Graph

from kg.formats import GRAPH_FORMATS, Format
from server.http.errors import RDF_WRITERS
from server.http.negotiation import chosen
from server.http.parameters import from_query_string
from server.http.streaming import streamed


def wanted() -> Format:
    """Return the graph format that the request prefers, by `?format=` or the Accept header; 406 where none."""
    return chosen(request.accept_mimetypes, from_query_string().formats(), GRAPH_FORMATS)


def document(graph: Graph, row: Format, name: str) -> Response:
    """Return a graph as a document that is saved under a name."""
    return sent(written(graph, row), row, name)


def written(graph: Graph, row: Format) -> bytes:
    """Return a graph as the bytes of a document."""
    return graph.serialize(format=RDF_WRITERS[row]).encode()


def sent(content: bytes, row: Format, name: str) -> Response:
    """Answer with a document that is written already, saved under a name."""
    return named(streamed(iter((content,)), row), name, row)


def named(response: Response, name: str, row: Format) -> Response:
    """Say under which name an answer is saved."""
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{row.extension}"'
    return response
