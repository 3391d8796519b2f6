"""Facts for matching patterns one triple at a time: a graph of a store, and layers over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple, Variable

from kg.reasoning.canonical_triples import Term, parts
from kg.reasoning.rules import Binding, RulePattern, Slot


class Facts(Protocol):
    """A set of triples that patterns can be matched against."""

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield the matching triples; None matches any term."""

    def __contains__(self, triple: Triple) -> bool:
        """Return whether the triple is among the facts."""


Find = Callable[[Term | None, NamedNode | None, Term | None], Iterable[Triple]]
"""Yields the triples that match a pattern; None matches any term."""


@dataclass(frozen=True)
class FoundFacts:
    """The triples that a function finds."""

    find: Find

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield the matching triples."""
        # Rules also search for literals as subjects.
        if not isinstance(subject, Literal):
            yield from self.find(subject, predicate, object_)

    def __contains__(self, triple: Triple) -> bool:
        return any(True for _ in self.find(*parts(triple)))


@dataclass(frozen=True)
class StoreFacts:
    """The triples of the default graph of a store."""

    store: Store

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield the graph's matching triples."""
        # Rules also search for literals as subjects, for which the engine would raise a TypeError.
        if isinstance(subject, Literal):
            return
        for quad in self.store.quads_for_pattern(subject, predicate, object_, DefaultGraph()):
            yield quad.triple

    def __contains__(self, triple: Triple) -> bool:
        return Quad(*parts(triple), DefaultGraph()) in self.store


def facts_of(triples: Iterable[Triple]) -> StoreFacts:
    """Return triples as facts in memory."""
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return StoreFacts(store)


@dataclass(frozen=True)
class LayeredFacts:
    """Facts in layers, with some removed from the first; a triple in two layers may be matched twice."""

    layers: tuple[Facts, ...]
    without: frozenset[Triple] | set[Triple] = frozenset()
    """Triples that are left out of the first layer."""

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield the matching triples of all layers."""
        first, *others = self.layers
        for triple in first.match(subject, predicate, object_):
            if not self.without or triple not in self.without:
                yield triple
        for layer in others:
            yield from layer.match(subject, predicate, object_)

    def __contains__(self, triple: Triple) -> bool:
        first, *others = self.layers
        return (triple in first and triple not in self.without) or any(triple in layer for layer in others)


def unify(pattern: RulePattern, triple: Triple, binding: Binding) -> dict[Variable, Term] | None:
    """Return the binding extended so that the pattern becomes the triple, or None if that is impossible."""
    subject, predicate, object_ = parts(triple)
    if pattern.predicate != predicate:
        return None
    wider = dict(binding)
    for slot, term in ((pattern.subject, subject), (pattern.object, object_)):
        if isinstance(slot, Variable):
            if wider.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return wider


def _bound(slot: Slot, binding: Binding) -> Term | None:
    return binding.get(slot) if isinstance(slot, Variable) else slot


def _openness(pattern: RulePattern, binding: Binding) -> int:
    return sum(_bound(slot, binding) is None for slot in (pattern.subject, pattern.object))


def solutions(body: tuple[RulePattern, ...], facts: Facts, binding: Binding) -> Iterator[dict[Variable, Term]]:
    """Yield every extension of the binding for which all patterns are facts; the most bound pattern goes first."""
    if not body:
        yield dict(binding)
        return
    # Chosen by how much is bound rather than by the number of matches, which would require reading the facts.
    first = min(body, key=lambda pattern: _openness(pattern, binding))
    place = body.index(first)
    rest = body[:place] + body[place + 1 :]
    for triple in facts.match(_bound(first.subject, binding), first.predicate, _bound(first.object, binding)):
        wider = unify(first, triple, binding)
        if wider is not None:
            yield from solutions(rest, facts, wider)


def instance(pattern: RulePattern, binding: Binding) -> Triple | None:
    """Return the pattern with its variables bound, or None if its subject would be a literal."""
    subject, object_ = _bound(pattern.subject, binding), _bound(pattern.object, binding)
    if subject is None or object_ is None or isinstance(subject, Literal):
        return None
    return Triple(subject, pattern.predicate, object_)
