"""The closure: rules run over sets of pairs to a fixpoint, each round on what the round before added (semi-naive).

Terms are numbers while it runs, and every step is an operation on whole sets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import cast

from pyoxigraph import Literal, NamedNode, Triple, Variable

from kg.reasoning.canonical_triples import Term, parts
from kg.reasoning.rules import RDF_TYPE, Rule, RulePattern, RuleSet, Slot

Pair = tuple[int, int]
Pairs = set[Pair]
Relation = tuple[int, int]
"""A predicate and NO_CLASS, or the type predicate and a class: what one set of pairs holds."""
Added = dict[Relation, Pairs]
NO_CLASS = -1


class TermNumbers:
    """Numbers for terms, and back."""

    def __init__(self, schema: Iterable[NamedNode] = ()) -> None:
        self._numbers: dict[Term, int] = {}
        self._terms: list[Term] = []
        self.barred = {self.number(term) for term in sorted(schema)}
        """Numbers of terms about which nothing is inferred: classes, properties and literals."""

    def number(self, term: Term) -> int:
        """Return the term's number, a new one at its first use."""
        number = self._numbers.setdefault(term, len(self._terms))
        if number == len(self._terms):
            self._terms.append(term)
            if isinstance(term, Literal):
                self.barred.add(number)  # RDF has no literals as subjects
        return number

    def term(self, number: int) -> Term:
        """Return the term of a number."""
        return self._terms[number]

    def relation(self, predicate: NamedNode, object_: Slot) -> Relation:
        """Return the relation that a triple or a pattern belongs to."""
        # A relation for each class, and not one for rdf:type: most rules read the members of one class.
        known = predicate == RDF_TYPE and not isinstance(object_, Variable)
        return self.number(predicate), self.number(cast("Term", object_)) if known else NO_CLASS


class PairIndex:
    """The pairs of one relation by either end, for the rules that follow a path."""

    def __init__(self) -> None:
        self.onward: defaultdict[int, set[int]] = defaultdict(set)
        self.back: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, pairs: Pairs) -> None:
        """Index pairs by their subject and by their object."""
        for subject, object_ in pairs:
            self.onward[subject].add(object_)
            self.back[object_].add(subject)


class Closure:
    """Facts and all that follows from them."""

    def __init__(self, rules: RuleSet, facts: Iterable[Triple]) -> None:
        self.terms = TermNumbers(rules.schema)
        self._pairs: defaultdict[Relation, Pairs] = defaultdict(set)
        self._inferred: defaultdict[Relation, Pairs] = defaultdict(set)
        # Only relations that a chain joins are indexed: an index holds each pair twice more.
        self._links = {
            self.relation(link): PairIndex() for rule in rules.rules if len(rule.body) > 1 for link in rule.body
        }
        self._uses: defaultdict[Relation, list[tuple[Rule, int]]] = defaultdict(list)
        for rule in rules.rules:
            for place, pattern in enumerate(rule.body):
                self._uses[self.relation(pattern)].append((rule, place))
        self._run(self._by_relation(facts))

    def relation(self, pattern: RulePattern) -> Relation:
        """Return the relation that the pattern reads."""
        return self.terms.relation(pattern.predicate, pattern.object)

    def inferred(self) -> Iterator[Triple]:
        """Yield the triples that follow from the facts, without these."""
        return self._triples(self._inferred)

    def everything(self) -> Iterator[Triple]:
        """Yield the facts and the triples that follow from them."""
        return self._triples(self._pairs)

    def _triples(self, relations: Added) -> Iterator[Triple]:
        term = self.terms.term
        for (predicate, _), pairs in relations.items():
            named = term(predicate)
            for subject, object_ in pairs:
                yield Triple(term(subject), named, term(object_))  # type: ignore[arg-type]

    def _by_relation(self, facts: Iterable[Triple]) -> Added:
        by_relation: Added = defaultdict(set)
        number, relation = self.terms.number, self.terms.relation
        for fact in facts:
            subject, predicate, object_ = parts(fact)
            by_relation[relation(predicate, object_)].add((number(subject), number(object_)))
        return by_relation

    def matching(self, pattern: RulePattern) -> Pairs:
        """Return the pairs of subject and object that match the pattern."""
        return self._selected(pattern, self._pairs[self.relation(pattern)])

    def _run(self, added: Added) -> None:
        self._record(added)
        # Semi-naive: a derivation that is new has a new pair at some place of its body, so that each round tries only
        # the pairs of the round before, at every place that they fit.
        while added:
            derived: Added = defaultdict(set)
            for relation, pairs in added.items():
                for rule, place in self._uses.get(relation, ()):
                    derived[self.relation(rule.head)] |= self._apply(rule, place, pairs)
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
        """Return what the rule makes of new pairs at one place of its body and of all pairs at the others."""
        # A body of several patterns is a chain: each begins where the one before it ends.
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
        # The pairs of a type are those of one class already: its relation names the class.
        if pattern.predicate == RDF_TYPE or isinstance(pattern.object, Variable):
            return pairs
        value = self.terms.number(pattern.object)
        return {pair for pair in pairs if pair[1] == value}

    def _in_head_order(self, body: RulePattern, head: RulePattern, pairs: Pairs) -> Pairs:
        """Return the pairs as the head orders them."""
        if not isinstance(head.object, Variable):
            value, side = self.terms.number(head.object), 0 if head.subject == body.subject else 1
            return {(pair[side], value) for pair in pairs}
        return pairs if head.subject == body.subject else _swapped(pairs)


def _swapped(pairs: Pairs) -> Pairs:
    return {(object_, subject) for subject, object_ in pairs}


def _joined(pairs: Pairs, onward: dict[int, set[int]]) -> Pairs:
    """Return the pairs with each second end replaced by all that lies onward of it."""
    # One union a subject instead of one addition a pair: in the transitive relations many paths meet.
    grouped: defaultdict[int, list[set[int]]] = defaultdict(list)
    for subject, object_ in pairs:
        if ends := onward.get(object_):
            grouped[subject].append(ends)
    return {(subject, end) for subject, sets in grouped.items() for end in set().union(*sets)}
