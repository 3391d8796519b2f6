"""The closure: rules are applied to sets of pairs up to a fixpoint, each round to the pairs that the last one added.

This is semi-naive evaluation. Terms are represented by numbers, and every step is an operation on whole sets.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import cast

from pyoxigraph import NamedNode, Variable

from kg.reasoning.canonical_triples import Term
from kg.reasoning.rules import RDF_TYPE, Rule, RulePattern, RuleSet, Slot
from kg.terms import from_text, write_lines

Pair = tuple[int, int]
Pairs = set[Pair]
Relation = tuple[int, int]
"""The key of a set of pairs: a predicate and NO_CLASS, or rdf:type and a class."""
Added = dict[Relation, Pairs]
NO_CLASS = -1


class TermNumbers(dict[bytes, int]):
    """Numbers for terms in canonical N-Triples, assigned at their first use."""

    # Terms are texts rather than the engine's objects, which take several times as long to create and compare.
    def __init__(self, numbers: TermNumbers | None = None) -> None:
        super().__init__(numbers or {})
        self.texts: list[bytes] = [*numbers.texts] if numbers else []
        self.barred: set[int] = {*numbers.barred} if numbers else set()
        """Numbers of terms about which nothing is inferred: classes, properties and literals."""

    def __missing__(self, text: bytes) -> int:
        number = self[text] = len(self.texts)
        self.texts.append(text)
        if text.startswith(b'"'):
            self.barred.add(number)  # literals cannot be subjects in RDF
        return number

    def term(self, number: int) -> Term:
        """Return the term with a number."""
        return cast("Term", from_text(self.texts[number]))

    def relation(self, predicate: NamedNode, object_: Slot) -> Relation:
        """Return the relation that a pattern belongs to."""
        # One relation per class instead of one for rdf:type: most rules read the members of a single class.
        known = predicate == RDF_TYPE and not isinstance(object_, Variable)
        return self[_text(predicate)], self[_text(object_)] if known else NO_CLASS


@lru_cache(maxsize=4096)
def _text(term: Slot) -> bytes:
    return str(term).encode()


class PairIndex:
    """The pairs of one relation by either end, for rules that follow a path."""

    def __init__(self) -> None:
        self.onward: defaultdict[int, set[int]] = defaultdict(set)
        self.back: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, pairs: Pairs) -> None:
        """Index pairs by their subject and by their object."""
        for subject, object_ in pairs:
            self.onward[subject].add(object_)
            self.back[object_].add(subject)

    def copy(self) -> PairIndex:
        """Return an independent index with the same pairs."""
        new = PairIndex()
        for ends, own in ((new.onward, self.onward), (new.back, self.back)):
            ends.update((node, {*others}) for node, others in own.items())
        return new


class Closure:
    """The facts of an ontology, the facts added to them, and everything that follows from these."""

    def __init__(self, rules: RuleSet) -> None:
        self.terms = TermNumbers()
        self.terms.barred |= {self.terms[_text(term)] for term in sorted(rules.schema)}
        self._pairs: defaultdict[Relation, Pairs] = defaultdict(set)
        self._inferred: defaultdict[Relation, Pairs] = defaultdict(set)
        # Only relations that are joined in chains are indexed: an index stores each pair two more times.
        self._links = {
            self.relation(link): PairIndex() for rule in rules.rules if len(rule.body) > 1 for link in rule.body
        }
        self._uses: defaultdict[Relation, list[tuple[Rule, int, Relation]]] = defaultdict(list)
        for rule in rules.rules:
            for place, pattern in enumerate(rule.body):
                self._uses[self.relation(pattern)].append((rule, place, self.relation(rule.head)))
        self._run(self._by_relation(write_lines(rules.facts)))

    def extended(self, lines: bytes) -> Closure:
        """Return the closure of these facts and of others in canonical N-Triples; only the latter start inferences."""
        new = object.__new__(Closure)
        new.terms, new._uses = TermNumbers(self.terms), self._uses
        new._pairs, new._inferred = defaultdict(set), defaultdict(set)
        new._pairs.update((relation, {*pairs}) for relation, pairs in self._pairs.items())
        new._links = {relation: index.copy() for relation, index in self._links.items()}
        new._run(new._by_relation(lines))
        return new

    def relation(self, pattern: RulePattern) -> Relation:
        """Return the relation that a pattern reads."""
        return self.terms.relation(pattern.predicate, pattern.object)

    def inferred(self) -> bytes:
        """Return the triples that follow from the facts, but not the facts themselves, as N-Triples."""
        return self._lines(self._inferred)

    def everything(self) -> bytes:
        """Return the facts and the triples that follow from them, as N-Triples."""
        return self._lines(self._pairs)

    def _lines(self, relations: Added) -> bytes:
        texts = self.terms.texts
        return b"".join(
            b"%b %b %b .\n" % (texts[subject], texts[predicate], texts[object_])
            for (predicate, _), pairs in relations.items()
            for subject, object_ in pairs
        )

    def _by_relation(self, lines: bytes) -> Added:
        by_relation: Added = defaultdict(set)
        numbers, type_number = self.terms, self.terms[_text(RDF_TYPE)]
        for line in lines.splitlines():
            # Terms are separated by single spaces, and only the object may contain others.
            subject, predicate, rest = line.split(b" ", 2)
            relation, object_ = numbers[predicate], numbers[rest[:-2]]
            kind = object_ if relation == type_number else NO_CLASS
            by_relation[relation, kind].add((numbers[subject], object_))
        return by_relation

    def matching(self, pattern: RulePattern) -> Pairs:
        """Return the pairs of subject and object that match the pattern."""
        return self._selected(pattern, self._pairs[self.relation(pattern)])

    def _run(self, added: Added) -> None:
        self._record(added)
        # Semi-naive: a new derivation has a new pair somewhere in its body, so each round only tries the pairs of the
        # last round, at every place where they fit.
        while added:
            derived: Added = defaultdict(set)
            for relation, pairs in added.items():
                for rule, place, head in self._uses.get(relation, ()):
                    derived[head] |= self._apply(rule, place, pairs)
            added = {relation: new for relation, all_ in derived.items() if (new := self._new(relation, all_))}
            self._record(added)
            for relation, new in added.items():
                self._inferred[relation] |= new

    def _new(self, relation: Relation, derived: Pairs) -> Pairs:
        barred = self.terms.barred
        return {pair for pair in derived - self._pairs[relation] if pair[0] not in barred}

    def _record(self, added: Added) -> None:
        for relation, pairs in added.items():
            self._pairs[relation] |= pairs
            if relation in self._links:
                self._links[relation].add(pairs)

    def _apply(self, rule: Rule, place: int, pairs: Pairs) -> Pairs:
        """Apply a rule to new pairs at one place of its body and to all pairs at the other places."""
        # A body with several patterns is a chain: each begins where the one before it ends.
        if len(rule.body) == 1:
            return self._in_head_order(rule.body[0], rule.head, self._selected(rule.body[0], pairs))
        for link in rule.body[place + 1 :]:
            pairs = _joined(pairs, self._links[self.relation(link)].onward)
        if place:
            backward = _swapped(pairs)
            for link in reversed(rule.body[:place]):
                backward = _joined(backward, self._links[self.relation(link)].back)
            pairs = _swapped(backward)
        return pairs

    def _selected(self, pattern: RulePattern, pairs: Pairs) -> Pairs:
        if pattern.subject == pattern.object:
            return {pair for pair in pairs if pair[0] == pair[1]}
        # A relation for rdf:type already has only the members of one class.
        if pattern.predicate == RDF_TYPE or isinstance(pattern.object, Variable):
            return pairs
        value = self.terms[_text(pattern.object)]
        return {pair for pair in pairs if pair[1] == value}

    def _in_head_order(self, body: RulePattern, head: RulePattern, pairs: Pairs) -> Pairs:
        """Return the pairs in the order of the head's terms."""
        if not isinstance(head.object, Variable):
            value, side = self.terms[_text(head.object)], 0 if head.subject == body.subject else 1
            return {(pair[side], value) for pair in pairs}
        return pairs if head.subject == body.subject else _swapped(pairs)


def _swapped(pairs: Pairs) -> Pairs:
    return {(object_, subject) for subject, object_ in pairs}


def _joined(pairs: Pairs, onward: dict[int, set[int]]) -> Pairs:
    """Return the pairs with each second end replaced by all its successors."""
    # One union per subject instead of one addition per pair: many paths meet in transitive relations.
    grouped: defaultdict[int, list[set[int]]] = defaultdict(list)
    for subject, object_ in pairs:
        if ends := onward.get(object_):
            grouped[subject].append(ends)
    return {(subject, end) for subject, sets in grouped.items() for end in set().union(*sets)}
