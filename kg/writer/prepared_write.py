"""Writes that are prepared before the store is locked, and then executed in a transaction.

`parse_write` does everything that needs no transaction (parsing documents, fetching and parsing what LOAD names) before
the writers' lock is taken, so that a long document does not delay other writers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from kg.errors import CommuniqueError, ForbiddenError, PatchError, PreconditionError, UnknownGraphError
from kg.formats import Holds
from kg.sparql.load_clauses import split_loads
from kg.sparql.policy import refuse_deep_nesting
from kg.sparql.protocol import STORED
from kg.store import ParsedGraph, PayloadLimits, RequestDataset, Transaction, Version, read_graph
from kg.store.rdf_parser import read_dataset
from kg.writer.patch_updates import to_update
from kg.writer.write_requests import (
    ANY,
    AddDataset,
    AddToGraph,
    Document,
    Fetch,
    PatchGraph,
    RemoveGraph,
    ReplaceGraph,
    RunUpdate,
    WriteRequest,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """The triples fetched by a LOAD, and the graph to add them to."""

    graph: str | None
    triples: ParsedGraph


@dataclass
class PreparedWrite:
    """A write that is ready to run in a transaction."""

    request: WriteRequest
    payloads: tuple[ParsedGraph, ...] = ()
    parts: tuple[str | Loaded, ...] = ()
    """An update's text, split at each LOAD, and the loaded triples."""
    dataset: Mapping[str | None, list[ParsedGraph]] = field(default_factory=dict)
    """The triples of a dataset by the graph that they are added to."""
    triples_before: int | None = None
    """The number of triples in its graph before, set after the run; None if the graph did not exist."""

    def __call__(self, transaction: Transaction) -> None:
        """Apply the write to a transaction. Raises PreconditionError if the preconditions are not met.

        Raises ForbiddenError if the write has changed a protected graph.
        """
        self._act(transaction)
        protected = self.request.protected
        # Checked afterwards, since an update's text does not always name the graphs that it writes.
        changed = [name for name in transaction.changed_graphs() if name.startswith(protected)] if protected else []
        if changed:
            raise ForbiddenError(
                f"The graph {changed[0]} is a collection: its readers write it at /collections, and only a token with "
                "the role 'admin' writes it in another way."
            )

    def _act(self, transaction: Transaction) -> None:
        action = self.request.action
        if isinstance(action, RunUpdate):
            # An update applies to the whole store, which always exists.
            self._check_preconditions(transaction.base, exists=True)
            return self._update(transaction, action.using, action.base)
        if isinstance(action, AddDataset):
            return self._merge_dataset(transaction)
        exists = action.graph is None or action.graph in transaction.graphs()
        self._check_preconditions(transaction.base, exists=exists)
        # None makes the response a 201: the graph did not exist.
        self.triples_before = transaction.base.size_of(action.graph) if exists else None
        match action:
            case ReplaceGraph(graph):
                transaction.replace_graph(graph, chain.from_iterable(self.payloads))
            case AddToGraph(graph):
                self._merge(graph, transaction)
            case RemoveGraph(graph) | PatchGraph(graph) if not exists:
                raise UnknownGraphError(f"There is no graph {graph}.")
            case RemoveGraph(graph):
                transaction.remove_graph(graph)
            case PatchGraph():
                self._patch(action, transaction)
        return None

    def _update(self, transaction: Transaction, using: RequestDataset, base: str | None) -> None:
        for part in self.parts:
            if isinstance(part, Loaded):
                transaction.add(part.graph, part.triples)
            elif transaction.update(part, using, base):
                log.warning(
                    "The graphs of an update could not be read from its text, so all were compared: %.200s", part
                )

    def _patch(self, action: PatchGraph, transaction: Transaction) -> None:
        self._update(transaction, STORED, action.graph or action.base)
        # The tokens of the text have been checked, but only the transaction shows whether it changed other graphs.
        other_graphs = {graph for graph in transaction.changes() if graph != action.graph}
        if other_graphs:
            names = ", ".join(map(str, sorted(other_graphs, key=str)))
            raise PatchError(f"The patch would write {names}, not only its graph.")

    def _merge(self, graph: str | None, transaction: Transaction) -> None:
        for payload in self.payloads:
            if len(payload) or self.triples_before is not None:  # an empty document does not create a graph
                transaction.add(graph, payload)

    def _merge_dataset(self, transaction: Transaction) -> None:
        self._check_preconditions(transaction.base, exists=bool({*self.dataset} & {None, *transaction.graphs()}))
        for graph, payloads in self.dataset.items():
            transaction.add(graph, chain.from_iterable(payloads))

    def _check_preconditions(self, base: Version, *, exists: bool) -> None:
        """Check the preconditions (RFC 9110, section 13.1) with the writers' lock held, so that no write intervenes."""
        conditions = self.request.preconditions
        if conditions.match and not _met(conditions.match, base, exists=exists):
            raise PreconditionError(f"If-Match does not name the current version, {base.name}: read that first.")
        if conditions.none_match and _met(conditions.none_match, base, exists=exists):
            raise PreconditionError(f"If-None-Match names the current version, {base.name}.")


def parse_write(request: WriteRequest, fetch: Fetch) -> PreparedWrite:
    """Parse a write's documents and text. Raises PayloadError, QuerySyntaxError, or what `fetch` raises."""
    match request.action:
        case ReplaceGraph(_, documents) | AddToGraph(_, documents):
            payloads = (_triples(document, request.limits) for document in documents)
            return PreparedWrite(request, payloads=tuple(payloads))
        case AddDataset():
            return PreparedWrite(request, dataset=_dataset(request.action, request.limits))
        case RunUpdate(text):
            refuse_deep_nesting(text)
            return PreparedWrite(request, parts=tuple(_parts(request, request.action, fetch)))
        case PatchGraph(graph, text):
            refuse_deep_nesting(text)
            return PreparedWrite(request, parts=(text if graph is None else to_update(text, graph),))
        case RemoveGraph():
            return PreparedWrite(request)


def _dataset(action: AddDataset, limits: PayloadLimits) -> dict[str | None, list[ParsedGraph]]:
    """Return the documents' triples by graph; without named graphs, those of the default graph form the new graph."""
    by_graph: dict[str | None, list[ParsedGraph]] = {}
    for document in action.documents:
        if document.format.holds is Holds.QUADS:
            graphs = read_dataset(document.data, document.format, document.base, limits)
        else:
            graphs = {None: _triples(document, limits)}
        for graph, triples in graphs.items():
            by_graph.setdefault(graph, []).append(triples)
    if {*by_graph} - {None}:
        return by_graph
    default = [triples for triples in by_graph.get(None, ()) if len(triples)]
    return {action.new: default} if default else {}


def _triples(document: Document, limits: PayloadLimits) -> ParsedGraph:
    return read_graph(document.data, document.format, document.base, limits)


def _parts(request: WriteRequest, action: RunUpdate, fetch: Fetch) -> Iterator[str | Loaded]:
    """Yield the parts of an update, fetching and parsing the documents of its LOADs; a SILENT one may fail."""
    for part in split_loads(action.text, action.base):
        if isinstance(part, str):
            yield part
            continue
        try:
            triples = _triples(fetch(part.source), request.limits)
        except CommuniqueError as error:
            if not part.silent:
                raise
            log.info("%s", error)
        else:
            yield Loaded(part.target, triples)


def _met(tags: frozenset[str], base: Version, *, exists: bool) -> bool:
    """Return whether a tag names the current version; a tag is a version's name, followed by a hyphen and more."""
    return exists if ANY in tags else any(tag.partition("-")[0] == base.name for tag in tags)
