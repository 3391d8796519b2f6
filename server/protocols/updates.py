"""The update operation (SPARQL 1.1 Protocol, section 2.2: https://www.w3.org/TR/sparql11-protocol/#update-operation)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from kg.errors import CommuniqueError
from kg.formats import FORM, QUERY, UPDATE
from kg.store.guard import refuse_deep_nesting
from kg.store.loads import Load, split_loads
from kg.store.port import RequestDataset, Transaction, Triple
from server.http.errors import HttpError, unsupported
from server.http.observing import note_text
from server.http.parameters import Parameters, from_form, from_query_string, joined, only_utf8, utf8
from server.protocols.fetching import fetch
from server.protocols.writing import check_preconditions, done, written
from server.site import site

bp = Blueprint("updates", __name__)
log = logging.getLogger(__name__)


@bp.post("/update")
def update() -> Response:
    """Run an update from a form (section 2.2.1) or the whole body (section 2.2.2), as one version."""
    kind = request.mimetype
    only_utf8()
    if kind in FORM.media_types:
        parameters = joined((from_query_string(), from_form()))
        if "query" in parameters:
            raise HttpError(400, "The parameter 'query' is not taken here: send queries to /sparql.")
        return _run(parameters.required("update"), parameters)
    if kind in UPDATE.media_types:
        parameters = from_query_string()
        if "update" in parameters:
            raise HttpError(400, "The update is given twice: in the body and as the parameter 'update'.")
        return _run(utf8(request.get_data(cache=False), "The update"), parameters)
    if kind in QUERY.media_types:
        raise HttpError(415, "A query is not taken here: send queries to /sparql.")
    raise unsupported(kind, (UPDATE, FORM))


def _run(text: str, parameters: Parameters) -> Response:
    note_text(text)
    refuse_deep_nesting(text)
    using = RequestDataset(parameters.many("using-graph-uri"), parameters.many("using-named-graph-uri"))
    base = site().base

    parts = [_fetched(part) if isinstance(part, Load) else part for part in split_loads(text, base)]

    def edit(transaction: Transaction) -> None:
        check_preconditions(transaction.base, exists=True)
        for part in parts:
            if isinstance(part, Fetched):
                transaction.add(part.target, part.triples)
            elif part is not None and transaction.update(part, using, base):
                log.warning(
                    "An update's graphs could not be told from its text, and finding them cost a scan: %.200s", part
                )

    return done(written(edit))


@dataclass(frozen=True)
class Fetched:
    """What a LOAD has fetched, and the graph that it goes to."""

    target: str | None
    triples: Iterable[Triple]


def _fetched(load: Load) -> Fetched | None:
    """Fetch what LOAD names; None for a failure that is not to count (SILENT)."""
    settings = site().settings
    try:
        return Fetched(load.target, fetch(load.source, settings.hosts, settings.intake))
    except (HttpError, CommuniqueError) as error:
        if not load.silent:
            raise
        log.info("%s", error)
        return None
