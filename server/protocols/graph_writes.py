"""Writing graphs (SPARQL 1.1 Graph Store HTTP Protocol, sections 5.3 to 5.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, request

from kg.errors import UnknownGraphError
from kg.formats import GRAPH_FORMATS, MULTIPART, RDFXML, TEXT, UPDATE, Format
from kg.store.payload import Payload, read_graph
from kg.store.port import Transaction, Version
from server.describing.addresses import graph_address, requested_iri
from server.http.errors import HttpError, unsupported
from server.http.intake import payload_limits
from server.http.parameters import from_query_string, only_utf8, utf8
from server.protocols.forms import form_parts
from server.protocols.graphs import absolute, target
from server.protocols.patches import scoped
from server.protocols.writing import check_preconditions, done, written
from server.site import site

bp = Blueprint("graph_writes", __name__)


@dataclass
class Outcome:
    """What a transaction found when it began: how many triples the graph held, None where there was no graph.

    A default graph is always there; one that holds nothing counts as made by what first fills it.
    """

    held: int | None = None


@bp.put("/data")
@bp.put("/data/<iri:rest>")
def replace(rest: str = "") -> Response:
    """Make a graph hold what is sent (section 5.3)."""
    name = _target(rest)
    payloads = list(_payloads(name))

    def edit(transaction: Transaction) -> None:
        outcome.held = _begin(transaction, name)
        transaction.replace_graph(name, (triple for payload in payloads for triple in payload))

    outcome = Outcome()
    return _answered(written(edit), name, outcome, HTTPStatus.NO_CONTENT)


@bp.post("/data")
@bp.post("/data/<iri:rest>")
def merge(rest: str = "") -> Response:
    """Add what is sent to a graph, a new one where the request names none (section 5.5)."""
    parameters = from_query_string()
    names_one = bool(rest) or "graph" in parameters or "default" in parameters
    name = _target(rest) if names_one else f"{site().base}graph/{uuid4()}"
    payloads = list(_payloads(name))

    def edit(transaction: Transaction) -> None:
        outcome.held = _begin(transaction, name)
        for payload in payloads:
            if len(payload) or outcome.held is not None:  # nothing, added to no graph, makes none
                transaction.add(name, payload)

    outcome = Outcome()
    version = written(edit)
    added = _count(version, name) != (outcome.held or 0)
    return _answered(version, name, outcome, HTTPStatus.OK if added else HTTPStatus.NO_CONTENT)


@bp.delete("/data")
@bp.delete("/data/<iri:rest>")
def remove(rest: str = "") -> Response:
    """Remove a graph (section 5.4); 404 where there is none."""
    name = _target(rest)

    def edit(transaction: Transaction) -> None:
        _must_exist(name, exists=_begin(transaction, name) is not None)
        transaction.remove_graph(name)

    version = written(edit)
    return done(
        version, HTTPStatus.OK, sentence=f"{_the_graph(name)} holds nothing any more, in version {version.name}."
    )


@bp.patch("/data")
@bp.patch("/data/<iri:rest>")
def patch(rest: str = "") -> Response:
    """Run an update on one graph, which is its default graph (section 5.7)."""
    name, base = _target(rest), site().base
    if request.mimetype not in UPDATE.media_types:
        raise unsupported(request.mimetype, (UPDATE,))
    only_utf8()
    text = utf8(request.get_data(cache=False), "The update")
    whole = text if name is None else scoped(text, name)

    def edit(transaction: Transaction) -> None:
        _must_exist(name, exists=_begin(transaction, name) is not None)
        transaction.update(whole, base=name or base)
        others = {graph for graph in transaction.changes() if graph != name}
        if others:
            names = ", ".join(map(str, sorted(others, key=str)))
            raise HttpError(422, f"The patch would write {names}, not only its graph.")

    return done(written(edit))


def _target(rest: str) -> str | None:
    if rest:
        return absolute(requested_iri())
    return target(from_query_string())


def _begin(transaction: Transaction, name: str | None) -> int | None:
    """Check the preconditions; return what the graph holds, None for no graph (there always is a default graph)."""
    exists = name is None or name in transaction.graphs()
    check_preconditions(transaction.base, exists=exists)
    return _count(transaction.base, name) if exists else None


def _count(version: Version, name: str | None) -> int:
    return version.default if name is None else version.counts.get(name, 0)


def _must_exist(name: str | None, *, exists: bool) -> None:
    if not exists:
        raise UnknownGraphError(f"There is no graph {name}.")


def _answered(version: Version, name: str | None, outcome: Outcome, status: HTTPStatus) -> Response:
    """Answer with 201 for a graph that is made, and with a status for one that was there (section 5.1)."""
    holds = _count(version, name)
    if name is not None and name not in version.counts:
        return done(version)
    made = outcome.held is None or (name is None and holds and not outcome.held)
    status = HTTPStatus.CREATED if made else status
    triples = "triple" if holds == 1 else "triples"
    said = f"{_the_graph(name)} holds {holds:,} {triples}, in version {version.name}."
    return done(version, status, _address(name), "" if status == HTTPStatus.NO_CONTENT else said)


def _the_graph(name: str | None) -> str:
    return "The default graph" if name is None else f"The graph {name}"


def _address(name: str | None) -> str:
    """Return the address that a graph answers at under the host that the request was sent to."""
    return request.host_url.rstrip("/") + ("/data?default" if name is None else graph_address(name))


def _payloads(name: str | None) -> Iterator[Payload]:
    """Read what is sent: the body, or every file of a form (section 5.5)."""
    base = name or site().base
    if request.mimetype not in MULTIPART.media_types:
        only_utf8()
        yield read_graph(request.get_data(cache=False), _written(request.mimetype), base, payload_limits())
        return
    parts = list(form_parts())
    if not parts:
        raise HttpError(400, "The form has no part: expected one or more, each with its Content-Type.")
    for part in parts:
        yield read_graph(part.data, _written(part.kind, part.filename), base, payload_limits())


def _written(kind: str, filename: str | None = None) -> Format:
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
