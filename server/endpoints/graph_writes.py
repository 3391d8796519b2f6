"""Writing graphs (SPARQL 1.1 Graph Store HTTP Protocol, sections 5.3 to 5.7)."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, request

from kg.datasets import GraphNames, Owner
from kg.formats import GRAPH_FORMATS, MULTIPART, RDFXML, TEXT, UPDATE, Format
from kg.store.interfaces import Version
from kg.writer import AddDataset, AddToGraph, Document, PatchGraph, RemoveGraph, ReplaceGraph, Written
from server.descriptions.addresses import graph_address, requested_iri
from server.endpoints.graphs import absolute, target
from server.endpoints.multipart import form_parts
from server.endpoints.write_requests import done, written
from server.http.errors import HttpError, unsupported
from server.http.parameters import Parameters, query_parameters, require_utf8, utf8
from server.site import site

bp = Blueprint("graph_writes", __name__)


@bp.put("/data")
@bp.put("/data/<iri:rest>")
def replace(rest: str = "") -> Response:
    """Make a graph hold what is sent (section 5.3)."""
    name = _target(rest)
    found = written(ReplaceGraph(name, tuple(_documents(name))), query_parameters())
    return _answered(found, name, HTTPStatus.NO_CONTENT)


@bp.post("/data")
@bp.post("/data/<iri:rest>")
def merge(rest: str = "") -> Response:
    """Add what is sent to a graph, a new one where the request names none (section 5.5).

    A dataset with named graphs, sent to none of them, is added graph by graph.
    """
    parameters = query_parameters()
    names_one = bool(rest) or "graph" in parameters or "default" in parameters
    if not names_one:
        return _merge_dataset(f"{site().base}graph/{uuid4()}", parameters)
    name = _target(rest)
    found = written(AddToGraph(name, tuple(_documents(name))), parameters)
    added = _count(found.version, name) != (found.held or 0)
    return _answered(found, name, HTTPStatus.OK if added else HTTPStatus.NO_CONTENT)


def _merge_dataset(new: str, parameters: Parameters) -> Response:
    found = written(AddDataset(new, tuple(_documents(new))), parameters)
    version = found.version
    if new in version.counts:
        return _answered(found, new, HTTPStatus.OK)
    owned_by = GraphNames(site().base).owner
    changed = [name for name in version.changed if owned_by(name) is Owner.CLIENT]
    if not changed:
        return done(version)
    graphs = "1 graph has" if len(changed) == 1 else f"{len(changed):,} graphs have"
    return done(version, HTTPStatus.OK, sentence=f"{graphs} changed, in version {version.name}.")


@bp.delete("/data")
@bp.delete("/data/<iri:rest>")
def remove(rest: str = "") -> Response:
    """Remove a graph (section 5.4); 404 where there is none."""
    name = _target(rest)
    version = written(RemoveGraph(name), query_parameters()).version
    return done(
        version, HTTPStatus.OK, sentence=f"{_the_graph(name)} holds nothing any more, in version {version.name}."
    )


@bp.patch("/data")
@bp.patch("/data/<iri:rest>")
def patch(rest: str = "") -> Response:
    """Run an update on one graph, which is its default graph (section 5.7)."""
    name = _target(rest)
    if request.mimetype not in UPDATE.media_types:
        raise unsupported(request.mimetype, (UPDATE,))
    require_utf8()
    text = utf8(request.get_data(cache=False), "The update")
    return done(written(PatchGraph(name, text, site().base), query_parameters()).version)


def _target(rest: str) -> str | None:
    if rest:
        return absolute(requested_iri())
    return target(query_parameters())


def _count(version: Version, name: str | None) -> int:
    return version.default if name is None else version.counts.get(name, 0)


def _answered(found: Written, name: str | None, status: HTTPStatus) -> Response:
    """Answer with 201 for a graph that is made, and with a status for one that was there (section 5.1)."""
    version, held = found.version, found.held
    holds = _count(version, name)
    if name is not None and name not in version.counts:
        return done(version)
    made = held is None or (name is None and holds and not held)
    status = HTTPStatus.CREATED if made else status
    triples = "triple" if holds == 1 else "triples"
    said = f"{_the_graph(name)} holds {holds:,} {triples}, in version {version.name}."
    return done(version, status, _address(name), "" if status == HTTPStatus.NO_CONTENT else said)


def _the_graph(name: str | None) -> str:
    return "The default graph" if name is None else f"The graph {name}"


def _address(name: str | None) -> str:
    """Return the address that a graph answers at under the host that the request was sent to."""
    return request.host_url.rstrip("/") + ("/data?default" if name is None else graph_address(name))


def _documents(name: str | None) -> Iterator[Document]:
    """Read what is sent: the body, or every file of a form (section 5.5)."""
    base = name or site().base
    if request.mimetype not in MULTIPART.media_types:
        require_utf8()
        yield Document(request.get_data(cache=False), _format(request.mimetype), base)
        return
    parts = list(form_parts())
    if not parts:
        raise HttpError(400, "The form has no part: expected one or more, each with its Content-Type.")
    for part in parts:
        yield Document(part.data, _format(part.kind, part.filename), base)


def _format(kind: str, filename: str | None = None) -> Format:
    """Return the format of a media type, or of a file's name where a client says nothing better of it.

    Without either it is RDF/XML (section 5); of a part of a form, without either, nothing is known.
    """
    extension = (filename or "").rpartition(".")[2]
    by_type = next((row for row in GRAPH_FORMATS if kind in row.media_types), None)
    by_name = next((row for row in GRAPH_FORMATS if extension == row.extension), None)
    found = (by_name or by_type) if kind in TEXT.media_types else (by_type or by_name)
    if found is None and not kind:
        if filename is None:
            return RDFXML
        raise HttpError(400, f"The part '{filename}' of the form has no Content-Type, and its name tells of none.")
    if found is None:
        raise unsupported(kind, GRAPH_FORMATS)
    return found
