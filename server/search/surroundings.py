"""The triples around things, asked for in a store as paths lead to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from rdflib import RDF

from kg.store.interfaces import Version
from kg.workers import ServedStore
from server.search.property_columns import property_iri, tsv_rows
from server.search.read_paths import CLASS, NAMED, Step
from server.search.tsv_cells import is_blank, is_iri

TYPE = str(RDF.type)
NODES_PER_QUERY = 500

Cells = tuple[str, str, str]
Element = TypeVar("Element", str, tuple[str, str])


class UntraceableChangeError(Exception):
    """What a change alters in an index cannot be told, so that it is to be made from nothing."""


class Surroundings:
    """The triples of a version around things, with those of `lost` that it has no longer."""

    def __init__(self, store: ServedStore, version: Version, names: Iterable[str], lost: Iterable[Cells] = ()) -> None:
        self._store, self._version = store, version
        self._iris = sorted({f"<{predicate(name)}>" for name in names})
        self._lost_by_subject, self._lost_by_value = (
            defaultdict[str, list[Cells]](list),
            defaultdict[str, list[Cells]](list),
        )
        for triple in lost:
            self._lost_by_subject[triple[0]].append(triple)
            self._lost_by_value[triple[2]].append(triple)
        self.triples: set[Cells] = set()
        self._from = defaultdict[tuple[str, str], set[str]](set)
        self._to = defaultdict[tuple[str, str], set[str]](set)
        self._described: set[str] = set()
        self._pointed: set[tuple[str, str]] = set()

    def ends(self, steps: Iterable[tuple[Step, Collection[str]]]) -> list[set[str]]:
        """Return where each step leads from its places. Raises UntraceableChangeError at a blank node."""
        all_steps = [*steps]
        self.read(all_steps)
        return [self._after(step, {*places}) for step, places in all_steps]

    def _after(self, step: Step, places: set[str]) -> set[str]:
        reached = self._stepped(step, places)
        if not step.repeated:
            return reached
        seen = places | reached
        while reached:
            self.read([(step, reached)])
            reached = self._stepped(step, reached) - seen
            seen |= reached
        return seen

    def _stepped(self, step: Step, places: set[str]) -> set[str]:
        ends = self._to if step.inverse else self._from
        iris = [*map(predicate, step.names)]
        return {end for iri in iris for place in places for end in ends.get((iri, place), ())}

    def read(self, steps: Iterable[tuple[Step, Collection[str]]]) -> None:
        """Ask for what steps need that is not known yet. Raises UntraceableChangeError at a blank node."""
        nodes, pairs = set[str](), set[tuple[str, str]]()
        for step, places in steps:
            if any(map(is_blank, places)):
                raise UntraceableChangeError("A blank node has no name by which a query could ask for it.")
            if step.inverse:
                pairs.update((iri, place) for iri in map(predicate, step.names) for place in places)
            else:
                nodes.update(filter(is_iri, places))
        self._describe(nodes - self._described)
        self._point(pairs - self._pointed)

    def _describe(self, nodes: Collection[str]) -> None:
        self._described.update(nodes)
        among = ", ".join(self._iris)
        for group in _groups(nodes):
            query = f"SELECT ?s ?p ?o {{ VALUES ?s {{ {' '.join(group)} }} ?s ?p ?o FILTER(?p IN ({among})) }}"
            self._keep(tsv_rows(self._store, self._version, query))
        self._keep(triple for node in nodes for triple in self._lost_by_subject.get(node, ()))

    def _point(self, pairs: Collection[tuple[str, str]]) -> None:
        self._pointed.update(pairs)
        for group in _groups(pairs):
            by_iri = ((iri, [node for _, node in pairs_]) for iri, pairs_ in groupby(group, itemgetter(0)))
            parts = (
                f"{{ VALUES ?o {{ {' '.join(of_iri)} }} ?s <{iri}> ?o BIND(<{iri}> AS ?p) }}" for iri, of_iri in by_iri
            )
            query = f"SELECT ?s ?p ?o {{ {' UNION '.join(parts)} }}"
            self._keep(tsv_rows(self._store, self._version, query))
        lost = (triple for _, node in pairs for triple in self._lost_by_value.get(node, ()))
        self._keep(triple for triple in lost if (triple[1][1:-1], triple[2]) in pairs)

    def _keep(self, rows: Iterable[Sequence[str]]) -> None:
        for subject, name, value in rows:
            self.triples.add((subject, name[1:-1], value))
            self._from[name[1:-1], subject].add(value)
            self._to[name[1:-1], value].add(subject)


@lru_cache
def predicate(name: str) -> str:
    """Return the IRI of the property by which a step is read."""
    if name == NAMED:
        return property_iri("name")
    return TYPE if name.startswith(CLASS) else property_iri(name)


def _groups(elements: Collection[Element]) -> Iterator[list[Element]]:
    in_order = sorted(elements)
    return (in_order[start : start + NODES_PER_QUERY] for start in range(0, len(in_order), NODES_PER_QUERY))
