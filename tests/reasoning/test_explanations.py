"""Why a triple holds: a rule and the triples that it rests on, down to what was asserted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, Store
from rdflib import RDF, Graph, Namespace

from kg.errors import RequestError
from kg.reasoning.canonical_triples import canonical
from kg.reasoning.facts import StoreFacts, instance, unify
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.reasoner import Reasoner
from kg.terms import to_triple, to_triples
from tests.support.reasoning import explain, explainer

EX = Namespace("https://example.org/")
PREFIXES = (
    "@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
)
QUIET = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def parsed(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text)


def test_a_step_names_the_rule_the_axiom_and_the_premises() -> None:
    ontology = parsed(":r owl:propertyChainAxiom ( :p :q ) .")
    step = explain((EX.a, EX.r, EX.c), parsed(":a :p :b . :b :q :c ."), ontology)
    assert step.rule is not None
    assert (step.rule.name, step.rule.words) == ("prp-spo2", ":p, then :q together make :r")
    assert step.premises == (to_triple((EX.a, EX.p, EX.b)), to_triple((EX.b, EX.q, EX.c)))
    assert step.in_words(Reasoner(ontology).rules) == (
        "':a :r :c' follows from ':a :p :b' and ':b :q :c', as :p, then :q together make :r (prp-spo2)"
    )


def test_an_asserted_triple_needs_no_rule() -> None:
    step = explain((EX.a, EX.p, EX.b), parsed(":a :p :b, :c ."), parsed(":p a owl:SymmetricProperty ."))
    assert step.rule is None


def test_a_triple_that_does_not_hold_cannot_be_explained() -> None:
    with pytest.raises(RequestError, match="':b :p :a' is neither asserted nor does it follow"):
        explain((EX.b, EX.p, EX.a), parsed(":a :p :b ."), parsed(":p a owl:TransitiveProperty ."))


def test_a_proof_never_goes_in_a_circle() -> None:
    why = explainer(parsed(":x a :A ."), parsed(":A owl:equivalentClass :B . :B owl:equivalentClass :C ."))
    proof = why.proof(to_triple((EX.x, RDF.type, EX.C)))
    assert [step.rule.name if step.rule else "asserted" for step in proof] == ["cax-eqc1", "cax-eqc1", "asserted"]


def test_the_shortest_proof_of_a_long_transitive_path_is_short() -> None:
    data = parsed(" ".join(f":n{number} :p :n{number + 1} ." for number in range(16)))
    why = explainer(data, parsed(":p a owl:TransitiveProperty ."))
    depth: dict[object, int] = {}
    for step in reversed(why.proof(to_triple((EX.n0, EX.p, EX.n16)))):
        depth[step.triple] = 1 + max((depth.get(premise, 0) for premise in step.premises), default=-1)
    assert depth[to_triple((EX.n0, EX.p, EX.n16))] <= 5


def test_every_inferred_triple_of_any_world_has_a_proof_that_is_sound(sound_worlds: st.SearchStrategy[Any]) -> None:
    proven = 0

    @QUIET
    @given(sound_worlds)
    def sound(world: Any) -> None:  # noqa: ANN401
        nonlocal proven
        asserted = canonical(to_triples(world.data)) | Reasoner(world.ontology).rules.facts
        why = explainer(world.data, world.ontology)
        for triple in to_triples(infer(world.data, world.ontology)):
            settled: set[object] = set()
            steps = {step.triple: step for step in why.proof(triple)}
            while triple not in settled:
                ready = {t for t, step in steps.items() if set(step.premises) <= settled} - settled
                assert ready, "the proof goes in a circle"
                settled |= ready
            for step in steps.values():
                assert (step.rule is None) == (step.triple in asserted)
                if step.rule is not None:
                    binding: Any = unify(step.rule.head, step.triple, {})
                    for pattern, premise in zip(step.rule.body, step.premises, strict=True):
                        binding = unify(pattern, premise, binding)
                    assert instance(step.rule.head, binding) == step.triple
            proven += 1

    sound()
    assert proven > 50


def test_a_store_of_asserted_and_inferred_triples_explains_itself() -> None:
    reasoner, asserted = Reasoner(parsed(":A rdfs:subClassOf :B .")), canonical(to_triples(parsed(":x a :A .")))
    store = Store()
    store.extend(Quad(*triple) for triple in asserted | reasoner.infer(asserted))
    (inferred,) = reasoner.infer(asserted)
    step = reasoner.explainer(StoreFacts(store), asserted.intersection).explain(inferred)
    assert step.premises == tuple(asserted)
