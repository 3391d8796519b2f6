"""Incremental inference: how a change of the asserted facts changes the inferred ones.

The algorithm is delete and rederive (Gupta, Mumick and Subrahmanian 1993): delete whatever lost a derivation, restore
what has another, then add what is new. The cost grows with the change, not with the number of facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Quad, Triple

from kg.reasoning.facts import Facts, LayeredFacts, facts_of, instance, solutions, unify
from kg.reasoning.rules import Rule, RulePattern, RuleSet


@dataclass(frozen=True)
class InferredChange:
    """Triples to add to and to remove from the inferred graph, which never contains asserted triples."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class IncrementalClosure:
    """A closure updated by one change: `before` is the closure before it, `is_asserted` tests assertions after it."""

    def __init__(self, rules: RuleSet, before: Facts, is_asserted: Callable[[Triple], bool]) -> None:
        self.rules, self.before, self.is_asserted = rules, before, is_asserted
        self._deleted: set[Triple] = set()
        self._inserted = facts_of(())
        # The set itself rather than a copy, so that triples deleted later are missing from this view too.
        self.after = LayeredFacts((before, self._inserted), self._deleted)

    def run(self, added: Iterable[Triple], removed: Iterable[Triple]) -> InferredChange:
        """Return the change; `added` are now asserted by a graph, `removed` no longer by any."""
        withdrawn = {triple for triple in removed if not self.is_asserted(triple) and triple in self.before}
        asserted = {triple for triple in added if self.is_asserted(triple)}
        # Deletion comes first and intentionally deletes too much: facts that only support each other in a cycle must
        # not keep each other alive. Facts with a derivation from the remaining ones are restored with the insertions.
        self._delete(withdrawn)
        self._insert([*asserted, *(triple for triple in self._deleted if self._derivable(triple))])
        entered = {t for t in self.inserted() if not self.is_asserted(t) and (t in withdrawn or t not in self.before)}
        left = {triple for triple in self._deleted if triple not in withdrawn and triple not in self._inserted}
        # A triple that was inferred and is now asserted leaves the inferred graph, although it still holds.
        no_longer_inferred = {triple for triple in asserted if triple in self.before}
        return InferredChange(frozenset(entered), frozenset(left | no_longer_inferred))

    def extend(self, derived: Iterable[Triple]) -> None:
        """Add triples that follow from the facts, and everything that follows from these."""
        self._insert([*derived])

    def inserted(self) -> Iterator[Triple]:
        """Yield the triples that were added, and those that were deleted and then restored."""
        return (quad.triple for quad in self._inserted.store)

    def _delete(self, withdrawn: set[Triple]) -> None:
        """Delete every inferred triple with a derivation that depends on a withdrawn one."""
        self._deleted |= withdrawn
        waiting = list(withdrawn)
        while waiting:
            # With the facts before the change, since the other premises of a derivation may be withdrawn too.
            for head in self._heads(waiting.pop(), self.before):
                # An asserted triple stays, and so does everything that follows from it.
                if head not in self._deleted and head in self.before and not self.is_asserted(head):
                    self._deleted.add(head)
                    waiting.append(head)

    def _insert(self, waiting: list[Triple]) -> None:
        while waiting:
            triple = waiting.pop()
            if triple not in self.after:
                self._inserted.store.add(Quad(*triple))
                waiting.extend(head for head in self._heads(triple, self.after) if head not in self.after)

    def _heads(self, triple: Triple, facts: Facts) -> Iterator[Triple]:
        """Yield what the rules derive from the triple and the facts."""
        for rule, place in self.rules.rules_for(triple):
            binding = unify(rule.body[place], triple, {})
            for solution in solutions(_without(rule, place), facts, binding) if binding is not None else ():
                head = instance(rule.head, solution)
                if head is not None and head.subject not in self.rules.schema:
                    yield head

    def _derivable(self, triple: Triple) -> bool:
        """Return whether a rule derives the triple from the remaining facts."""
        for rule in self.rules.rules_giving(triple):
            binding = unify(rule.head, triple, {})
            if binding is not None and any(True for _ in solutions(rule.body, self.after, binding)):
                return True
        return False


def _without(rule: Rule, place: int) -> tuple[RulePattern, ...]:
    return rule.body[:place] + rule.body[place + 1 :]
