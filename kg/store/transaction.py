"""A version in the making: a hard-linked copy of the current one that is written to, then published or discarded."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Self

import pyoxigraph as ox

from kg.datasets import GraphNames, Owner
from kg.errors import ForbiddenError, StoreError, UnknownGraphError, UnknownVersionError
from kg.formats import NTRIPLES
from kg.sparql.protocol import STORED, RequestDataset
from kg.sparql.update_request import read_update
from kg.sparql.workarounds.altered_literals import refuse_altered
from kg.store.answers import graph_answer
from kg.store.engine_thread import call, translating
from kg.store.interfaces import Change, Pattern, Triple, Version
from kg.store.rdf_parser import engine_lines, engine_triples
from kg.store.snapshots import Snapshot
from kg.store.union import UnionStore, canonical_triples, graph_digest
from kg.store.update_run import UpdateRun, count_triples
from kg.store.version_changes import MAX_CHANGES, write_changes
from kg.store.version_files import is_open, log_size
from kg.store.versions import EMPTY, Versions
from kg.terms import (
    EngineTerm,
    GraphName,
    TextPattern,
    TextTriple,
    from_graph,
    from_text,
    from_triple,
    graph_names,
    parse_lines,
    to_graph,
    to_term,
)

MAX_PRUNED_PER_WRITE = 20
"""The maximum versions that one write removes, so that no write takes long if far too many have accumulated."""
MAX_LOG_BYTES = 2**20
"""The maximum size of the engine's write-ahead log in a version; removing it means reopening the files."""
log = logging.getLogger(__name__)

_ADVICE = {
    Owner.BUILD: "edit the mapping document and run kg build",
    Owner.SYSTEM: "change the graphs that it follows from",
    Owner.CLIENT: "a build leaves it alone",
}
_DERIVED = "The default graph is the union of the named graphs and is never written itself; name a graph to write to."


@dataclass(frozen=True)
class GraphOwnership:
    """Which graphs make up a store's default graph, and who owns each; a plain store has neither rule."""

    names: GraphNames
    plain: bool

    @property
    def in_default(self) -> Callable[[str], bool] | None:
        """Return the predicate for graphs in the default graph, or None if that is a separate graph."""
        return None if self.plain else self.names.in_default

    def check(self, graph: str | None, owner: Owner) -> None:
        """Raise ForbiddenError if the graph has another owner."""
        if self.plain:
            return
        if graph is None:
            raise ForbiddenError(_DERIVED)
        graph_owner = self.names.owner(graph)
        if graph_owner is not owner:
            raise ForbiddenError(
                f"The graph {graph} is written by {graph_owner.value}, and by nobody else: {_ADVICE[graph_owner]}."
            )


