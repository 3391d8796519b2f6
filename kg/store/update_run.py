"""Running an update operation by operation, and updating the union after each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path
from typing import cast
from uuid import uuid4

import pyoxigraph as ox

from kg.datasets import Owner
from kg.sparql.engine_dataset import EngineDataset
from kg.sparql.protocol import RequestDataset
from kg.sparql.syntax_faults import UPDATE, refuse_faults
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.update_request import Operation, Targets, Update
from kg.sparql.workarounds import aggregates_in, functions_in, rewrite
from kg.sparql.workarounds.altered_literals import STRDT, StrDt
from kg.sparql.workarounds.extension_functions import Functions, own_functions
from kg.sparql.workarounds.graph_patterns import rewrite_graph_patterns
from kg.store.engine_thread import no_graph
from kg.store.snapshots import refuse_files
from kg.store.union import Triples, UnionStore, graph_digest
from kg.terms import graph_names, to_graph, to_quads


class UpdateRun:
    """The run of one update; afterwards `touched` names the graphs that it may have changed.

    Operations that read the data run one by one, so that each sees the union as updated by the one before; others run
    together. If an operation's text names the graphs that it writes, these are compared before and after. Otherwise
    (GRAPH ?g in a template), every graph is: `scanned` is set, and two dumps of the dataset take 3 µs per triple.
    """

    def __init__(self, now: UnionStore, check: Callable[[str | None, Owner], None], scratch: Path) -> None:
        self.touched: set[str | None] = set()
        self.scanned = False
        self._now, self._check, self._scratch = now, check, scratch

    def run(self, update: Update, base: str | None) -> None:
        """Run all operations. Raises ForbiddenError if clients may not write a graph."""
        strdt = StrDt()
        functions = own_functions(update.functions)
        if functions and STRDT in functions:
            functions[STRDT] = strdt
        try:
            self._run_all(update, base, functions)
        except SyntaxError:
            refuse_faults(update.tokenized, UPDATE)
            raise
        strdt.require_none()

    def _run_all(self, update: Update, base: str | None, functions: Functions | None) -> None:
        batches = (
            [[operation] for operation in update.operations] if self._now.follows else list(_batches(update.operations))
        )
        is_one_batch = len(batches) == 1 and not update.has_later_prologue
        if not batches:
            _check_syntax_of(update, base, functions)
        for number, batch in enumerate(batches):
            with self._with_one_default(batch) as operations:
                rewritten = [self._rewritten(operation) for operation in operations]
                # Nothing differs from the text as sent, so the engine parses that, and reports syntax errors in it.
                if is_one_batch and all(operation.as_written for operation in (*batch, *rewritten)):
                    return self._run(rewritten, update.tokenized.text, base, functions)
                if not number:
                    _check_syntax_of(update, base, functions)
                self._run(rewritten, _joined(rewritten), None, functions)
        return None

    def _rewritten(self, operation: Operation) -> Operation:
        """Return an operation with its WHERE rewritten for the engine, which depends on the current data."""
        if not operation.where.text:
            return operation
        using = operation.using
        # USING, or USING NAMED alone, overrides WITH (SPARQL 1.1 Update, section 3.1.3).
        default = using.default or ((operation.with_graph,) if operation.with_graph and not using.named else ())
        is_stored = not (default or using.named)
        dataset = EngineDataset(
            self._now.store,
            None if is_stored else [ox.NamedNode(name) for name in default],
            [ox.NamedNode(name) for name in using.named] if using.default or using.named else None,
        )
        prologue = operation.prologue
        where = rewrite_graph_patterns(rewrite(operation.where, prologue), prologue, dataset)
        if where == operation.where.text:
            return operation
        return replace(operation, where=TokenizedText(where), is_reworded=True)

    def _run(self, operations: list[Operation], text: str, base: str | None, functions: Functions | None) -> None:
        self._require_sources(operations)
        targets = reduce(or_, (operation.targets for operation in operations), Targets())
        names = targets.names.union(graph_names(self._now.store) if targets.all_named else ())
        for name in sorted(names, key=str):
            self._check(name, Owner.CLIENT)

        def execute(store: ox.Store = self._now.store) -> None:
            _update(store, text, base, functions)

        if not self._now.follows:
            self._mark(names, targets, execute)
        elif targets.unforeseeable:
            self._compare_all(execute)
        elif operations and operations[0].is_data:
            self._apply(operations[0], execute)
        else:
            self._compare(names, execute)

    def _require_sources(self, operations: Iterable[Operation]) -> None:
        """Raise UnknownGraphError if the source of COPY, MOVE or ADD does not exist, which the engine ignores."""
        for name in (operation.source for operation in operations):
            if name is not None and not self._now.store.contains_named_graph(ox.NamedNode(name)):
                raise no_graph(name)

    def _mark(self, names: Iterable[str | None], targets: Targets, execute: Callable[[], None]) -> None:
        """Run in a plain store: it has no union, so only the graphs to count again have to be known."""
        self.touched.update(names, graph_names(self._now.store) if targets.unforeseeable else ())
        execute()
        self.touched.update(graph_names(self._now.store) if targets.unforeseeable else ())

    def _apply(self, operation: Operation, execute: Callable[[ox.Store], None]) -> None:
        """Add or remove the triples of INSERT DATA or DELETE DATA, which the engine parses into an empty store."""
        data = ox.Store()
        execute(data)
        if operation.deletes:
            # Deleting from an empty store leaves no triples to read, so they are inserted instead, and then removed.
            data.update(f"{operation.prologue.text()}INSERT{operation.rest}")
        for graph in data.named_graphs():
            change = self._now.take if operation.deletes else self._now.put
            change(graph, UnionStore(data, None).triples(graph))
            self.touched.add(graph.value)

    def _compare(self, names: Iterable[str | None], execute: Callable[[], None]) -> None:
        before = {name: self._now.triples(to_graph(name)) for name in names}
        execute()
        for name, triples in before.items():
            self._follow(name, triples)

    def _compare_all(self, execute: Callable[[], None]) -> None:
        self.scanned = True
        digests = _digests(self._now.store)
        self._now.store.flush()
        self._now.store.backup(self._scratch)
        try:
            execute()
            self._follow_scan(digests, UnionStore(ox.Store.read_only(str(self._scratch)), None))
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _follow_scan(self, digests: dict[str | None, str], before: UnionStore) -> None:
        now = _digests(self._now.store)
        changed = [name for name in digests.keys() | now.keys() if digests.get(name) != now.get(name)]
        # Checked afterwards, which suffices: a transaction whose update raised an error is never published.
        for name in sorted(changed, key=str):
            self._check(name, Owner.CLIENT)
        for name in changed:
            self._follow(name, before.triples(to_graph(name)))

    def _follow(self, name: str | None, before: Triples) -> None:
        after = self._now.triples(to_graph(name))
        self._now.follow(to_graph(name), after - before, before - after)
        self.touched.add(name)

    @contextmanager
    def _with_one_default(self, operations: list[Operation]) -> Iterator[list[Operation]]:
        """Merge the graphs of several USING clauses into a temporary graph: the engine would count a triple twice."""
        first = operations[0]
        refuse_files(first.using, self._now.store)
        if len(first.using.default) < 2:  # noqa: PLR2004 - several
            yield operations
            return
        union = set[ox.Triple]().union(*(self._now.triples(to_graph(name)) for name in first.using.default))
        # A random name, since a client's graph could have any fixed one.
        temporary = ox.NamedNode(uuid4().urn)
        # Not through the UnionStore, since it must not enter its ledger or the union. If the operation fails, the graph
        # remains, but such a transaction cannot be committed.
        self._now.store.extend(to_quads(union, temporary))
        yield [replace(first, using=RequestDataset((temporary.value,), first.using.named))]
        self._now.store.remove_graph(temporary)
        self.touched.discard(temporary.value)


def count_triples(store: ox.Store, name: str | None) -> int:
    """Count a graph's triples."""
    solutions = store.query("SELECT (COUNT(*) AS ?n) {?s ?p ?o}", default_graph=to_graph(name))
    return sum(int(solution["n"].value) for solution in cast("Iterable[ox.QuerySolution]", solutions))


