"""Contradictions: facts that an axiom forbids together, told with what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Triple, Variable

from kg.errors import ContradictionError
from kg.inference.closure import Closure, Pairs
from kg.inference.explain import Explainer, Explanation
from kg.inference.facts import Facts, instance, solutions, unify
from kg.inference.rules import Binding, Clash, Pattern, RuleSet, X, Y

SHOWN = 20
"""Contradictions that an error spells out; it counts the others."""


@dataclass(frozen=True)
class Contradiction:
    """The clash, the triples that clash, and the steps by which they hold."""

    clash: Clash
    triples: tuple[Triple, ...]
    steps: tuple[Explanation, ...] = ()

    def in_words(self, rules: RuleSet) -> str:
        """Return the contradiction as a sentence for a person."""
        steps = "; ".join(step.in_words(rules) for step in self.steps)
        return f"The facts contradict the ontology, by which {self.clash.words} ({self.clash.name}): {steps}."


def in_closure(rules: RuleSet, closure: Closure) -> list[Contradiction]:
    """Return every contradiction of a whole closure, in an order that no hash seed changes."""
    found = [_contradiction(clash, binding) for clash in rules.clashes for binding in _bindings(clash, closure)]
    return _sorted(found)


def of_triples(rules: RuleSet, facts: Facts, triples: Iterable[Triple]) -> list[Contradiction]:
    """Return the contradictions among the facts that one of the triples has a part in."""
    return _sorted({found for triple in triples for found in _touching(rules, facts, triple)})


def raise_if_any(found: list[Contradiction], rules: RuleSet, explainer: Explainer) -> None:
    """Raise ContradictionError, naming what clashes and the asserted facts behind it, if anything was found."""
    if not found:
        return
    explained = [Contradiction(one.clash, one.triples, _steps(one, explainer)) for one in found[:SHOWN]]
    more = [f"There are {len(found) - SHOWN} contradictions more."] if len(found) > SHOWN else []
    raise ContradictionError("\n".join([*(one.in_words(rules) for one in explained), *more]))


def _steps(found: Contradiction, explainer: Explainer) -> tuple[Explanation, ...]:
    """Return the clashing triples' steps first, then those that they rest on, each once."""
    proofs = [explainer.proof(triple) for triple in found.triples]
    return tuple(dict.fromkeys([proof[0] for proof in proofs] + [step for proof in proofs for step in proof[1:]]))


def _contradiction(clash: Clash, binding: Binding) -> Contradiction:
    triples = [instance(pattern, binding) for pattern in clash.body]
    return Contradiction(clash, tuple(dict.fromkeys(triple for triple in triples if triple is not None)))


def _sorted(found: Iterable[Contradiction]) -> list[Contradiction]:
    return sorted(found, key=lambda one: (one.clash.words, sorted(str(triple) for triple in one.triples)))


def _bindings(clash: Clash, closure: Closure) -> Iterator[Binding]:
    """Yield what the clash's patterns have in common; all of one clash bind the same variables."""
    matches = [_by_variable(pattern, closure.matching(pattern)) for pattern in clash.body]
    for numbers in set.intersection(*matches):
        binding = dict(zip((X, Y), (closure.terms.term(number) for number in numbers), strict=False))
        if not clash.allows(binding):
            yield binding


def _by_variable(pattern: Pattern, pairs: Pairs) -> set[tuple[int, ...]]:
    """Return the pairs in the order of the variables, without what is no variable."""
    if not isinstance(pattern.object, Variable) or pattern.object == pattern.subject:
        return {(subject,) for subject, _ in pairs}
    return {pair if pattern.subject == X else pair[::-1] for pair in pairs}


def _touching(rules: RuleSet, facts: Facts, triple: Triple) -> Iterator[Contradiction]:
    for clash, place in rules.clashes_for(triple):
        binding = unify(clash.body[place], triple, {})
        for found in solutions(clash.body, facts, binding) if binding is not None else ():
            if not clash.allows(found):
                yield _contradiction(clash, found)
