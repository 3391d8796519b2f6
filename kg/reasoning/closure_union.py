"""What follows from a union of closures but from none of them alone, since inference runs document by document.

A rule with one pattern in its body derives nothing new from a union. A chain does if a link from one closure meets a
link from another: the engine looks these up, and further consequences are inferred incrementally.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import cast

import pyoxigraph as ox
from rdflib import Graph

from kg.iterables import in_batches
from kg.reasoning.canonical_triples import Term
from kg.reasoning.facts import Find, FoundFacts
from kg.reasoning.reasoner import Reasoner
from kg.reasoning.rules import RDF_TYPE, Key, Rule, RulePattern, RuleSet
from kg.terms import EngineTerm, RdflibTriple, from_triple, from_triples

Select = Callable[[str], Iterable[tuple[EngineTerm, ...]]]
"""Yields the solutions of a query over the union."""
MAX_MEETING_PER_QUERY = 1_000
"""Nodes for which one query looks up chains that meet there."""


def infer_across_closures(
    reasoner: Reasoner,
    select: Select,
    find: Find,
    is_asserted: Callable[[RdflibTriple], bool],
    shared: Iterable[EngineTerm],
) -> Graph:
    """Return what follows from a union of closures and is not in it. `shared` are nodes that several may describe.

    The ontology's facts count as one of the closures if a chain has three links, since they may be the middle one.
    Raises ContradictionError if the closures contradict each other.
    """
    of_links = {link.key for rule in reasoner.rules.rules for link in rule.body[1:]}
    keys, about_shared = dict[Term, frozenset[Key]](), list[ox.Triple]()
    for node, of_node in _keys_of_nodes(cast("Iterable[Term]", shared), select):
        keys[node] = frozenset(of_links & of_node)
        for predicate, kind in of_node:
            if _may_contradict(reasoner.rules, (predicate, kind), of_node):
                about_shared += find(node, predicate, cast("Term | None", kind))
    derived = {ox.Triple(*triple) for text in chain_queries(reasoner.rules, keys) for triple in select(text)}  # type: ignore[arg-type]

    def is_stated(triple: ox.Triple) -> bool:
        return is_asserted(from_triple(triple))

    return from_triples(reasoner.infer_across(FoundFacts(find), derived, about_shared, is_stated))


def _keys_of_nodes(nodes: Iterable[Term], select: Select) -> Iterator[tuple[Term, set[Key]]]:
    """Yield nodes with the keys of all triples about them."""
    # The relations and classes only: to read all the triples of nodes that many closures mention takes much longer.
    for batch in in_batches(nodes, MAX_MEETING_PER_QUERY):
        keys = dict[Term, set[Key]]((node, set()) for node in batch)
        values = f"VALUES ?node {{ {' '.join(map(str, batch))} }}"
        for node, relation in select(f"SELECT DISTINCT ?node ?relation WHERE {{ {values} ?node ?relation ?value }}"):
            keys[cast("Term", node)].add((cast("ox.NamedNode", relation), None))
        for node, kind in select(f"SELECT ?node ?kind WHERE {{ {values} ?node {RDF_TYPE} ?kind }}"):
            keys[cast("Term", node)].add((RDF_TYPE, cast("Term", kind)))
        yield from keys.items()


def _may_contradict(rules: RuleSet, key: Key, keys: Collection[Key]) -> bool:
    """Return whether triples of a key may contradict others, given the keys of everything about their subject."""
    for axiom, place in rules.inconsistencies_by_body.get(key, ()):
        others = axiom.body[:place] + axiom.body[place + 1 :]
        subject = axiom.body[place].subject
        # Nothing contradicts an axiom by itself or with the ontology's facts, or its own closure would be inconsistent.
        if others and all(other.key in keys for other in others if other.subject == subject):
            return True
    return False


def chain_queries(rules: RuleSet, shared: dict[Term, frozenset[Key]]) -> Iterator[str]:
    """Yield queries for what chains derive in one step at shared nodes (with the keys of their triples), if missing.

    Links from two closures can only meet at a node that both describe.
    """
    for rule in rules.rules:
        for link, following in zip(rule.body, rule.body[1:], strict=False):
            meeting = (node for node, keys in shared.items() if following.key in keys)
            for nodes in in_batches(meeting, MAX_MEETING_PER_QUERY):
                yield _query(rule, link, nodes)


def _query(rule: Rule, link: RulePattern, meeting: Collection[Term]) -> str:
    head = rule.head
    body = " ".join(map(_pattern, rule.body))
    # Nothing is inferred about literals, which cannot be subjects in RDF.
    missing = f"FILTER NOT EXISTS {{ {_pattern(head)} }} FILTER(!isLiteral({head.subject}))"
    select = f"SELECT DISTINCT ({head.subject} AS ?s) ({head.predicate} AS ?p) ({head.object} AS ?o)"
    return f"{select} WHERE {{ VALUES {link.object} {{ {' '.join(map(str, meeting))} }} {body} {missing} }}"


def _pattern(pattern: RulePattern) -> str:
    return f"{pattern.subject} {pattern.predicate} {pattern.object} ."
