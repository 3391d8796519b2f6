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


VERSIONS = ("0.1.0", "0.3.0")
"""Versions of the ontology that have a list of their terms here."""
SINCE = ("0.2.0", "0.3.0", "0.4.0")
"""The versions after the first, of which the last is the current one."""
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def terms_of(version: str) -> set[str]:
    return set(Path(__file__).with_name(f"terms-{version}.txt").read_text("utf-8").split())


@pytest.mark.parametrize("version", VERSIONS)
def test_no_term_of_an_earlier_version_is_gone(version: str, ontology: Graph) -> None:
    defined = {str(term).removeprefix(CQ) for term in ontology.subjects(RDFS.isDefinedBy) if str(term).startswith(CQ)}
    assert terms_of(version) - defined == set(), "a term that goes is deprecated (owl:deprecated), and not deleted"


def test_later_terms_say_since_when(ontology: Graph) -> None:
    notes = {str(term).removeprefix(CQ): str(note) for term, note in ontology.subject_objects(SKOS.changeNote)}
    since = {
        version: {term for term, note in notes.items() if f"Since version {version}." in note} for version in SINCE
    }
    first, third = terms_of("0.1.0"), terms_of("0.3.0")
    assert since["0.2.0"] | since["0.3.0"] == third - first
    assert since["0.4.0"] == {"affirmsHappening"}
    assert set(notes) == set.union(*since.values())


def test_the_version_is_stated_thrice_alike_and_the_changelog_has_each(ontology: Graph) -> None:
    itself = URIRef(CQ.rstrip("#"))
    assert str(ontology.value(itself, OWL.versionInfo)) == SINCE[-1]
    assert str(ontology.value(itself, OWL.versionIRI)) == f"{itself}/{SINCE[-1]}"
    assert str(ontology.value(itself, OWL.priorVersion)) == f"{itself}/{SINCE[-2]}"
    changelog = CHANGELOG.read_text("utf-8")
    assert [version for version in SINCE if f"Version {version} of the ontology" not in changelog] == []
