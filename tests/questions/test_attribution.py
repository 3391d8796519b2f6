"""Who is answerable for what, in PROV's and schema.org's words: whom the article vouches for alone, and no voice."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from kg.app.schema import read_schema
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.namespaces import CQ
from kg.reasoning.graph_reasoner import infer
from kg.shipped_files import mappings_folder

PROV = Namespace("http://www.w3.org/ns/prov#")
SCHEMA = Namespace("https://schema.org/")
CORPORA = {
    "shipped": mappings_folder() / "corpus.yaml",
    "series": Path(__file__).parents[2] / "examples" / "strait-series" / "corpus.yaml",
}
RELAYED = {
    "shipped": {
        ("haqqani-talks/kayani-same-page", "person/hillary-clinton"),
        ("haqqani-talks/us-expectations", "person/hillary-clinton"),
        ("haqqani-talks/islamabad-perceives-brinkmanship", "person/military-official"),
        ("haqqani-talks/us-wanted-to-neutralize", "person/military-official"),
        ("haqqani-talks/pakistan-cannot-guarantee", "person/military-official"),
        ("haqqani-talks/pakistan-fears-oversized-forces", "person/briefed-military-official"),
        ("haqqani-talks/pakistanis-want-one-voice", "person/briefed-military-official"),
    },
    "series": {
        ("patrols-off/welcome", "person/spokesman"),
        ("patrols-off/guards-asked", "person/lena-orlic"),
        ("strait-closed/tarrants-promise", "person/lena-orlic"),
        ("harbour-books/fire-set-told", "person/nadia-roux"),
        ("strait-closed/strait-open", "person/ilse-tarrant"),  # what she said in May, by her own word
    },
}
"""By reading: what reaches the reader by the word of somebody named here alone."""


@pytest.fixture(scope="module", params=CORPORA)
def world(request: pytest.FixtureRequest) -> tuple[str, Corpus, Graph]:
    """Return a corpus's name, the corpus, and all that it asserts and entails."""
    corpus = read_corpus(CORPORA[request.param])
    asserted = Graph(bind_namespaces="none")
    for name, graph in corpus.graphs.items():
        asserted += graph if corpus.names.in_default(name) else ()
    return request.param, corpus, asserted + infer(asserted, read_schema().ontology)


World = tuple[str, Corpus, Graph]


def name_of(statement: Node) -> str:
    return str(statement).partition("/article/")[2].replace("/statement/", "/")


def sourced(graph: Graph) -> set[tuple[Node, Node]]:
    """Return each statement with its source, those of voices left out."""
    voices = {*graph.subjects(RDF.type, CQ.Voice)}
    return {(statement, source) for statement, source in graph.subject_objects(CQ.source) if source not in voices}


@pytest.mark.parametrize("property_", [PROV.wasAttributedTo, SCHEMA.author])
def test_what_the_article_vouches_for_is_attributed_and_nothing_else(property_: URIRef, world: World) -> None:
    name, _, graph = world
    relayed = {statement for statement, _ in RELAYED[name]}
    expected = {pair for pair in sourced(graph) if name_of(pair[0]) not in relayed}
    assert len(sourced(graph)) - len(expected) == len(relayed)
    assert {*graph.subject_objects(property_)} == expected


def test_what_is_relayed_is_influenced_by_whoever_relays_it(world: World) -> None:
    name, _, graph = world
    pairs = {
        (name_of(statement), "/".join(str(agent).split("/")[-2:]))
        for statement, agent in graph.subject_objects(PROV.wasInfluencedBy)
    }
    assert pairs == RELAYED[name]


def test_agents_are_people_organizations_and_groups_and_no_voice(world: World) -> None:
    _, _, graph = world
    named = {node for kind in (CQ.Person, CQ.Organization, CQ.Group) for node in graph.subjects(RDF.type, kind)}
    assert {*graph.subjects(RDF.type, PROV.Agent)} == named
    voices = {*graph.subjects(RDF.type, CQ.Voice)}
    assert voices
    assert not voices & {*graph.objects(None, PROV.wasAttributedTo), *graph.objects(None, PROV.wasInfluencedBy)}


def test_what_is_only_foretold_is_attributed_to_nobody(world: World) -> None:
    _, _, graph = world
    foretold = {*graph.subjects(RDF.type, CQ.ForetoldStatement)}
    assert foretold
    assert not foretold & {*graph.subjects(PROV.wasAttributedTo), *graph.subjects(SCHEMA.author)}
    assert not foretold & {*graph.subjects(RDF.type, PROV.Entity)}
