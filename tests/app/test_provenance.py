"""The provenance graph: what each graph was made from, by what, and when, if a time is recorded."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef

from kg import formats
from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.datasets import GraphNames
from kg.lookups.dataset_metadata import read_dataset_metadata
from kg.namespaces import CQ
from kg.store import EmbeddedStore, open_store
from tests.support.tiny_corpus import QUICKLY, TINY

NAMES = GraphNames("https://example.org/communique/")
TIME = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def provenance(folder: Path) -> Graph:
    answer = open_store(folder).graph(NAMES.provenance, formats.NTRIPLES)
    return Graph().parse(data=b"".join(answer.chunks), format="nt")


def test_every_graph_but_provenance_itself_was_generated_by_an_activity(first: Path) -> None:
    graph = provenance(first)
    for name in set(open_store(first).current().counts) - {NAMES.provenance}:
        activities = [*graph.objects(URIRef(name), PROV.wasGeneratedBy)]
        assert len(activities) == 1, name
        assert (activities[0], RDF.type, PROV.Activity) in graph


def test_an_articles_graph_is_derived_from_its_document_which_has_its_digest(first: Path) -> None:
    graph = provenance(first)
    (document,) = graph.objects(URIRef(NAMES.article("bridge")), PROV.wasDerivedFrom)
    digest = hashlib.sha256((TINY / "bridge.yaml").read_bytes()).hexdigest()
    assert (document, RDFS.label, Literal("bridge.yaml")) in graph
    assert (document, CQ.digest, Literal(digest)) in graph


def test_the_inferred_graph_is_derived_from_the_default_graphs_others_and_the_ontology(first: Path) -> None:
    origins = set(provenance(first).objects(URIRef(NAMES.inferred), PROV.wasDerivedFrom))
    expected = (NAMES.article("bridge"), NAMES.authority, NAMES.ontology)
    assert origins == {URIRef(name) for name in expected}


def test_activities_are_associated_with_the_software_and_its_version(first: Path) -> None:
    graph = provenance(first)
    agents = set(graph.objects(None, PROV.wasAssociatedWith))
    assert [str(label) for agent in agents for label in graph.objects(agent, RDFS.label)] == ["communique 0.1.0"]
    assert all((agent, RDF.type, PROV.SoftwareAgent) in graph for agent in agents)


def test_no_time_is_recorded_unless_one_is_given(first: Path) -> None:
    assert not [*provenance(first).subject_objects(PROV.startedAtTime)]


def test_the_given_time_is_recorded_for_both_activities(tmp_path: Path) -> None:
    build(TINY, partial(EmbeddedStore.open, tmp_path / "store"), BuildOptions(cross_check=False, time=TIME))
    graph, stamp = provenance(tmp_path / "store"), Literal("2026-11-22T12:00:00Z", datatype=XSD.dateTime)
    for relation in (PROV.startedAtTime, PROV.endedAtTime):
        assert [value for _, value in graph.subject_objects(relation)] == [stamp, stamp]


def test_an_edited_document_is_another_entity_and_its_build_another_activity(folder: Path, corpus: Path) -> None:
    before = provenance(folder)
    authority = corpus / "authority.yaml"
    authority.write_text(authority.read_text("utf-8") + "# a comment\n", "utf-8")
    built = build(corpus, partial(EmbeddedStore.open, folder), QUICKLY)
    after = provenance(folder)
    assert built.changed
    for relation in (PROV.wasDerivedFrom, PROV.wasGeneratedBy):
        graph = URIRef(NAMES.authority)
        assert set(before.objects(graph, relation)).isdisjoint(after.objects(graph, relation))


def test_the_corpus_says_its_title_and_licence_and_a_server_can_ask_for_them(first: Path) -> None:
    graph, metadata = provenance(first), read_dataset_metadata(open_store(first))
    assert metadata is not None
    assert metadata.base == NAMES.base
    assert (URIRef(NAMES.base), DCTERMS.title, Literal(metadata.title, lang="en")) in graph
    assert (URIRef(NAMES.base), DCTERMS.license, URIRef(metadata.licence)) in graph
