"""The triples around things, asked for in a store as paths lead to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rdflib import RDF

from kg.batches import in_batches
from kg.store.interfaces import Version
from kg.workers import ServedStore
from server.search.property_columns import property_iri, tsv_rows
from server.search.read_paths import CLASS, NAMED, Step
from server.search.tsv_cells import is_blank, is_iri

TYPE = str(RDF.type)
NODES_PER_QUERY = 500
MIN_NODES = 50
"""Nodes of which the same properties are needed that have a query of their own."""

Cells = tuple[str, str, str]


class UntraceableChangeError(Exception):
    """What a change alters in an index cannot be told, so that it is to be made from nothing."""


class Surroundings:
    """The triples of a version around things, with those of `lost` that it has no longer."""

    def __init__(self, store: ServedStore, version: Version, lost: Iterable[Cells] = ()) -> None:
        self._store, self._version = store, version
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
        self._known_from: set[tuple[str, str]] = set()
        self._known_to: set[tuple[str, str]] = set()

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
        of_subjects, of_values = (defaultdict[str, set[str]](set) for _ in range(2))
        for step, places in steps:
            if any(map(is_blank, places)):
                raise UntraceableChangeError("A blank node has no name by which a query could ask for it.")
            needed, nodes = (of_values, places) if step.inverse else (of_subjects, filter(is_iri, places))
            for node in nodes:
                needed[node].update(map(predicate, step.names))
        self._ask("?s", of_subjects, self._known_from, self._lost_by_subject)
        self._ask("?o", of_values, self._known_to, self._lost_by_value)

    def _ask(
        self,
        variable: str,
        needed: Mapping[str, Collection[str]],
        known: set[tuple[str, str]],
        lost: Mapping[str, Sequence[Cells]],
    ) -> None:
        """Ask for the triples of nodes, in the place of a variable, with the properties that are needed of each."""
        unknown = {node: frozenset(iri for iri in iris if (iri, node) not in known) for node, iris in needed.items()}
        for iris, nodes in _by_properties(unknown):
            pattern = f"?s ?p ?o FILTER(?p IN ({', '.join(f'<{iri}>' for iri in sorted(iris))}))"
            for group in in_batches(sorted(nodes), NODES_PER_QUERY):
                query = f"SELECT ?s ?p ?o {{ VALUES {variable} {{ {' '.join(group)} }} {pattern} }}"
                self._keep(tsv_rows(self._store, self._version, query))
            known.update((iri, node) for node in nodes for iri in iris)
            self._keep(triple for node in nodes for triple in lost.get(node, ()) if triple[1][1:-1] in iris)

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


def _by_properties(needed: Mapping[str, frozenset[str]]) -> Iterator[tuple[frozenset[str], Sequence[str]]]:
    """Yield nodes by the properties that are needed of them, those that share them with few others together."""
    nodes_by_iris = defaultdict[frozenset[str], list[str]](list)
    for node, iris in needed.items():
        if iris:
            nodes_by_iris[iris].append(node)
    few = [iris for iris, nodes in nodes_by_iris.items() if len(nodes) < MIN_NODES]
    rest = [node for iris in few for node in nodes_by_iris.pop(iris)]
    yield from nodes_by_iris.items()
    if rest:
        yield frozenset().union(*few), rest
