"""The shipped ontology compiles, and its closure of a few facts is owlrl's."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.errors import ContradictionError
from kg.reasoning import Reasoner, compare, infer

FILES = sorted((Path(__file__).parents[2] / "ontology").rglob("*.ttl"))
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
