"""Each axiom entails what OWL 2 RL specifies, and an axiom without a rule is an error that names it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import UnsupportedAxiomError
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.owlrl_reference import compare

PREFIXES = """
@prefix : <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ROOT = Path(__file__).parents[2]


def parsed(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text)


FOLLOWS = {
    "sub-class": (":A rdfs:subClassOf :B .", ":x a :A .", ":x a :B ."),
    "equivalent class": (":A owl:equivalentClass :B .", ":x a :B .", ":x a :A ."),
    "sub-property": (":p rdfs:subPropertyOf :q .", ":x :p :y .", ":x :q :y ."),
    "sub-property of a label": (":p rdfs:subPropertyOf rdfs:label .", ":x :p 'X' .", ":x rdfs:label 'X' ."),
    "equivalent property": (":p owl:equivalentProperty :q .", ":x :q 1 .", ":x :p 1 ."),
    "domain": (":p rdfs:domain :A .", ":x :p 1 .", ":x a :A ."),
    "range": (":p rdfs:range :A .", ":x :p :y .", ":y a :A ."),
    "range of a literal": (":p rdfs:range :A .", ":x :p 1 .", ""),
    "inverse": (":p owl:inverseOf :q .", ":x :p :y . :z :q :v .", ":y :q :x . :v :p :z ."),
    "symmetric": (":p a owl:SymmetricProperty .", ":x :p :y .", ":y :p :x ."),
    "transitive": (":p a owl:TransitiveProperty .", ":a :p :b . :b :p :c . :c :p :d .", ":a :p :c, :d . :b :p :d ."),
    "chain": (":r owl:propertyChainAxiom ( :p :q :p ) .", ":a :p :b . :b :q :c . :c :p :d .", ":a :r :d ."),
    "value above": (
        ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :v ] .",
        ":x a :A .",
        ":x :p :v .",
    ),
    "value below": (
        "[ a owl:Restriction ; owl:onProperty :p ; owl:hasValue 1 ] rdfs:subClassOf :A .",
        ":x :p '01'^^xsd:integer . :y :p 2 .",
        ":x a :A .",
    ),
    "a restriction with a name": (
        ":R a owl:Restriction ; owl:onProperty :p ; owl:hasValue :v .",
        ":x :p :v . :y a :R .",
        ":x a :R . :y :p :v .",
    ),
    "domain of a super-property": (
        ":p rdfs:subPropertyOf :q . :q owl:inverseOf :r . :r rdfs:range :A . :A rdfs:subClassOf :B .",
        ":x :p :y .",
        ":x :q :y ; a :A, :B . :y :r :x .",
    ),
    "a cycle of classes": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :C rdfs:subClassOf :A .",
        ":x a :B .",
        ":x a :A, :C .",
    ),
    "a cycle of properties": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p . :p owl:inverseOf :p . :p a owl:TransitiveProperty .",
        ":x :q :y .",
        ":x :p :x, :y ; :q :x . :y :p :x, :y ; :q :x, :y .",
    ),
    "a fact of the ontology": (
        ":part skos:broader :whole . :r owl:propertyChainAxiom ( :p skos:broader ) .",
        ":x :p :part .",
        ":x :r :whole .",
    ),
    "the ontology alone": (":A rdfs:subClassOf :B . :x a :A .", ":y a :A .", ":y a :B ."),
    "what is asserted already": (":A rdfs:subClassOf :B .", ":x a :A, :B .", ""),
    "a class as a value": (":p rdfs:range :D . :A a owl:Class .", ":x :p :A .", ""),
    "everything as a super-class": (":A rdfs:subClassOf owl:Thing . :p rdfs:range rdfs:Resource .", ":x :p 1 .", ""),
    "annotations": (
        ":A a owl:Class ; rdfs:label 'A' ; skos:definition 'An A.' ; rdfs:isDefinedBy : .",
        ":x a :A .",
        "",
    ),
}


@pytest.mark.parametrize("case", FOLLOWS)
def test_what_follows_is_inferred_and_nothing_else(case: str) -> None:
    ontology, data, expected = (parsed(text) for text in FOLLOWS[case])
    assert set(infer(data, ontology)) == set(expected)


@pytest.mark.parametrize("case", sorted(set(FOLLOWS) - {"a class as a value"}))
def test_owlrl_agrees_on_the_examples(case: str) -> None:
    ontology, data, _ = (parsed(text) for text in FOLLOWS[case])
    assert str(compare(data, ontology)) == "The compiled rules and owlrl infer the same."


