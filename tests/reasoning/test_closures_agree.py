"""The compiled rules and owlrl find the same, on ontologies and data that neither has seen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple
from rdflib import OWL, RDFS, Graph, URIRef

from kg.errors import ContradictionError
from kg.reasoning import owlrl_reference as oracle
from kg.reasoning.axioms import CHARACTERISTICS, GROUPS, PREDICATES
from kg.reasoning.canonical_triples import canonical
from kg.reasoning.facts import solutions
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.owlrl_reference import compare
from kg.terms import to_triples
from tests.support.reasoning import explainer

WORLDS = int(os.environ.get("WORLDS", "50"))
"""Ontologies with data in each run; `make stress` makes 500."""
RANDOM = settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
FIXED = settings(RANDOM, max_examples=12, derandomize=True)
"""The same examples in every run, so that what they must cover is covered in every run or in none."""

MAKES = {
    RDFS.subClassOf: {"cax-sco", "cls-hv1", "cls-hv2"},
    OWL.equivalentClass: {"cax-eqc1", "cax-eqc2"},
    OWL.hasValue: {"cls-hv1", "cls-hv2"},
    RDFS.subPropertyOf: {"prp-spo1"},
    OWL.equivalentProperty: {"prp-eqp1", "prp-eqp2"},
    OWL.inverseOf: {"prp-inv1", "prp-inv2"},
    RDFS.domain: {"prp-dom"},
    RDFS.range: {"prp-rng"},
    OWL.propertyChainAxiom: {"prp-spo2"},
    OWL.SymmetricProperty: {"prp-symp"},
    OWL.TransitiveProperty: {"prp-trp"},
}
FORBIDS = {OWL.disjointWith, OWL.propertyDisjointWith, OWL.AsymmetricProperty, OWL.IrreflexiveProperty, *GROUPS}


def test_every_axiom_that_the_compiler_knows_is_generated_here() -> None:
    assert set(MAKES) | FORBIDS == {*PREDICATES, *CHARACTERISTICS, *GROUPS, OWL.hasValue}


@pytest.mark.parametrize("kind", MAKES)
def test_the_two_closures_agree_wherever_an_axiom_of_the_kind_takes_part(
    kind: URIRef, sound_worlds_with: Callable[[URIRef], st.SearchStrategy[Any]]
) -> None:
    fired: Counter[str] = Counter()

    @FIXED
    @given(sound_worlds_with(kind))
    def agree(world: Any) -> None:  # noqa: ANN401
        inferred, why = infer(world.data, world.ontology), explainer(world.data, world.ontology)
        assert str(compare(world.data, world.ontology, inferred)) == "The compiled rules and owlrl infer the same."
        fired.update(rule.name for rule in why.rules.rules if any(True for _ in solutions(rule.body, why.closure, {})))

    agree()
    assert set(fired) >= MAKES[kind]


def _closure(infer_: Callable[[Graph, Graph], Graph], world: Any) -> frozenset[Triple] | None:  # noqa: ANN401
    try:
        return canonical(to_triples(infer_(world.data, world.ontology)))
    except ContradictionError:
        return None


def test_the_two_closures_agree_on_any_world_and_on_what_contradicts_it(worlds: st.SearchStrategy[Any]) -> None:
    generated: Counter[object] = Counter()
    contradictory: Counter[bool] = Counter()

    @RANDOM
    @given(worlds)
    def agree(world: Any) -> None:  # noqa: ANN401
        generated.update(world.axioms)
        ours = _closure(infer, world)
        contradictory[ours is None] += 1
        assert ours == _closure(oracle.infer, world)

    agree()
    assert set(generated) == set(MAKES) | FORBIDS
    assert min(contradictory[True], contradictory[False]) > WORLDS / 15


@pytest.mark.parametrize("lost", ["ours", "theirs"])
def test_a_triple_that_one_closure_lacks_is_a_difference(lost: str) -> None:
    ontology = Graph().parse(
        data="@prefix : <https://example.org/> . :a <http://www.w3.org/2002/07/owl#inverseOf> :b ."
    )
    data = Graph().parse(data="@prefix : <https://example.org/> . :x :a :y .")
    inferred = infer(data, ontology)
    if lost == "ours":
        inferred.remove((None, None, None))
    else:
        inferred.parse(data="@prefix : <https://example.org/> . :x :b :z .")
    compared = compare(data, ontology, inferred)
    assert not compared.agree
    assert len(compared.only_owlrl if lost == "ours" else compared.only_rules) == 1
