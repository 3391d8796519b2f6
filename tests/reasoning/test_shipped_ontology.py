"""The shipped ontology compiles, and its closure of a few facts is owlrl's."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import OWL, RDFS, SKOS, Graph, URIRef

from kg.errors import ContradictionError
from kg.reasoning import Reasoner, compare, infer

FILES = sorted((Path(__file__).parents[2] / "ontology").rglob("*.ttl"))
CQ = "https://w3id.org/communique/ontology#"
PREFIXES = "@prefix : <https://example.org/> . @prefix cq: <https://w3id.org/communique/ontology#> ."
FACTS = """
:talks a cq:Meeting ; cq:place :town ; cq:hasParticipation :part . :part a cq:Participation ; cq:participant :ann .
:town a cq:Place ; cq:within :land . :land a cq:Place ; cq:within :world . :world a cq:Place . :ann a cq:Person .
:one a cq:Statement ; cq:source :ann ; cq:relays :two . :two a cq:Statement ; cq:source :ann .
"""


@pytest.fixture(scope="module")
def ontology() -> Graph:
    assert FILES
    graph = Graph()
    for file in FILES:
        graph.parse(file)
    return graph


def test_every_axiom_of_the_shipped_ontology_has_a_rule(ontology: Graph) -> None:
    assert len(Reasoner(ontology).rules.rules) > 50


def test_owlrl_agrees_on_facts_of_the_shipped_ontology(ontology: Graph) -> None:
    data = Graph().parse(data=PREFIXES + FACTS)
    inferred = infer(data, ontology)
    assert len(inferred) > len(data)
    assert str(compare(data, ontology, inferred)) == "The compiled rules and owlrl infer the same."


def test_a_person_who_is_also_an_organization_is_a_contradiction(ontology: Graph) -> None:
    with pytest.raises(ContradictionError, match=r"ann> a cq:Person' is asserted"):
        infer(Graph().parse(data=PREFIXES + ":ann a cq:Person, cq:Organization ."), ontology)


def test_no_term_of_the_first_version_is_gone_and_later_ones_say_since_when(ontology: Graph) -> None:
    terms = {str(term).removeprefix(CQ) for term in ontology.subjects(RDFS.isDefinedBy) if str(term).startswith(CQ)}
    first = set(Path(__file__).with_name("terms-0.1.0.txt").read_text("utf-8").split())
    notes = {str(term).removeprefix(CQ): str(note) for term, note in ontology.subject_objects(SKOS.changeNote)}
    assert first <= terms
    assert set(notes) == terms - first
    version = ontology.value(URIRef(CQ.rstrip("#")), OWL.versionInfo)
    assert set(notes.values()) == {"Since version 0.2.0.", f"Since version {version}."}