UNSUPPORTED = {
    ":p a owl:FunctionalProperty .": (":p", "owl:FunctionalProperty"),
    ":p a owl:InverseFunctionalProperty .": (":p", "owl:InverseFunctionalProperty"),
    ":p a owl:ReflexiveProperty .": (":p", "owl:ReflexiveProperty"),
    ":A owl:hasKey ( :p ) .": (":A", "owl:hasKey"),
    ":A owl:unionOf ( :B :C ) .": (":A", "owl:unionOf"),
    ":A owl:intersectionOf ( :B :C ) .": (":A", "owl:intersectionOf"),
    ":A owl:oneOf ( :x :y ) .": (":A", "owl:oneOf"),
    ":A owl:complementOf :B .": (":A", "owl:complementOf"),
    ":A owl:disjointUnionOf ( :B :C ) .": (":A", "owl:disjointUnionOf"),
    ":p rdfs:domain [ owl:unionOf ( :A :B ) ] .": ("", "owl:unionOf"),
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] .": (
        "",
        "owl:someValuesFrom",
    ),
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ] .": ("", "owl:allValuesFrom"),
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:cardinality 1 ] .": ("", "owl:cardinality"),
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 1 ] .": ("", "owl:maxCardinality"),
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p, :q ; owl:hasValue 1 ] .": (":A", "rdfs:subClassOf"),
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ] .": (":A", "rdfs:subClassOf"),
    ":A rdfs:subClassOf 'B' .": (":A", "rdfs:subClassOf"),
    ":A rdfs:subClassOf owl:Nothing .": (":A", "owl:Nothing"),
    "owl:Thing rdfs:subClassOf :A .": ("owl:Thing", "rdfs:subClassOf"),
    ":p rdfs:subPropertyOf rdf:type .": (":p", "rdf:type"),
    ":p owl:inverseOf rdfs:subClassOf .": (":p", "owl:inverseOf rdfs:subClassOf"),
    ":p rdfs:subPropertyOf [ owl:inverseOf :q ] .": ("", "owl:inverseOf"),
    ":p owl:propertyChainAxiom () .": (":p", "owl:propertyChainAxiom"),
    ":p owl:propertyChainAxiom :q .": (":p", "owl:propertyChainAxiom"),
    "[] a owl:AllDisjointClasses .": ("owl:AllDisjointClasses", "owl:members"),
    "[] owl:members ( :A :B ) .": ("", "owl:members"),
    "[] a owl:AllDifferent ; owl:distinctMembers ( :x :y ) .": ("", "owl:AllDifferent"),
    ":x owl:sameAs :y .": (":x", "owl:sameAs"),
    ":x owl:differentFrom :y .": (":x", "owl:differentFrom"),
    "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x .": ("", "owl:NegativePropertyAssertion"),
    ": a owl:Ontology ; owl:imports :elsewhere .": ("", "owl:imports :elsewhere"),
    ":A a owl:Class ; rdfs:subClasOf :B .": (":A", "rdfs:subClasOf"),
    ":A a owl:Class ; :note 'not declared' .": (":A", ":note"),
    ":x :p [ :q 1 ] .": ("", ":q"),
}


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_an_axiom_without_a_rule_is_an_error_that_names_subject_axiom_and_what_is_supported(text: str) -> None:
    subject, axiom = UNSUPPORTED[text]
    with pytest.raises(UnsupportedAxiomError) as caught:
        infer(Graph(), parsed(text))
    assert subject in str(caught.value)
    assert axiom in str(caught.value)
    assert "supported are sub-classes" in str(caught.value)


@pytest.mark.parametrize("text", [":x owl:sameAs :y .", ":p a owl:TransitiveProperty .", ":p rdfs:domain :A ."])
def test_an_axiom_among_the_data_is_an_error_and_not_ignored(text: str) -> None:
    with pytest.raises(UnsupportedAxiomError, match="axioms are read from the ontology only"):
        infer(parsed(text), parsed(":A rdfs:subClassOf :B ."))


def test_an_import_of_what_is_given_too_is_no_error() -> None:
    assert not infer(Graph(), parsed(":a a owl:Ontology ; owl:imports :b . :b a owl:Ontology ."))


def test_blank_nodes_of_the_data_keep_their_names() -> None:
    data = parsed("_:one :p _:two .")
    inferred = infer(data, parsed(":p owl:inverseOf :q ."))
    ((first, _, second),) = data
    assert [(subject, object_) for subject, _, object_ in inferred] == [(second, first)]


SCRIPT = """
import sys
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.reasoner import Reasoner
from rdflib import Graph
from tests.support.reasoning import contradictions
ontology, data = (Graph().parse(data=text) for text in sys.stdin.read().split("=====", 1))
rules = Reasoner(ontology).rules
print([rule.words for rule in rules.rules + rules.inconsistencies], infer(data, ontology).serialize(format="turtle"))
data.parse(data="@prefix : <https://example.org/> . :x a :A, :D . :y a :A, :D . :z a :D, :A .")
print([one.in_words(rules) + str(one.triples) for one in contradictions(data, ontology)])
"""


def test_rules_results_and_contradictions_are_the_same_under_every_hash_seed() -> None:
    ontology = PREFIXES + "".join(text for case, (text, _, _) in FOLLOWS.items() if case != "a class as a value")
    ontology += ":A owl:disjointWith :D . [] a owl:AllDisjointClasses ; owl:members ( :E :D :F ) ."
    data = PREFIXES + "".join(facts for _, facts, _ in FOLLOWS.values())
    printed = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=f"{ontology}====={data}",
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        printed.add(run.stdout)
    assert len(printed) == 1
    assert "nothing is both" in printed.pop()
