"""What follows from the order of the text, from relays and from kinds: by the rules, and by owlrl alike."""

from __future__ import annotations

import pytest
from rdflib import RDF, SKOS, Graph, Namespace, URIRef

from kg.app.schema import read_schema
from kg.namespaces import CQ, SCHEME
from kg.reasoning.graph_reasoner import infer
from kg.reasoning.owlrl_reference import compare

THING = Namespace("https://example.org/")
PROV = Namespace("http://www.w3.org/ns/prov#")
FACTS = """
@prefix : <https://example.org/> . @prefix cq: <https://w3id.org/communique/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:landing cq:before :talks . :talks cq:before :flight . :toast cq:subEventOf :talks . :remark cq:occasion :toast .
:fear a cq:Statement ; cq:source :government . :told a cq:Statement ; cq:relays :fear ; cq:attributedTo :official .
:retold a cq:Statement ; cq:relays :told ; cq:attributedTo :minister .
:closing cq:realizes :closure . :regatta cq:kind :race .
:bob cq:holds :post . :post cq:postIn :union .
:toast-words a cq:Statement ; cq:source :ann ; cq:addressee :bob .
:plea a cq:Statement ; cq:source :voice ; cq:onBehalfOf :union . :repeat cq:relays :plea ; cq:source :voice .
:part cq:participant :bob ; cq:side :ministry . :talks cq:nearestPlace :hall . :hall cq:within :town .
:race skos:broader <https://w3id.org/communique/scheme/event-kind/election> .
"""


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return read_schema().ontology


@pytest.fixture(scope="module")
def inferred(ontology: Graph) -> Graph:
    return infer(Graph().parse(data=FACTS), ontology)


def values(graph: Graph, subject: str, predicate: URIRef) -> set[str]:
    return {str(value).rpartition("/")[2] for value in graph.objects(THING[subject], predicate)}


def test_what_lies_in_an_event_comes_after_what_the_event_comes_after(inferred: Graph) -> None:
    assert values(inferred, "landing", CQ.before) == {"flight", "toast", "remark"}
    assert values(inferred, "remark", CQ.before) == {"flight"}
    assert values(inferred, "remark", CQ.during) == {"toast", "talks"}
    assert values(inferred, "flight", CQ.after) == {"landing", "talks", "toast", "remark"}


def test_what_is_relayed_is_known_by_the_word_of_each_that_passes_it_on_and_attributed_to_none(inferred: Graph) -> None:
    assert values(inferred, "fear", CQ.byWordOf) == {"official", "minister"}
    assert values(inferred, "fear", PROV.wasAttributedTo) == set()
    assert values(inferred, "fear", PROV.wasInfluencedBy) == {"official"}
    assert values(inferred, "retold", PROV.wasAttributedTo) == {"minister"}


def test_a_side_has_the_agent_itself_and_not_what_it_belongs_to_by_some_article(inferred: Graph) -> None:
    assert values(inferred, "bob", CQ.affiliatedWith) == {"union"}
    assert values(inferred, "toast-words", CQ.sourceSide) == {"ann"}
    assert values(inferred, "toast-words", CQ.addresseeSide) == {"bob"}
    assert values(inferred, "plea", CQ.sourceSide) == {"voice", "union"}
    assert values(inferred, "part", CQ.participantSide) == {"bob", "ministry"}


def test_what_a_voice_passes_on_is_at_first_hand(inferred: Graph) -> None:
    assert values(inferred, "plea", CQ.byWordOf) == set()


def test_larger_places_follow_from_the_nearest_and_are_not_nearest(inferred: Graph) -> None:
    assert values(inferred, "talks", CQ.place) == {"hall", "town"}
    assert values(inferred, "talks", CQ.nearestPlace) == set()


def test_an_outcome_is_found_from_what_it_became_of(inferred: Graph) -> None:
    assert values(inferred, "closure", CQ.outcome) == {"closing"}


def test_a_thing_is_of_its_kind_and_of_each_above(inferred: Graph) -> None:
    assert values(inferred, "regatta", CQ.ofKind) == {"race", "election", "vote"}


def test_owlrl_infers_the_same(ontology: Graph, inferred: Graph) -> None:
    assert str(compare(Graph().parse(data=FACTS), ontology, inferred)) == (
        "The compiled rules and owlrl infer the same."
    )


def test_each_kind_above_another_is_a_concept_of_one_scheme(ontology: Graph) -> None:
    pairs = [*ontology.subject_objects(SKOS.broader)]
    assert len(pairs) > 40
    for narrower, broader in pairs:
        assert (broader, RDF.type, SKOS.Concept) in ontology, f"{narrower} is below {broader}, which is nothing"
        assert ontology.value(narrower, SKOS.inScheme) == ontology.value(broader, SKOS.inScheme)
        assert str(broader).startswith(SCHEME)
