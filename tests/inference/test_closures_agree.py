"""The compiled rules and owlrl find the same, on ontologies and data that neither has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import OWL, Graph

from kg.errors import ContradictionError
from kg.inference import compare, explainer, infer, oracle
from kg.inference.axioms import CHARACTERISTICS, GROUPS, PREDICATES
from kg.inference.terms import to_triples

QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
RULE_NAMES = {
    *("cax-sco", "cax-eqc1", "cax-eqc2", "cls-hv1", "cls-hv2", "prp-spo1", "prp-spo2", "prp-eqp1", "prp-eqp2"),
    *("prp-inv1", "prp-inv2", "prp-dom", "prp-rng", "prp-symp", "prp-trp"),
}


def _raised(infer_: Callable[[Graph, Graph], Graph], data: Graph, ontology: Graph) -> bool:
    try:
        infer_(data, ontology)
    except ContradictionError:
        return True
    return False


def test_the_two_closures_agree_on_generated_ontologies_of_every_axiom(sound_worlds: st.SearchStrategy[Any]) -> None:
    generated: Counter[object] = Counter()
    fired: Counter[str] = Counter()

    @QUIET
    @given(sound_worlds)
    def agree(world: Any) -> None:  # noqa: ANN401
        generated.update(world.axioms)
        inferred = infer(world.data, world.ontology)
        assert str(compare(world.data, world.ontology, inferred)) == "The compiled rules and owlrl infer the same."
        why = explainer(world.data, world.ontology)
        fired.update(step.rule.name for triple in to_triples(inferred) if (step := why.explain(triple)).rule)

    agree()
    forbidding = {OWL.disjointWith, OWL.propertyDisjointWith, OWL.AsymmetricProperty, OWL.IrreflexiveProperty, *GROUPS}
    assert set(generated) == {*PREDICATES, *CHARACTERISTICS, OWL.hasValue} - forbidding
    assert {part for name in fired for part in name.split(" and ")} == RULE_NAMES


def test_the_two_closures_agree_on_what_is_a_contradiction(worlds: st.SearchStrategy[Any]) -> None:
    generated: Counter[object] = Counter()
    contradictory: Counter[bool] = Counter()

    @QUIET
    @given(worlds)
    def agree(world: Any) -> None:  # noqa: ANN401
        generated.update(world.axioms)
        ours = _raised(infer, world.data, world.ontology)
        contradictory[ours] += 1
        assert ours == _raised(oracle.infer, world.data, world.ontology)

    agree()
    assert set(generated) == {*PREDICATES, *CHARACTERISTICS, *GROUPS, OWL.hasValue}
    assert min(contradictory[True], contradictory[False]) > 10


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
    assert len(compared.oracles_only if lost == "ours" else compared.ours_only) == 1
