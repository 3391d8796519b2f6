"""What follows from a union of closures and is in none of them: a corpus is inferred from document by document.

A rule with one pattern in its body derives nothing new from a union. A chain does where a link of one closure meets a
link of another, and the engine looks these up; what follows further is inferred incrementally.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node

from kg.reasoning.graph_reasoner import Pattern, PatternFacts, Triple
from kg.reasoning.reasoner import Reasoner
from kg.reasoning.rules import Rule, RulePattern, RuleSet
from kg.terms import from_triple, from_triples, to_triple

Select = Callable[[str], Iterable[tuple[Node, ...]]]
"""Yields the solutions of a query over the union."""


def infer_across(
    reasoner: Reasoner,
    select: Select,
    find: Callable[[Pattern], Iterable[Triple]],
    is_asserted: Callable[[Triple], bool],
    shared: Iterable[Node],
) -> Graph:
    """Return what a union of closures lacks. `shared` are the nodes of which several of them speak.

    Raises ContradictionError if they contradict each other.
    """
    derived = {to_triple(triple) for text in chain_queries(reasoner.rules) for triple in select(text)}  # type: ignore[arg-type]
    known: dict[Node, defaultdict[Node, dict[Node, Triple]]] = {node: defaultdict(dict) for node in shared}
    for node, by_relation in known.items():
        for triple in find((node, None, None)):
            by_relation[triple[1]][triple[2]] = triple
    about_shared = [
        to_triple(triple)
        for by_relation in known.values()
        for by_value in by_relation.values()
        for triple in by_value.values()
    ]

    def find_once(pattern: Pattern) -> Iterable[Triple]:
        # Contradictions are looked for at these nodes, and looking each pattern up takes ten times as long.
        subject, relation, value = pattern
        if subject not in known or relation is None:
            return find(pattern)
        by_value = known[subject].get(relation, {})
        return [*by_value.values()] if value is None else [by_value[value]] if value in by_value else []

    def is_stated(triple: ox.Triple) -> bool:
        return is_asserted(from_triple(triple))

    return from_triples(reasoner.infer_across(PatternFacts(find_once), derived, about_shared, is_stated))


def chain_queries(rules: RuleSet) -> Iterator[str]:
    """Yield for each chain the query of what it derives in one step and is not there."""
    return map(_query, (rule for rule in rules.rules if len(rule.body) > 1))


def _query(rule: Rule) -> str:
    head = rule.head
    body = " ".join(map(_pattern, rule.body))
    # Of literals nothing is inferred: RDF has none as subjects.
    missing = f"FILTER NOT EXISTS {{ {_pattern(head)} }} FILTER(!isLiteral({head.subject}))"
    parts = f"({head.subject} AS ?s) ({head.predicate} AS ?p) ({head.object} AS ?o)"
    return f"SELECT DISTINCT {parts} WHERE {{ {body} {missing} }}"


def _pattern(pattern: RulePattern) -> str:
    return f"{pattern.subject} {pattern.predicate} {pattern.object} ."