def _batches(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Yield the operations in batches that run at once with one prologue; one that reads the data is its own batch."""
    batch: list[Operation] = []
    for operation in operations:
        if batch and (operation.reads or operation.prologue.text() != batch[0].prologue.text()):
            yield batch
            batch = []
        batch.append(operation)
        if operation.reads:
            yield batch
            batch = []
    if batch:
        yield batch


def _joined(operations: Sequence[Operation]) -> str:
    """Return operations as one update, with their common prologue."""
    shared = operations[0].prologue.text() if operations else ""
    return shared + " ;\n".join(operation.body() for operation in operations)


def _check_syntax_of(update: Update, base: str | None, functions: Functions | None) -> None:
    """Raise the syntax error of an update, with its position in the whole text, before any operation runs."""
    one_by_one = update.has_later_prologue
    texts = [TokenizedText(operation.text()) for operation in update.operations] if one_by_one else [update.tokenized]
    for tokenized in texts:
        # Only syntax matters here: an operation that fails on an empty store may succeed on the data, or fails again.
        with suppress(RuntimeError, OSError):
            # The rewritten text comes first: the check evaluates it, and the engine's sort may panic on the original.
            try:
                last = update.operations[-1] if update.operations else None
                _update(ox.Store(), rewrite(tokenized, last.prologue).text if last else tokenized.text, base, functions)
            except SyntaxError:
                _update(ox.Store(), tokenized.text, base, functions)
                raise


def _update(store: ox.Store, text: str, base: str | None, functions: Functions | None) -> None:
    known = {**functions_in(text), **(functions or {})}
    store.update(text, base_iri=base, custom_functions=known, custom_aggregate_functions=aggregates_in(text))


def _digests(store: ox.Store) -> dict[str | None, str]:
    return {name: graph_digest(store, to_graph(name)) for name in (None, *graph_names(store))}
