"""The shipped ontology compiles, and its closure of a few facts is owlrl's."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

from kg.errors import ContradictionError
from kg.namespaces import SCHEME
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.owlrl_reference import compare
from kg.reasoning.reasoner import Reasoner

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
    """Return the names of a version's terms; a concept's has its scheme, as in `act/deny`."""
    return set(Path(__file__).with_name(f"terms-{version}.txt").read_text("utf-8").split())


@pytest.mark.parametrize("version", VERSIONS)
def test_no_term_of_an_earlier_version_is_gone(version: str, ontology: Graph) -> None:
    defined = {str(term).removeprefix(CQ) for term in ontology.subjects(RDFS.isDefinedBy) if str(term).startswith(CQ)}
    defined |= {str(concept).removeprefix(SCHEME) for concept in ontology.subjects(RDF.type, SKOS.Concept)}
    assert terms_of(version) - defined == set(), "a term that goes is deprecated (owl:deprecated), and not deleted"


def test_later_terms_say_since_when(ontology: Graph) -> None:
    notes = {str(term).removeprefix(CQ): str(note) for term, note in ontology.subject_objects(SKOS.changeNote)}
    since = {
        version: {term for term, note in notes.items() if f"Since version {version}." in note} for version in SINCE
    }
    first, third = terms_of("0.1.0"), terms_of("0.3.0")
    assert since["0.2.0"] | since["0.3.0"] == {term for term in third - first if "/" not in term}
    assert since["0.4.0"] == {"affirmsHappening", "paragraph"}
    assert set(notes) == set.union(*since.values())


def test_the_version_is_stated_thrice_alike_and_the_changelog_has_each(ontology: Graph) -> None:
    itself = URIRef(CQ.rstrip("#"))
    assert str(ontology.value(itself, OWL.versionInfo)) == SINCE[-1]
    assert str(ontology.value(itself, OWL.versionIRI)) == f"{itself}/{SINCE[-1]}"
    assert str(ontology.value(itself, OWL.priorVersion)) == f"{itself}/{SINCE[-2]}"
    changelog = CHANGELOG.read_text("utf-8")
    assert [version for version in SINCE if f"Version {version} of the ontology" not in changelog] == []


def test_a_term_that_goes_stays_as_deprecated_and_nothing_else_follows(ontology: Graph) -> None:
    deprecated = "cq:fulfils a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy cq:meets ."
    prefixes = f"{PREFIXES} @prefix owl: <{OWL}> . @prefix dcterms: <http://purl.org/dc/terms/> ."
    later = ontology + Graph().parse(data=prefixes + deprecated)
    inferred = infer(Graph().parse(data=f"{PREFIXES} :one cq:fulfils :two ; cq:meets :three ."), later)
    after = URIRef("https://example.org/one")
    assert {str(value).rpartition("/")[2] for value in inferred.objects(after, URIRef(f"{CQ}outcomeOf"))} == {"three"}


LISTED = {
    "organization-kind/media": {"schema.org", "IPTC"},
    "organization-kind/police": {"schema.org", "IPTC"},
    "organization-kind/court": {"schema.org", "IPTC"},
    "organization-kind/company": {"schema.org"},
    "organization-kind/school": {"schema.org", "IPTC"},
    "place-kind/ship": {"schema.org"},
    "place-kind/bridge": {"schema.org"},
    "event-kind/inspection": {"IPTC"},
    "event-kind/closure": set(),
    "event-kind/election": {"IPTC"},
    "event-kind/strike": {"PLOVER", "IPTC"},
    "event-kind/storm": {"IPTC"},
    "event-kind/trial": {"IPTC"},
    "event-kind/merger": {"IPTC"},
}
"""Kinds that news other than of diplomacy needs, with the vocabularies that each or one above it is linked to."""
PLOVER = (
    "ACCUSE AGREE AID ASSAULT COERCE CONCEDE CONSULT COOPERATE MOBILIZE PROTEST REJECT REQUEST RETREAT SANCTION"
    " SUPPORT THREATEN"
)
VOCABULARIES = {"https://schema.org/": "schema.org", "http://cv.iptc.org/newscodes/mediatopic/": "IPTC"}


@pytest.mark.parametrize("kind", LISTED)
def test_a_kind_of_any_news_is_linked_to_vocabularies_that_have_it(kind: str, ontology: Graph) -> None:
    kinds = [*ontology.transitive_objects(URIRef(SCHEME + kind), SKOS.broader)]
    assert (kinds[0], RDF.type, SKOS.Concept) in ontology
    matches = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    linked = {str(value) for above in kinds for match in matches for value in ontology.objects(above, match)}
    vocabularies = {name for start, name in VOCABULARIES.items() if any(iri.startswith(start) for iri in linked)}
    codes = {"PLOVER" for above in kinds if (above, SKOS.notation, None) in ontology}
    assert vocabularies | codes == LISTED[kind]


def test_the_kinds_of_events_have_each_code_of_plover_once(ontology: Graph) -> None:
    scheme = URIRef(f"{SCHEME}event-kind")
    codes = [ontology.value(kind, SKOS.notation) for kind in ontology.subjects(SKOS.inScheme, scheme)]
    assert sorted(str(code) for code in codes if code) == PLOVER.split()


OUTCOMES = {
    *("affirmsHappening", "callsOff", "deniesHappening", "leavesUnanswered"),
    *("makesMoot", "meets", "realizes", "refuses"),
}


def test_whatever_became_of_something_is_found_as_its_outcome(ontology: Graph) -> None:
    facts = "".join(f":by-{name} cq:{name} :of-{name} ." for name in OUTCOMES)
    inferred = infer(Graph().parse(data=PREFIXES + facts), ontology)
    pairs = inferred.subject_objects(URIRef(f"{CQ}outcome"))
    outcomes = {(str(before).rpartition("/of-")[2], str(after).rpartition("/by-")[2]) for before, after in pairs}
    assert outcomes == {(name, name) for name in OUTCOMES}
