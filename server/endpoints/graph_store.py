"""The Graph Store Protocol: every request to /data (https://www.w3.org/TR/sparql11-http-rdf-update/), and /dump."""

from __future__ import annotations

from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, request

from kg.datasets import GraphNames, Owner
from kg.formats import DATASET_FORMATS, GRAPH_FORMATS, MULTIPART, RDFXML, TEXT, UPDATE, Format
from kg.sparql.query_terms import iri_in_query
from kg.writer.write_requests import AddDataset, AddToGraph, Document, PatchGraph, RemoveGraph, ReplaceGraph, Written
from server.descriptions.addresses import candidate_iris, graph_address, graph_at
from server.descriptions.rdf_responses import dataset_response, graph_response
from server.endpoints.linked_data import redirect_to_description
from server.endpoints.multipart import form_parts
from server.endpoints.writes import write, write_response
from server.http.errors import HttpError, unsupported_media_type
from server.http.negotiation import choose_format
from server.http.parameters import body_text, query_parameters, require_utf8
from server.site import site

reads = Blueprint("graphs", __name__)
writes = Blueprint("graph_writes", __name__)
"""The routes that need the role `write`: server.auth.authorization identifies them by this blueprint."""


@reads.get("/data")
def read() -> Response:
    """Return the graph that `graph` or `default` names (section 4.2), or the whole dataset without either."""
    if _names_graph():
        return graph_response(_named_graph())
    return dataset_response(choose_format(DATASET_FORMATS))


@reads.get("/data/<iri:rest>")
def dereference(**_: str) -> Response:
    """Return the graph of an IRI (section 4.1), or redirect to the description of the thing that it identifies."""
    iris, graphs = [*candidate_iris()], site().store.version().counts
    graph = next((iri for iri in iris if iri in graphs), None)
    # A plain store has no base under which an IRI could identify a thing, so the address is that of a graph.
    only_graphs = site().settings.base is None
    if graph or only_graphs or "version" in query_parameters():
        return graph_response(graph or iris[0])
    return redirect_to_description(iris)


@reads.get("/dump.<extension>")
def dump(extension: str) -> Response:
    """Return the whole dataset as a file."""
    formats = {format_.extension: format_ for format_ in DATASET_FORMATS}
    if extension not in formats:
        raise HttpError(404, f"There is no dump.{extension}: expected dump. and one of {', '.join(formats)}.")
    return dataset_response(formats[extension])


@writes.put("/data")
@writes.put("/data/<iri:rest>")
def replace(rest: str = "") -> Response:
    """Replace the content of a graph (section 5.3)."""
    graph = _target(rest)
    result = write(ReplaceGraph(graph, _documents(graph)))
    return _graph_written(result, graph, HTTPStatus.NO_CONTENT)


@writes.post("/data")
@writes.post("/data/<iri:rest>")
def merge(rest: str = "") -> Response:
    """Add triples to a graph, a new one if the request names none (section 5.5).

    If the body is a dataset with named graphs and the request names no graph, each is added to the graph of that name.
    """
    # The server then chooses the name of a new graph (section 5.5).
    if not rest and not _names_graph():
        return _merge_dataset(f"{site().base}graph/{uuid4()}")
    graph = _target(rest)
    result = write(AddToGraph(graph, _documents(graph)))
    has_grown = result.version.size_of(graph) != (result.triples_before or 0)
    return _graph_written(result, graph, HTTPStatus.OK if has_grown else HTTPStatus.NO_CONTENT)


@writes.delete("/data")
@writes.delete("/data/<iri:rest>")
def remove(rest: str = "") -> Response:
    """Remove a graph (section 5.4); 404 if it does not exist."""
    graph = _target(rest)
    version = write(RemoveGraph(graph)).version
    sentence = f"{_graph_label(graph)} holds nothing any more, in version {version.name}."
    return write_response(version, HTTPStatus.OK, sentence=sentence)


@writes.patch("/data")
@writes.patch("/data/<iri:rest>")
def patch(rest: str = "") -> Response:
    """Run an update whose default graph is this graph (section 5.7)."""
    graph = _target(rest)
    if request.mimetype not in UPDATE.media_types:
        raise unsupported_media_type(request.mimetype, (UPDATE,))
    return write_response(write(PatchGraph(graph, body_text("The update"), site().base)).version)


