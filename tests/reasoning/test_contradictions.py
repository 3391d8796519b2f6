"""A contradiction stops inference with a sentence that names what clashes and the asserted facts behind it."""

from __future__ import annotations

import pytest
from rdflib import Graph

from kg.errors import ContradictionError
from kg.reasoning import owlrl_reference as oracle
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.inconsistencies import MAX_CONTRADICTIONS_PER_ERROR
from tests.support.reasoning import contradictions

PREFIXES = (
    "@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
)
CLASHES = {
    "cax-dw": (":A owl:disjointWith :B .", ":x a :A, :B .", "':x a :A' is asserted; ':x a :B' is asserted."),
    "cax-adc": (
        "[] a owl:AllDisjointClasses ; owl:members ( :C :A :B ) .",
        ":x a :A, :B .",
        "nothing is both :A and :B",
    ),
    "prp-irp": (":p a owl:IrreflexiveProperty .", ":x :p :x .", "':x :p :x' is asserted"),
    "prp-asyp": (":p a owl:AsymmetricProperty .", ":x :p :y . :y :p :x .", "':x :p :y' is asserted"),
    "prp-pdw": (":p owl:propertyDisjointWith :q .", ":x :p :y ; :q :y .", "':x :q :y' is asserted"),
    "prp-adp": (
        "[] a owl:AllDisjointProperties ; owl:members ( :p :q ) .",
        ":x :p :y ; :q :y .",
        ":p and :q never link the same two things",
    ),
    "prp-rng": (":p rdfs:range xsd:date .", ":x :p 5 .", "every value of :p is xsd:date"),
}
HARMLESS = {
    "cax-dw": ":x a :A . :y a :B .",
    "cax-adc": ":x a :A . :y a :B .",
    "prp-irp": ":x :p :y . :y :p :x .",
    "prp-asyp": ":x :p :y . :y :p :z .",
    "prp-pdw": ":x :p :y ; :q :z .",
    "prp-adp": ":x :p :y ; :q :z .",
    "prp-rng": ":x :p '2024-02-29'^^xsd:date .",
}


RANGE = ":p rdfs:range xsd:nonNegativeInteger ."


@pytest.mark.parametrize(
    "value", ["-5", "5.5", "'-5'^^xsd:byte", "'abc'^^xsd:integer", "'abc'^^xsd:nonNegativeInteger"]
)
def test_a_number_outside_the_range_contradicts_it(value: str) -> None:
    with pytest.raises(ContradictionError, match="every value of :p is xsd:nonNegativeInteger"):
        infer(parsed(f":x :p {value} ."), parsed(RANGE))


@pytest.mark.parametrize("value", ["5", "5.0", "'5'^^xsd:byte", "0", ":y"])
def test_a_number_of_another_datatype_within_the_range_does_not(value: str) -> None:
    assert not infer(parsed(f":x :p {value} ."), parsed(RANGE))


def parsed(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text)


@pytest.mark.parametrize("rule", CLASHES)
def test_facts_that_an_axiom_forbids_together_are_named_with_the_axiom(rule: str) -> None:
    ontology, data, sentence = CLASHES[rule]
    with pytest.raises(ContradictionError) as caught:
        infer(parsed(data), parsed(ontology))
    assert sentence in str(caught.value)
    assert f"({rule})" in str(caught.value)


@pytest.mark.parametrize("rule", CLASHES)
def test_facts_that_the_axiom_allows_are_inferred_from(rule: str) -> None:
    assert not infer(parsed(HARMLESS[rule]), parsed(CLASHES[rule][0]))


@pytest.mark.parametrize("rule", sorted(set(CLASHES) - {"prp-rng"}))
def test_the_oracle_raises_the_same_error(rule: str) -> None:
    ontology, data, _ = CLASHES[rule]
    with pytest.raises(ContradictionError, match="owlrl finds that the facts contradict the ontology"):
        oracle.infer(parsed(data), parsed(ontology))
    assert not oracle.infer(parsed(HARMLESS[rule]), parsed(ontology))


def test_a_person_who_is_inferred_to_be_an_organization_is_traced_to_what_was_asserted() -> None:
    ontology = ":Person owl:disjointWith :Organization . :employs rdfs:domain :Company ."
    ontology += ":Company rdfs:subClassOf :Organization ."
    with pytest.raises(ContradictionError) as caught:
        infer(parsed(":ann a :Person ; :employs :bob ."), parsed(ontology))
    assert str(caught.value) == (
        "The facts contradict the ontology, by which nothing is both :Person and :Organization (cax-dw): "
        "':ann a :Person' is asserted; "
        "':ann a :Organization' follows from ':ann a :Company', as :Company is a sub-class of :Organization (cax-sco); "
        "':ann a :Company' follows from ':ann :employs :bob', as whatever has :employs is :Company (prp-dom); "
        "':ann :employs :bob' is asserted."
    )


def test_a_contradiction_within_the_ontology_alone_is_one_too() -> None:
    with pytest.raises(ContradictionError, match="':x a :A' is asserted"):
        infer(Graph(), parsed(":A owl:disjointWith :B . :x a :A, :B ."))


def test_many_contradictions_are_counted_and_the_first_of_them_explained() -> None:
    data = parsed(" ".join(f":x{number} a :A, :B ." for number in range(MAX_CONTRADICTIONS_PER_ERROR + 5)))
    ontology = parsed(":A owl:disjointWith :B .")
    assert len(contradictions(data, ontology)) == MAX_CONTRADICTIONS_PER_ERROR + 5
    with pytest.raises(ContradictionError, match="There are 5 more contradictions") as caught:
        infer(data, ontology)
    assert len(str(caught.value).splitlines()) == MAX_CONTRADICTIONS_PER_ERROR + 1
