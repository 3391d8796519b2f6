"""What a change of the asserted facts changes in what follows: delete what lost its support, restore, then add.

This is delete-and-rederive (Gupta, Mumick and Subrahmanian 1993); its cost grows with the change, not with the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Quad, Triple

from kg.inference.facts import Facts, Layered, facts_of, instance, solutions, unify
from kg.inference.rules import Pattern, Rule, RuleSet


@dataclass(frozen=True)
class Change:
    """Triples that enter and that leave the inferred graph, which holds nothing that is asserted."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class Update:
    """One change: `before` is the closure before it, `is_base` tells what is asserted after it."""

    def __init__(self, rules: RuleSet, before: Facts, is_base: Callable[[Triple], bool]) -> None:
        self.rules, self.before, self.is_base = rules, before, is_base
        self._gone: set[Triple] = set()
        self._come = facts_of(())
        self.after = Layered((before, self._come), self._gone)

    def run(self, added: Iterable[Triple], removed: Iterable[Triple]) -> Change:
        """Return the change; `added` are asserted since, `removed` no longer, by any graph."""
        taken = {triple for triple in removed if not self.is_base(triple) and triple in self.before}
        given = {triple for triple in added if self.is_base(triple)}
        self._delete(taken)
        self._insert([*given, *(triple for triple in self._gone if self._derivable(triple))])
        entered = {t for t in self.new() if not self.is_base(t) and (t in taken or t not in self.before)}
        left = {triple for triple in self._gone if triple not in taken and triple not in self._come}
        return Change(frozenset(entered), frozenset(left | {triple for triple in given if triple in self.before}))

    def new(self) -> Iterator[Triple]:
        """Yield what was added, and what was restored after it had been taken away for a while."""
        return (quad.triple for quad in self._come.store)

    def _delete(self, taken: set[Triple]) -> None:
        """Take away whatever some derivation rests on a triple that went, asserted facts excepted."""
        self._gone |= taken
        waiting = list(taken)
        while waiting:
            for head in self._heads(waiting.pop(), self.before):
                if head not in self._gone and head in self.before and not self.is_base(head):
                    self._gone.add(head)
                    waiting.append(head)

    def _insert(self, waiting: list[Triple]) -> None:
        while waiting:
            triple = waiting.pop()
            if triple not in self.after:
                self._come.store.add(Quad(*triple))
                waiting.extend(head for head in self._heads(triple, self.after) if head not in self.after)

    def _heads(self, triple: Triple, facts: Facts) -> Iterator[Triple]:
        """Yield what the rules make of the triple together with the facts."""
        for rule, place in self.rules.rules_for(triple):
            binding = unify(rule.body[place], triple, {})
            for found in solutions(_without(rule, place), facts, binding) if binding is not None else ():
                head = instance(rule.head, found)
                if head is not None and head.subject not in self.rules.schema:
                    yield head

    def _derivable(self, triple: Triple) -> bool:
        """Tell whether one step leads to the triple from what is left."""
        for rule in self.rules.rules_giving(triple):
            binding = unify(rule.head, triple, {})
            if binding is not None and any(True for _ in solutions(rule.body, self.after, binding)):
                return True
        return False


def _without(rule: Rule, place: int) -> tuple[Pattern, ...]:
    return rule.body[:place] + rule.body[place + 1 :]
