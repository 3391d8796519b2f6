"""Explanations: the rule and the premises that a triple follows from, step by step and without cycles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pyoxigraph import Triple

from kg.errors import RequestError
from kg.reasoning.facts import Facts, instance, solutions, unify
from kg.reasoning.rules import Rule, RuleSet


@dataclass(frozen=True)
class Explanation:
    """A triple, and the rule and the triples that it follows from; no rule if the triple is asserted."""

    triple: Triple
    rule: Rule | None = None
    premises: tuple[Triple, ...] = ()

    def in_words(self, rules: RuleSet) -> str:
        """Return the step as a readable clause."""
        conclusion = rules.in_words(self.triple)
        if self.rule is None:
            return f"{conclusion} is asserted"
        because = " and ".join(map(rules.in_words, self.premises))
        return f"{conclusion} follows from {because}, as {self.rule.words} ({self.rule.name})"


@dataclass(frozen=True)
class Explainer:
    """Explains the triples of a closure; `base_of` selects those asserted by the data or by the ontology."""

    rules: RuleSet
    closure: Facts
    base_of: Callable[[Collection[Triple]], Collection[Triple]]

    def explain(self, triple: Triple) -> Explanation:
        """Return the last step of a shortest proof of the triple. Raises RequestError if it does not hold."""
        return self._proven(triple)[triple]

    def proof(self, triple: Triple) -> tuple[Explanation, ...]:
        """Return all steps of a proof of the triple, its own first, including asserted triples."""
        proven, steps, waiting = self._proven(triple), dict[Triple, Explanation](), [triple]
        for goal in waiting:
            if goal not in steps:
                steps[goal] = proven[goal]
                waiting.extend(proven[goal].premises)
        return tuple(steps.values())

    def _proven(self, goal: Triple) -> dict[Triple, Explanation]:
        """Return enough steps to prove the goal, each based on earlier ones only."""
        proven: dict[Triple, Explanation] = {}
        ways: dict[Triple, list[Explanation]] = {}
        # Breadth first, from the goal back to its premises, so that the first proof found is a shortest one, and a
        # triple is never proven from itself by way of a cycle.
        frontier = [goal] if goal in self.closure or self.base_of([goal]) else []
        while frontier and goal not in proven:
            base = self.base_of(frontier)
            ways |= {triple: [Explanation(triple)] for triple in frontier if triple in base}
            asserted = {triple for triple, options in ways.items() if any(way.rule is None for way in options)}
            # Nothing is shorter than one step from asserted facts, so no further derivations have to be looked up.
            if not any(asserted.issuperset(way.premises) for way in ways.get(goal, ())):
                ways |= {triple: self._ways(triple) for triple in frontier if triple not in base}
            _prove_all(ways, proven)
            premises = dict.fromkeys(p for triple in frontier for way in ways.get(triple, ()) for p in way.premises)
            frontier = [premise for premise in premises if premise not in ways]
        if goal not in proven:
            raise RequestError(f"{self.rules.in_words(goal)} is neither asserted nor does it follow.")
        return proven

    def _ways(self, triple: Triple) -> list[Explanation]:
        return sorted(self._derivations(triple), key=lambda way: (str(way.rule), [str(p) for p in way.premises]))

    def _derivations(self, triple: Triple) -> Iterator[Explanation]:
        for rule in self.rules.rules_giving(triple):
            binding = unify(rule.head, triple, {})
            for solution in solutions(rule.body, self.closure, binding) if binding is not None else ():
                premises = [instance(pattern, solution) for pattern in rule.body]
                yield Explanation(triple, rule, tuple(premise for premise in premises if premise is not None))


def _prove_all(ways: dict[Triple, list[Explanation]], proven: dict[Triple, Explanation]) -> None:
    """Prove, in rounds, each triple that follows from proven premises only."""
    while True:
        unproven = [(triple, options) for triple, options in ways.items() if triple not in proven]
        sound = ((triple, way) for triple, options in unproven for way in options if proven.keys() >= set(way.premises))
        newly_proven = dict(reversed(list(sound)))  # keeps the first way of each triple; their order is fixed
        if not newly_proven:
            return
        proven.update(newly_proven)