def graph_iri(name: str) -> str:
    """Return the IRI of a graph that a request names. Raises RequestError if it is not absolute (section 4.2).

    An address of this server, in full or as a path, stands for the IRI that is served there.
    """
    iri = graph_at(name) or name
    iri_in_query(iri)
    return iri


def _names_graph() -> bool:
    parameters = query_parameters()
    return "graph" in parameters or "default" in parameters


def _named_graph() -> str | None:
    """Return the graph that the parameters name, None for the default graph. Raises HttpError 400 if they name two."""
    parameters = query_parameters()
    if "graph" in parameters and "default" in parameters:
        raise HttpError(400, "The request names both 'graph' and 'default': expected one of them.")
    if "default" in parameters:
        if parameters.get("default"):
            raise HttpError(400, "The parameter 'default' has a value: expected none.")
        return None
    name = parameters.required("graph")
    if not name:
        raise HttpError(400, "The parameter 'graph' is empty: expected the IRI of a graph.")
    return graph_iri(name)


def _target(rest: str) -> str | None:
    """Return the graph to write, by the path (section 4.1) or by the parameters (section 4.2)."""
    return graph_iri(next(candidate_iris())) if rest else _named_graph()


def _documents(graph: str | None) -> tuple[Document, ...]:
    """Return the documents of the request, unparsed; relative IRIs are resolved against the graph's IRI."""
    base = graph or site().base
    if request.mimetype not in MULTIPART.media_types:
        require_utf8()
        format_ = _document_format(request.mimetype or RDFXML.media_type)  # the default of section 5
        return (Document(request.get_data(cache=False), format_, base),)
    parts = list(form_parts())
    if not parts:
        raise HttpError(400, "The form has no part: expected one or more, each with its Content-Type.")
    return tuple(Document(part.content, _document_format(part.media_type, part.filename), base) for part in parts)


def _document_format(media_type: str, filename: str = "") -> Format:
    """Return the format of a media type, or of a file's extension if the type is missing, unknown or text/plain."""
    extension = filename.rpartition(".")[2]
    by_type = next((format_ for format_ in GRAPH_FORMATS if media_type in format_.media_types), None)
    by_name = next((format_ for format_ in GRAPH_FORMATS if extension == format_.extension), None)
    # Clients send files of any format as text/plain, although it is also the old media type of N-Triples.
    format_ = (by_name or by_type) if media_type in TEXT.media_types else (by_type or by_name)
    if format_ is None and not media_type:
        raise HttpError(400, f"The part '{filename}' of the form has no Content-Type and no known file extension.")
    if format_ is None:
        raise unsupported_media_type(media_type, GRAPH_FORMATS)
    return format_


def _merge_dataset(new_graph: str) -> Response:
    result = write(AddDataset(new_graph, _documents(new_graph)))
    version = result.version
    # The new graph exists only if the body had triples outside its named graphs.
    if new_graph in version.counts:
        return _graph_written(result, new_graph, HTTPStatus.OK)
    owner = GraphNames(site().base).owner
    changed = sum(owner(graph) is Owner.CLIENT for graph in version.changed)
    if not changed:
        return write_response(version)
    graphs = "1 graph has" if changed == 1 else f"{changed:,} graphs have"
    return write_response(version, HTTPStatus.OK, sentence=f"{graphs} changed, in version {version.name}.")


def _graph_written(result: Written, graph: str | None, status: HTTPStatus) -> Response:
    """Return the response to a write of one graph: 201 if it is new, `status` if it existed (section 5.1)."""
    version, triples = result.version, result.version.size_of(graph)
    if graph is not None and graph not in version.counts:
        return write_response(version)
    # The default graph always exists: it counts as new if it was empty.
    is_new = result.triples_before is None or (graph is None and triples and not result.triples_before)
    status = HTTPStatus.CREATED if is_new else status
    holds = f"holds {triples:,} {'triple' if triples == 1 else 'triples'}"
    sentence = "" if status == HTTPStatus.NO_CONTENT else f"{_graph_label(graph)} {holds}, in version {version.name}."
    path = "/data?default" if graph is None else graph_address(graph)
    return write_response(version, status, request.host_url.rstrip("/") + path, sentence)


def _graph_label(graph: str | None) -> str:
    return "The default graph" if graph is None else f"The graph {graph}"
