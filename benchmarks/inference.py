"""How long inference takes: compiled rules against owlrl and `reasonable`, and a change against everything anew.

`python benchmarks/inference.py` ends within a minute, with `--short` in seconds, with `--large` (a million facts) in
a few minutes; the figures of one run are of one machine under one load, so the ratios are what to compare.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import count, islice
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from rdflib import XSD, Graph
from rdflib.term import Node as RdflibNode

from kg.namespaces import ONTOLOGY, SCHEME
from kg.reasoning import owlrl_reference as oracle
from kg.reasoning.canonical_triples import canonical, parts
from kg.reasoning.facts import StoreFacts
from kg.reasoning.reasoner import Reasoner
from kg.terms import from_triples, to_triples

BESIDE_OWLRL = (300, 1_300, 3_000)
"""Facts at which owlrl is run too; its time grows faster than the facts do."""
ALONE = (10_000, 100_000)
LARGE = 1_000_000
CHANGED = 200
"""Facts that a change replaces."""
Result = TypeVar("Result")
Node = TypeVar("Node", NamedNode | BlankNode, NamedNode | BlankNode | Literal)

ARTICLE = f"""
@prefix : <https://example.org/N/> . @prefix cq: <{ONTOLOGY}> . @prefix act: <{SCHEME}act/> . @prefix xsd: <{XSD}> .
:article a cq:Article . :town a cq:Place ; cq:within :land . :land a cq:Place ; cq:within :world .
:world a cq:Place . :office a cq:Organization ; cq:partOf :state . :state a cq:Organization .
:ann a cq:Person ; cq:name "Ann" . :bob a cq:Person ; cq:name "Bob" .
:holding a cq:Holding ; cq:post :post ; cq:incumbent :ann .
:post a cq:Post ; cq:hasHolding :holding ; cq:postIn :office .
:talks a cq:Meeting ; cq:place :town ; cq:hasParticipation :part .
:talks cq:earliestBegin "2020-01-01T00:00:00Z"^^xsd:dateTime .
:part a cq:Participation ; cq:attendee :ann . :round a cq:Event ; cq:subEventOf :talks .
:one a cq:Statement ; cq:source :ann ; cq:act act:accuse ; cq:about :state ; cq:says :if ; cq:relays :two .
:two a cq:Statement ; cq:source :bob ; cq:act act:deny ; cq:about :talks ; cq:relays :three ; cq:contradicts :one .
:three a cq:Statement ; cq:source :eve ; cq:act act:assert ; cq:says :if . :eve a cq:Person .
:one cq:statedIn :article . :two cq:statedIn :article .
:if a cq:Proposition ; cq:about :town ; cq:condition :then . :then a cq:Proposition .
"""
"""One made-up article's facts; a corpus is as many of them as it takes, each with names of its own."""


def shipped() -> Graph:
    """Return the shipped ontology, its alignments and its schemes as one graph."""
    graph = Graph()
    for file in sorted((Path(__file__).parents[1] / "ontology").rglob("*.ttl")):
        graph.parse(file)
    return graph


def corpus(size: int) -> frozenset[Triple]:
    """Return so many facts, of as many articles as hold them."""
    return frozenset(islice(_articles(), size))


def _articles() -> Iterator[Triple]:
    article = sorted(canonical(to_triples(Graph().parse(data=ARTICLE))), key=str)
    for number in count():
        for subject, predicate, object_ in map(parts, article):
            yield Triple(_named(subject, number), predicate, _named(object_, number))


def _named(term: Node, number: int) -> Node:
    """Return the term of the made-up article's with that number."""
    return NamedNode(term.value.replace("/N/", f"/{number}/")) if isinstance(term, NamedNode) else term


def timed(run: Callable[[], Result]) -> tuple[float, Result]:
    """Return the seconds of wall-clock time that a call took, and its result."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def against_owlrl(ontology: Graph, size: int) -> None:
    """Print one row: both closures' times over the same facts, and whether they agree."""
    asserted, reasoner = corpus(size), Reasoner(ontology)
    data = from_triples(asserted)
    ours, inferred = timed(lambda: reasoner.infer(asserted))
    theirs, inferred_by_owlrl = timed(lambda: oracle.infer(data, ontology))
    agree = canonical(to_triples(inferred_by_owlrl)) == inferred
    print(f"{size:>9,} facts: rules {ours:.3f} s, owlrl {theirs:.2f} s, {theirs / ours:,.0f} times; agree: {agree}")


def against_reasonable(ontology: Graph, size: int) -> None:
    """Print one row: the times of both over the same facts, and how much the other does not infer, if it is there."""
    if importlib.util.find_spec("reasonable") is None:
        print("reasonable is not installed (pip install reasonable==0.4.*): not measured")
        return
    asserted, rules = corpus(size), Reasoner(ontology)
    ours, inferred = timed(lambda: rules.infer(asserted))
    other, data = importlib.import_module("reasonable").PyReasoner(), from_triples(asserted) + ontology
    theirs, closure = timed(lambda: _reasoned(other, data))
    missing = len(inferred - canonical(to_triples(closure)))
    name = f"reasonable {version('reasonable')}"
    print(f"{size:>9,} facts: rules {ours:.3f} s, {name} {theirs:.3f} s, which lacks {missing:,} of {len(inferred):,}")


def _reasoned(reasoner: Any, data: Graph) -> Graph:  # noqa: ANN401 -- of a library that is not installed with the others
    reasoner.from_graph(data)
    closure = Graph()
    for triple in reasoner.reason():
        if all(isinstance(term, RdflibNode) for term in triple):
            closure.add(triple)
    return closure


def alone(reasoner: Reasoner, size: int) -> None:
    """Print one row: the rules' time over many facts, and that of a change of some of them."""
    asserted = corpus(size)
    seconds, inferred = timed(lambda: reasoner.infer(asserted))
    store = Store()
    store.bulk_extend(Quad(*triple) for triple in asserted | inferred)
    removed = frozenset(islice(sorted(asserted, key=str), CHANGED))
    remaining = asserted - removed
    step, change = timed(lambda: reasoner.infer_delta(StoreFacts(store), remaining.__contains__, removed=removed))
    effect = f"without {CHANGED}: {len(change.added) + len(change.removed)} in {step:.3f} s"
    print(f"{size:>9,} facts: {len(inferred):,} inferred in {seconds:.2f} s; {effect}")


def main() -> None:
    """Print what ran where, then the rows."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "owlrl"))
    print(f"Python {platform.python_version()}, {libraries}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    ontology = shipped()
    seconds, reasoner = timed(lambda: Reasoner(ontology))
    print(
        f"{len(reasoner.rules.rules)} rules and {len(reasoner.rules.inconsistencies)} inconsistencies"
        f" compiled in {seconds:.3f} s"
    )
    beside, by_rules = (BESIDE_OWLRL[:1], ALONE[:1]) if "--short" in sys.argv[1:] else (BESIDE_OWLRL, ALONE)
    for size in beside:
        against_owlrl(ontology, size)
    for size in (beside[-1], ALONE[0]):
        against_reasonable(ontology, size)
    for size in (*by_rules, LARGE) if "--large" in sys.argv[1:] else by_rules:
        alone(reasoner, size)
    print(f"load at the end {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
