"""The triples of a document: the shorthand written out, and no value lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, SKOS, XSD, BNode, Graph, Literal, URIRef

from kg.mapping.checks.value_checks import unused_value_faults
from kg.mapping.corpora.corpus_reader import Corpus
from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.mapping.documents.yaml_document import load_document
from kg.mapping.triples.document_triples import build_triples
from kg.namespaces import CQ, OA, SCHEMA
from kg.shipped_files import ontology_folder

HERE = Path(__file__).parent
BASE = "https://example.org/bridge/"
ARTICLE = f"{BASE}article/bridge/"

Read = Callable[..., Corpus]


def own(name: str) -> URIRef:
    return URIRef(f"{ARTICLE}{name}")


@pytest.fixture
def corpus(read: Read, everything: str) -> Corpus:
    return read(everything)


@pytest.fixture
def graph(corpus: Corpus) -> Graph:
    return corpus.graphs[f"{BASE}graph/article/bridge"]


def test_each_document_has_its_named_graph(corpus: Corpus) -> None:
    names = {f"{BASE}graph/{name}" for name in ("authority", "outside", "article/bridge")}
    assert set(corpus.graphs) == names
    assert all(len(graph) for graph in corpus.graphs.values())


def test_a_corpus_has_the_title_creator_and_licence_of_its_document(corpus: Corpus) -> None:
    assert (corpus.title, corpus.creator) == ("A corpus for the tests of reading", "the tests")
    assert corpus.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_a_value_that_yields_no_triple_is_an_error() -> None:
    document = load_document(HERE / "valid" / "everything.yaml")
    triples = build_triples(document, "articleDocument", BASE, read_vocabulary(ontology_folder()))
    assert not [*unused_value_faults(triples)]
    triples.triples.remove(next(triple for triple in triples.triples if triple.location.key == "people[0].name"))
    (problem,) = unused_value_faults(triples)
    assert str(problem).endswith("people[0].name: 'a ferryman' yields no triple; expected one.")


def test_there_are_no_blank_nodes(corpus: Corpus) -> None:
    nodes = {node for graph in corpus.graphs.values() for triple in graph for node in triple}
    assert not [node for node in nodes if isinstance(node, BNode)]


def test_a_passage_has_its_article_its_position_and_its_stamps(graph: Graph) -> None:
    passage, position = own("passage/23-37"), own("passage/23-37/position")
    assert (own("group/ferrymen"), CQ.mention, passage) in graph
    assert set(graph.predicate_objects(position)) == {
        (RDF.type, OA.TextPositionSelector),
        (OA.start, Literal("23", datatype=XSD.nonNegativeInteger)),
        (OA.end, Literal("37", datatype=XSD.nonNegativeInteger)),
    }
    place, stamps = {OA.hasSource, OA.hasSelector, CQ.startOffset, CQ.endOffset}, {CQ.digest, CQ.paragraph, CQ.fragment}
    assert set(graph.predicates(passage)) == {RDF.type} | place | stamps
    assert (passage, CQ.paragraph, Literal("1", datatype=XSD.nonNegativeInteger)) in graph
    assert (passage, OA.hasSource, URIRef(ARTICLE)) in graph


def test_at_states_evidence_for_one_value_or_a_list(graph: Graph) -> None:
    assert len({*graph.objects(own("statement/refusal"), CQ.evidence)}) == 2
    assert len({*graph.objects(own("statement/shut"), CQ.evidence)}) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("person/ferryman", CQ.Person),
        ("event/visit", CQ.Event),
        ("event/talks", CQ.Meeting),
        ("scenario/moving", CQ.Scenario),
        ("proposition/opens", CQ.Proposition),
        ("statement/relay", CQ.Statement),
        ("participation/talks.ada-quill.delegation-head", CQ.Participation),
        ("participation/opening.ferrymen.arranger", CQ.Participation),
        ("holding/ada-quill.minister", CQ.Holding),
        ("link/refusal.supports.shut", CQ.Link),
        ("topic/bridge", SKOS.Concept),
        ("", CQ.Article),
    ],
)
def test_a_node_has_the_default_type_of_its_section_and_a_derived_identifier(
    name: str, kind: URIRef, graph: Graph
) -> None:
    assert [*graph.objects(own(name), RDF.type)] == [kind]


def test_a_link_is_accompanied_by_its_direct_triple(graph: Graph) -> None:
    assert (own("statement/refusal"), CQ.supports, own("statement/shut")) in graph
    assert (own("link/refusal.supports.shut"), CQ.linkPredicate, CQ.supports) in graph


def test_participations_point_at_their_event_and_envisaged_ones_never_do(graph: Graph) -> None:
    assert (own("participation/them"), CQ.participationIn, own("event/talks")) in graph
    envisaged = {*graph.subjects(CQ.envisagedIn, own("scenario/opening"))}
    assert len(envisaged) == 2
    assert not envisaged & {*graph.subjects(CQ.participationIn)}


def test_a_single_participation_needs_no_list(read: Read, everything: str) -> None:
    visit = "{id: event/visit, name: the visit, "
    single = "participants: {attendee: person:ada-quill, capacity: visitor, at: 9-22}, "
    assert visit in everything
    graph = read(everything.replace(visit, visit + single)).graphs[f"{BASE}graph/article/bridge"]
    participation = own("participation/visit.ada-quill.visitor")
    assert (participation, CQ.participationIn, own("event/visit")) in graph
    assert (participation, RDF.type, CQ.Participation) in graph


def test_a_shared_identifier_is_under_the_corpus_base_even_if_its_kind_is_a_key(graph: Graph) -> None:
    assert (own("event/talks"), CQ.place, URIRef(f"{BASE}place/port-sel")) in graph
    assert (own("holding/ada-quill.minister"), CQ.post, URIRef(f"{BASE}post/minister")) in graph


def test_a_proposition_that_articles_share_belongs_to_none(folder: Path, read: Read, everything: str) -> None:
    authority = folder / "authority.yaml"
    shared = "propositions: [{id: proposition:shared, gist: It is so.}]\n"
    authority.write_text(authority.read_text("utf-8") + shared, "utf-8")
    graph = read(everything).graphs[f"{BASE}graph/authority"]
    proposition = URIRef(f"{BASE}proposition/shared")
    assert set(graph.predicates(proposition)) == {RDF.type, CQ.gist, CQ.contentKey}


def test_a_concept_named_like_a_key_is_the_concept(graph: Graph) -> None:
    capacity = URIRef("https://w3id.org/communique/scheme/capacity/addressee")
    assert (own("participation/them"), CQ.capacity, capacity) in graph


def test_literals_have_the_type_and_language_of_the_context(graph: Graph) -> None:
    begin = Literal("2034-05-02T22:00:00+01:00", datatype=XSD.dateTime)
    assert (own("event/talks"), CQ.latestBegin, begin) in graph
    assert (own("group/ferrymen"), CQ.membersComplete, Literal("false", datatype=XSD.boolean)) in graph
    assert (own("statement/shut"), CQ.gist, Literal("The ferrymen want the bridge closed.", lang="en")) in graph
    assert (URIRef(ARTICLE), DCTERMS.language, Literal("en")) in graph


def test_outside_knowledge_is_only_in_the_outside_graph(corpus: Corpus) -> None:
    elsewhere = (URIRef(f"{BASE}person/ada-quill"), SCHEMA.sameAs, URIRef("https://example.org/elsewhere/quill"))
    assert [name for name, graph in corpus.graphs.items() if elsewhere in graph] == [corpus.names.outside]


def test_every_node_has_a_location(corpus: Corpus, graph: Graph, everything: str) -> None:
    subjects = {str(subject) for subject in graph.subjects() if str(subject).startswith(ARTICLE)}
    assert subjects == {iri for iri in corpus.locations if iri.startswith(ARTICLE)}
    location = corpus.locations[str(own("statement/refusal"))]
    assert everything.splitlines()[location.line - 1][location.column - 1 :] == "statement/refusal"
    assert (location.file.name, location.key) == ("article.yaml", "statements[1].id")


def test_values_that_yaml_reads_as_other_types_stay_text(read: Read) -> None:
    corpus = read((HERE / "valid" / "traps.yaml").read_text("utf-8"))
    graph = corpus.graphs[corpus.names.article("0123")]
    labels = [
        str(graph.value(URIRef(topic), SKOS.prefLabel))
        for topic in sorted(map(str, graph.subjects(RDF.type, SKOS.Concept)))
    ]
    dates = ["2011-10-21", "on", "NO", "0123", "12:30", "1.10", "~", "null", "1_000", ".inf", "0x1F", "=", "y"]
    assert labels == [*dates, "two\nlines\n", "@id", "_:b0"]
    assert str(graph.value(URIRef(f"{BASE}article/0123/"), DCTERMS.title)) == "no"