class Transaction:
    """A version in the making: readers see nothing of it until `commit`, and `abandon` removes it.

    It holds the writers' lock until it ends. As a context manager, it is abandoned unless committed. `owner` is the
    owner on whose behalf a graph is written: methods raise ForbiddenError if the graph has another owner. The default
    graph, None, can be written in a plain store only.
    """

    def __init__(
        self,
        versions: Versions,
        ownership: GraphOwnership,
        opened: Callable[[Version], ox.Store],
        wait: float,
        *,
        from_empty: bool = False,
    ) -> None:
        self._versions, self._ownership, self._from_empty = versions, ownership, from_empty
        self._touched: set[str | None] = set()
        self._open = self._sound = True
        # An error here releases the lock and the files; otherwise `abandon` releases them later.
        with ExitStack() as resources:
            resources.enter_context(versions.lock(wait))
            with translating():
                self._begin(opened, resources)
            self._resources = resources.pop_all()

    def _begin(self, opened: Callable[[Version], ox.Store], resources: ExitStack) -> None:
        # Only with the lock held, or it would remove another writer's work.
        self._versions.clean()
        self.base = self._versions.current()
        self._work = self._versions.workplace()
        resources.callback(self._clean)
        self._before = opened(self.base)
        if self.base is not EMPTY and not self._from_empty:
            self._before.backup(self._work)
        self._now = UnionStore(ox.Store(self._work), self._ownership.in_default)

    def _clean(self) -> None:
        """Remove this transaction's files, and unless the store is damaged by now, those of interrupted ones."""
        try:
            self._versions.clean()
        except (StoreError, OSError) as error:
            log.warning("The files of an unfinished write were not removed: %s", error)
            self._versions.discard(self._work)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the named graphs as they are now, sorted."""
        return tuple(graph_names(self._now.store))

    def triples(self, name: str | None) -> Iterator[Triple]:
        """Return a graph's triples as they are now; none for a graph that does not exist."""
        self._alive()
        return map(from_triple, self._now.triples(to_graph(name)))

    def replace_graph(self, name: str | None, triples: Iterable[Triple], owner: Owner = Owner.CLIENT) -> None:
        """Replace a graph's triples; it exists afterwards, even without triples."""
        graph, lines = self._to_write(name, owner), engine_lines(triples)
        if self._from_empty and name is not None and not self._now.store.contains_named_graph(graph):
            # A graph that was not there has no difference to be noted, and all of it is loaded at once.
            _ = [*refuse_altered(parse_lines(lines))]
            with translating():
                self._now.load({name: lines})
            return
        # Compared as lines, since most are unchanged: parsing all of them takes as long as the rest of a small change.
        new, old = {*lines.splitlines()}, {*self._now.lines(graph).splitlines()}
        # Only the difference is written: the cost of the union, the ledger and the rules grows with what is written.
        added = {*refuse_altered(parse_lines(b"\n".join(new - old)))}
        removed = {*parse_lines(b"\n".join(old - new))}
        if removed:
            # A literal that the engine stores in another lexical form is not a difference.
            added = canonical_triples(added)
        self._now.take(graph, removed - added)
        self._now.put(graph, added - removed)

    def add(self, name: str | None, triples: Iterable[Triple], owner: Owner = Owner.CLIENT) -> None:
        """Add triples to a graph, which exists afterwards."""
        self._now.put(self._to_write(name, owner), list(refuse_altered(engine_triples(triples))))

    def remove(self, name: str | None, triples: Iterable[Triple], owner: Owner = Owner.CLIENT) -> None:
        """Remove triples from a graph; those that are not in it are ignored."""
        self._now.take(self._to_write(name, owner), engine_triples(triples))

    def load(self, lines: Mapping[str, bytes]) -> None:
        """Add canonical N-Triples to named graphs of any owner, bypassing the ledger; only for `from_empty`."""
        if not self._from_empty:
            raise StoreError("Only a transaction that starts from nothing loads graphs in bulk.")
        for name in lines:
            self._to_write(name, self._ownership.names.owner(name))
        with translating():
            self._now.load(lines)

    def lines(self, name: str | None = None) -> Iterator[bytes]:
        """Yield the current triples of a graph, or of the default graph, as chunks of N-Triples."""
        self._alive()
        return graph_answer(Snapshot(self._now.store, None), to_graph(name), NTRIPLES, "", {}).chunks

    def statements(
        self, node: bytes, predicate: bytes | None = None, *, before: bool = False, without: Collection[str] = ()
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield predicate and object of the triples that `find_texts` returns for a node in the default graph."""
        triples = self.find_texts((node, predicate, None), before=before, without=without)
        return ((found_predicate, value) for _, found_predicate, value in triples)

    def select(self, text: str, *, before: bool = False) -> Iterator[tuple[EngineTerm, ...]]:
        """Yield the solutions of one of the program's own queries, now, or with `before`, in `base`.

        They are in the engine's terms. Patterns outside GRAPH are about the default graph.
        """
        return map(tuple, self._store(before=before).query(text))  # type: ignore[arg-type]

    def match(
        self,
        subject: EngineTerm | None,
        predicate: ox.NamedNode | None,
        object_: EngineTerm | None,
        *,
        before: bool = False,
    ) -> Iterator[ox.Triple]:
        """Yield the matching triples of the default graph in the engine's terms, now, or with `before`, in `base`."""
        store = self._store(before=before)
        matching = store.quads_for_pattern(subject, predicate, object_, ox.DefaultGraph())  # type: ignore[arg-type]
        return (quad.triple for quad in matching)

    def remove_graph(self, name: str | None, owner: Owner = Owner.CLIENT) -> None:
        """Remove a graph, or empty the default graph. Raises UnknownGraphError if there is no such graph."""
        if name is not None and not self._now.store.contains_named_graph(to_graph(name)):
            raise UnknownGraphError(f"The dataset holds no graph {name}.")
        graph = self._to_write(name, owner)
        self._now.take(graph, self._now.triples(graph))
        self._now.store.remove_graph(graph)

    def update(self, text: str, using: RequestDataset = STORED, base: str | None = None) -> bool:
        """Run a SPARQL Update on a client's behalf; return whether finding the touched graphs needed a scan."""
        self._alive()
        update = read_update(text, base, using)
        run = UpdateRun(self._now, self._ownership.check, self._work.with_name(f"{self._work.name}-scan"))
        # Operations change the files one after another: if one fails, the effects of earlier ones remain, and must not
        # be published.
        self._sound = False
        with translating():
            call(lambda: run.run(update, base))
        self._sound = True
        self._touched |= run.touched
        return run.scanned

    def changes(self) -> Mapping[str | None, Change]:
        """Return the changes since `base`, by graph (None: the default graph of a plain store)."""
        return dict(self._compared_changes() if self._ownership.plain else self._noted_changes())

    def _noted_changes(self) -> Iterator[tuple[str | None, Change]]:
        for graph, (added, removed) in sorted(self._now.ledger.items(), key=lambda item: str(item[0])):
            if added or removed:
                change = Change(frozenset(map(from_triple, added)), frozenset(map(from_triple, removed)))
                yield from_graph(graph), change

    def _compared_changes(self) -> Iterator[tuple[str | None, Change]]:
        """Compare the touched graphs with the base: in a plain store, the engine runs updates without the ledger."""
        before = UnionStore(self._before, None)
        for name in sorted(self._touched, key=str):
            old, new = before.triples(to_graph(name)), self._now.triples(to_graph(name))
            if old != new:
                added, removed = (frozenset(map(from_triple, triples)) for triples in (new - old, old - new))
                yield name, Change(added, removed)

    def find(
        self, pattern: Pattern, graph: str | None = None, *, before: bool = False, without: Collection[str] = ()
    ) -> Iterator[Triple]:
        """Return a graph's matching triples that are in no graph of `without`, now, or with `before`, in `base`."""
        triples = [quad.triple for quad in self._matching(pattern, to_graph(graph), before=before)]
        if triples and without:
            matching = (self._matching(pattern, to_graph(name), before=before) for name in without)
            excluded = {quad.triple for quads in matching for quad in quads}
            triples = [triple for triple in triples if triple not in excluded] if excluded else triples
        return iter([from_triple(triple) for triple in triples])

    def find_texts(
        self, pattern: TextPattern, graph: str | None = None, *, before: bool = False, without: Collection[str] = ()
    ) -> Iterator[TextTriple]:
        """Return the same triples as `find`, in N-Triples."""
        triples = _texts(pattern, self._matching_texts(pattern, to_graph(graph), before=before))
        if triples and without:
            matching = (self._matching_texts(pattern, to_graph(name), before=before) for name in without)
            excluded = {triple for quads in matching for triple in _texts(pattern, quads)}
            triples = [triple for triple in triples if triple not in excluded] if excluded else triples
        return iter(triples)

    def has_more(self, pattern: TextPattern, limit: int, *, before: bool = False) -> bool:
        """Return whether more than `limit` triples of the default graph match, now, or with `before`, in `base`."""
        matching = self._matching_texts(pattern, ox.DefaultGraph(), before=before)
        return next(islice(matching, limit, None), None) is not None

    def is_held(self, pattern: Pattern, may_hold: Callable[[str], bool], *, before: bool = False) -> bool:
        """Return whether a named graph of a kind has a matching triple, now, or with `before`, in `base`."""
        names = (from_graph(quad.graph_name) for quad in self._matching(pattern, None, before=before))
        return any(name is not None and may_hold(name) for name in names)

    def _store(self, *, before: bool) -> ox.Store:
        self._alive()
        return self._before if before else self._now.store

    def _matching(self, pattern: Pattern, graph: GraphName | None, *, before: bool) -> Iterable[ox.Quad]:
        subject, predicate, value = (None if term is None else to_term(term) for term in pattern)
        # No triple has a literal as its subject, but rules search for such triples, and the engine would raise a
        # TypeError.
        if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode | None):
            return ()
        return self._store(before=before).quads_for_pattern(subject, predicate, value, graph)

    def _matching_texts(self, pattern: TextPattern, graph: GraphName | None, *, before: bool) -> Iterable[ox.Quad]:
        subject, predicate, value = (None if text is None else from_text(text) for text in pattern)
        # As in `_matching`: no triple has a literal as its subject.
        if isinstance(subject, ox.Literal):
            return ()
        return self._store(before=before).quads_for_pattern(subject, predicate, value, graph)  # type: ignore[arg-type]

    def commit(self, note: str, created: str | None = None) -> Version:
        """Make this the current version, created now or at `created`, an xsd:dateTime with offset Z."""
        self._alive()
        if not self._sound:
            raise StoreError("This transaction has failed half-way and cannot be committed; begin another.")
        with translating():
            (counts, default), changed = self._triple_counts(), self.changed_graphs()
            differing = self._differing_triples()
            self._now.store.flush()
            self._close()  # before the files are published: the engine would continue to compact them
            self._remove_log()
            if differing is not None:
                write_changes(self._work, self.base, *differing)
            time = created or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            unnamed = Version("", time, note, counts, default, base=self.base.name, changed=changed)
            version = self._versions.publish(self._work, unnamed)
        self._prune()
        self.abandon()
        return version

    def _differing_triples(self) -> tuple[list[str], list[str]] | None:
        """Return the triples that the default graph gained and lost, or None if they are unknown or too many."""
        graphs = [changed for graph, changed in self._now.ledger.items() if self._now.unites(graph)]
        number = sum(len(added) + len(removed) for added, removed in graphs)
        if self._from_empty or self._ownership.plain or self.base is EMPTY or number > MAX_CHANGES:
            return None
        added, removed = (set[ox.Triple]().union(*triples) for triples in zip((set(), set()), *graphs, strict=True))
        # A triple that another graph also had or has is not a difference.
        gained = [str(triple) for triple in added if _in_default(triple) not in self._before]
        return gained, [str(triple) for triple in removed if _in_default(triple) not in self._now.store]

    def _prune(self) -> None:
        """Remove the versions beyond those to keep; a failure does not affect the new version."""
        if self._versions.keep:
            try:
                self._versions.prune(self._versions.keep, MAX_PRUNED_PER_WRITE)
            except (StoreError, UnknownVersionError, OSError) as error:
                log.warning("Old versions were not removed: %s", error)

    def abandon(self) -> None:
        """End the transaction and remove its files; calling this twice is not an error."""
        if self._open:
            self._drop()
        self._resources.close()

    def _drop(self) -> None:
        """Drop the engine's handles, which is the only way to close its files."""
        self._open = False
        del self._now, self._before

    def _close(self) -> None:
        """Drop the engine's handles. Raises StoreError if the files nevertheless stay open."""
        self._drop()
        if is_open(self._work):
            gc.collect()  # a reference cycle may hold a handle
        if is_open(self._work):
            raise StoreError("The transaction's files are still in use; let go of what was taken from it.")

    def _remove_log(self) -> None:
        """Have the engine remove its write-ahead log if that is long."""
        # RocksDB keeps the log of what is already in its data files until the files are opened again: about 600 bytes
        # per quad, more than the data themselves.
        if log_size(self._work) > MAX_LOG_BYTES:
            ox.Store(self._work).flush()
            if is_open(self._work):
                raise StoreError("The engine has not closed the transaction's files.")

    def _to_write(self, name: str | None, owner: Owner) -> ox.NamedNode | ox.DefaultGraph:
        self._alive()
        self._ownership.check(name, owner)
        self._touched.add(name)
        return to_graph(name)

    def _alive(self) -> None:
        if not self._open:
            raise StoreError("This transaction has ended; begin another.")

    def changed_graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs that differ from the base, or in a plain store, that may differ."""
        if self._from_empty:
            return tuple(sorted(self._compared_graphs()))
        noted = (from_graph(graph) for graph, (added, removed) in self._now.ledger.items() if added or removed)
        # An empty graph that was created or removed is a difference, though it has no triples in the ledger.
        made_or_removed = self._touched & ({*self.graphs()} ^ {*self.base.counts})
        names = self._touched if self._ownership.plain else {*noted, *made_or_removed}
        return tuple(sorted(name or "" for name in names))

    def _compared_graphs(self) -> Iterator[str]:
        """Yield the names of the graphs that differ from the base."""
        now, before = {*self.graphs()}, {*self.base.counts}
        yield from now ^ before
        for name in now & before:
            if graph_digest(self._now.store, to_graph(name)) != graph_digest(self._before, to_graph(name)):
                yield name

    def _triple_counts(self) -> tuple[dict[str, int], int]:
        """Return the numbers of triples in each named graph and in the default graph, counting only if necessary."""
        counts = {name: self._triple_count(name) for name in self.graphs()}
        grown = None if self._from_empty else self._now.grown
        # The engine's bulk loader does not report how many triples were new to the union.
        default = count_triples(self._now.store, None) if grown is None else self.base.default + grown
        return counts, default

    def _triple_count(self, name: str) -> int:
        known = self.base.counts.get(name)
        if known is None or ((self._from_empty or self._ownership.plain) and name in self._touched):
            return count_triples(self._now.store, name)
        # Not counted: nearly all transactions write the inferred graph, which grows with the corpus.
        gained, lost = self._now.ledger.get(to_graph(name), ((), ()))
        return known + len(gained) - len(lost)


def _texts(pattern: TextPattern, quads: Iterable[ox.Quad]) -> list[TextTriple]:
    """Return quads that match a pattern as triples in N-Triples, reusing the terms of the pattern."""
    subject, predicate, value = pattern
    return [
        (
            str(quad.subject).encode() if subject is None else subject,
            str(quad.predicate).encode() if predicate is None else predicate,
            str(quad.object).encode() if value is None else value,
        )
        for quad in quads
    ]


def _in_default(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, ox.DefaultGraph())
