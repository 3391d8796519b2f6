"""Facts that patterns are matched against, one triple at a time: a store's graph, and layers over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple, Variable

from kg.reasoning.canonical_triples import Term, parts
from kg.reasoning.rules import Binding, RulePattern, Slot


class Facts(Protocol):
    """A set of triples that answers patterns."""

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield the triples that match; None matches every term."""

    def __contains__(self, triple: Triple) -> bool:
        """Tell whether the triple is among the facts."""


@dataclass(frozen=True)
class StoreFacts:
    """The triples of one graph of a store."""

    store: Store
    graph: NamedNode | DefaultGraph = field(default_factory=DefaultGraph)

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield the graph's triples that match."""
        # Rules ask for literals as subjects too, at which the engine would raise a TypeError.
        if isinstance(subject, Literal):
            return
        for quad in self.store.quads_for_pattern(subject, predicate, object_, self.graph):
            yield quad.triple

    def __contains__(self, triple: Triple) -> bool:
        return Quad(*parts(triple), self.graph) in self.store


def facts_of(triples: Iterable[Triple]) -> StoreFacts:
    """Return the triples as facts in memory."""
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return StoreFacts(store)


@dataclass(frozen=True)
class LayeredFacts:
    """Facts, some taken away, and others laid over them; a triple in two layers may be matched twice."""

    layers: tuple[Facts, ...]
    without: frozenset[Triple] | set[Triple] = frozenset()
    """Triples that the first layer is read without."""

    def match(self, subject: Term | None, predicate: NamedNode, object_: Term | None) -> Iterator[Triple]:
        """Yield what any layer holds."""
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
    """Return the binding extended so that the pattern becomes the triple, None if it cannot."""
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
    """Yield every widening of the binding under which all patterns are facts; the most bound pattern goes first."""
    if not body:
        yield dict(binding)
        return
    # By how much is bound, and not by counting matches, for which the facts would have to be read.
    first = min(body, key=lambda pattern: _openness(pattern, binding))
    place = body.index(first)
    rest = body[:place] + body[place + 1 :]
    for triple in facts.match(_bound(first.subject, binding), first.predicate, _bound(first.object, binding)):
        wider = unify(first, triple, binding)
        if wider is not None:
            yield from solutions(rest, facts, wider)


def instance(pattern: RulePattern, binding: Binding) -> Triple | None:
    """Return the pattern with its variables filled, None if its subject would be a literal."""
    subject, object_ = _bound(pattern.subject, binding), _bound(pattern.object, binding)
    if subject is None or object_ is None or isinstance(subject, Literal):
        return None
    return Triple(subject, pattern.predicate, object_)
