"""Contradictions between the facts and the ontology: the triples that violate an axiom, and their derivations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from pyoxigraph import NamedNode, Triple, Variable

from kg.errors import ContradictionError
from kg.reasoning.canonical_triples import Term
from kg.reasoning.closure import Closure, Pairs
from kg.reasoning.explanations import Explainer, Explanation
from kg.reasoning.facts import Facts, instance, solutions, unify
from kg.reasoning.rules import Binding, Inconsistency, RulePattern, RuleSet, X, Y, is_value_in
from kg.terms import from_text, from_triple

MAX_CONTRADICTIONS_PER_ERROR = 20
"""The number of contradictions that an error message explains; the others are only counted."""
MAX_KNOWN_VALUES = 2**14
"""The number of literals for which the result of the range check is cached."""


@dataclass(frozen=True)
class Contradiction:
    """A violated axiom, the triples that violate it, and the steps that derive them."""

    axiom: Inconsistency
    triples: tuple[Triple, ...]
    steps: tuple[Explanation, ...] = ()

    def in_words(self, rules: RuleSet) -> str:
        """Return the contradiction as a readable sentence."""
        steps = "; ".join(step.in_words(rules) for step in self.steps)
        return f"The facts contradict the ontology, by which {self.axiom.words} ({self.axiom.name}): {steps}."


def inconsistencies_in_closure(rules: RuleSet, closure: Closure) -> list[Contradiction]:
    """Return all contradictions in a whole closure, in an order that does not depend on the hash seed."""
    return _sorted(
        _contradiction(axiom, binding) for axiom in rules.inconsistencies for binding in _bindings(axiom, closure)
    )


def inconsistencies_of(rules: RuleSet, facts: Facts, triples: Iterable[Triple]) -> list[Contradiction]:
    """Return the contradictions among the facts that involve one of the triples."""
    return _sorted({contradiction for triple in triples for contradiction in _involving(rules, facts, triple)})


def raise_if_inconsistent(contradictions: list[Contradiction], rules: RuleSet, explainer: Explainer) -> None:
    """Raise ContradictionError, with the asserted facts behind each contradiction, if there are any."""
    if not contradictions:
        return
    shown = contradictions[:MAX_CONTRADICTIONS_PER_ERROR]
    explained = [replace(contradiction, steps=_steps(contradiction, explainer)) for contradiction in shown]
    sentences = [contradiction.in_words(rules) for contradiction in explained]
    if len(contradictions) > len(shown):
        sentences.append(f"There are {len(contradictions) - len(shown)} more contradictions.")
    asserted = [[from_triple(step.triple) for step in case.steps if step.rule is None] for case in explained]
    raise ContradictionError("\n".join(sentences), asserted)


def _steps(contradiction: Contradiction, explainer: Explainer) -> tuple[Explanation, ...]:
    """Return the last steps to the contradicting triples, then the steps that these depend on, without duplicates."""
    proofs = [explainer.proof(triple) for triple in contradiction.triples]
    return tuple(dict.fromkeys([proof[0] for proof in proofs] + [step for proof in proofs for step in proof[1:]]))


def _contradiction(axiom: Inconsistency, binding: Binding) -> Contradiction:
    triples = [instance(pattern, binding) for pattern in axiom.body]
    return Contradiction(axiom, tuple(dict.fromkeys(triple for triple in triples if triple is not None)))


def _sorted(contradictions: Iterable[Contradiction]) -> list[Contradiction]:
    return sorted(
        contradictions,
        key=lambda contradiction: (contradiction.axiom.words, sorted(str(triple) for triple in contradiction.triples)),
    )


def _bindings(axiom: Inconsistency, closure: Closure) -> Iterator[Binding]:
    """Yield the bindings common to all patterns of an axiom, which all have the same variables."""
    pairs = [closure.matching(pattern) for pattern in axiom.body]
    if not all(pairs):
        return
    matches = [_by_variable(pattern, matching) for pattern, matching in zip(axiom.body, pairs, strict=True)]
    for numbers in set(matches[0]).intersection(*matches[1:]):
        # A binding has a single number if the patterns only have X.
        if not axiom.datatypes or not _is_allowed(axiom.datatypes, axiom.datatype, closure.terms.texts[numbers[-1]]):
            yield dict(zip((X, Y), map(closure.terms.term, numbers), strict=False))


@lru_cache(maxsize=MAX_KNOWN_VALUES)
def _is_allowed(datatypes: frozenset[NamedNode], datatype: str, text: bytes) -> bool:
    return is_value_in(cast("Term", from_text(text)), datatypes, datatype)


def _by_variable(pattern: RulePattern, pairs: Pairs) -> Collection[tuple[int, ...]]:
    """Return the pairs in the order of the variables, without the ends that are not variables."""
    if not isinstance(pattern.object, Variable) or pattern.object == pattern.subject:
        return {(subject,) for subject, _ in pairs}
    return pairs if pattern.subject == X else {pair[::-1] for pair in pairs}


def _involving(rules: RuleSet, facts: Facts, triple: Triple) -> Iterator[Contradiction]:
    for axiom, place in rules.inconsistencies_for(triple):
        binding = unify(axiom.body[place], triple, {})
        for solution in solutions(axiom.body, facts, binding) if binding is not None else ():
            if not axiom.allows(solution):
                yield _contradiction(axiom, solution)
