"""The first queries of tools about a dataset are answered from its default graph."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from rdflib import RDF, SH, SKOS, XSD, Graph, URIRef

from kg import formats
from kg.app.builds.build import build
from kg.app.export import export_graphs
from kg.datasets import GraphNames
from kg.formats import EDGES, GRAPHML, NODES
from kg.mapping.corpora.question_files import read_questions
from kg.namespaces import CQ, ONTOLOGY, SEM
from kg.prefixes import prefixes
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore, Query, open_store
from tests.support.tiny_corpus import QUICKLY

NAMES = GraphNames("https://example.org/communique/")
EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
} ORDER BY ?sq"""
"""The query for examples of SIB's sparql-editor and sparql-llm."""
PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""
PARTITIONS = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype ?triples WHERE {
  {
    ?cp void:class ?subjectClass ; void:propertyPartition ?pp .
    ?pp void:property ?prop ; void:triples ?triples .
    OPTIONAL {
      { ?pp void:classPartition [ void:class ?objectClass ] }
      UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    }
  } UNION {
    ?linkset void:subjectsTarget [ void:class ?subjectClass ] ; void:linkPredicate ?prop ;
      void:objectsTarget [ void:class ?objectClass ] .
  }
}"""
"""Their query for the schema, to complete what a user types and to check what a model has written."""
KINDS = """PREFIX cq: <https://w3id.org/communique/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?e ?l { ?e cq:kind ?k . ?k skos:prefLabel ?l }"""


def rows(store: Path, text: str) -> list[dict[str, str]]:
    answer = open_store(store).query(Query(text, formats.JSON, None))
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return [{name: value["value"] for name, value in row.items()} for row in bindings]


def graph(store: Path, name: str | None) -> Graph:
    return Graph().parse(data=b"".join(open_store(store).graph(name, formats.NTRIPLES).chunks), format="nt")


def test_the_examples_that_a_tool_finds_are_the_questions(first: Path) -> None:
    examples = {row["sq"]: (row["comment"], row["query"]) for row in rows(first, EXAMPLES)}
    questions = read_questions(ontology_folder() / "questions")
    assert examples == {
        f"{NAMES.base}example/{question.name}": (question.text, question.query) for question in questions
    }
    assert len(examples) > 50


def test_the_prefixes_that_a_tool_finds_are_those_of_exports(first: Path) -> None:
    assert {row["prefix"]: row["namespace"] for row in rows(first, PREFIXES)} == prefixes(NAMES.base)
    declared = graph(first, NAMES.description).objects(URIRef(NAMES.base), SH.declare)
    assert len({*declared}) == len(prefixes(NAMES.base))


def test_the_partitions_that_a_tool_finds_count_what_is_there(first: Path) -> None:
    whole = graph(first, None) - graph(first, NAMES.description)
    counts = {(row["subjectClass"], row["prop"]): int(row["triples"]) for row in rows(first, PARTITIONS)}
    types = whole.subject_objects(RDF.type)
    counted = Counter((str(kind), str(prop)) for subject, kind in types for prop in whole.predicates(subject))
    for (kind, prop), number in counts.items():
        members = whole.subjects(RDF.type, URIRef(kind))
        assert number == sum(1 for item in members for _ in whole.objects(item, URIRef(prop)))
    own = {pair for pair in counted if all(item.startswith(ONTOLOGY) for item in pair)}
    assert own <= {*counts}
    assert ("https://schema.org/Person", "https://schema.org/name") in counts
    assert ("https://schema.org/Person", str(CQ.name)) not in counts
    parts = rows(first, PARTITIONS)
    classes_of_objects = {
        (row["subjectClass"], row["prop"], row["objectClass"]) for row in parts if "objectClass" in row
    }
    typed = {(row["prop"], row["objectDatatype"]) for row in parts if "objectDatatype" in row}
    assert (str(CQ.Statement), str(CQ.says), str(CQ.Proposition)) in classes_of_objects
    assert (str(CQ.length), str(XSD.integer)) in typed  # as queries find it: the engine keeps no derived datatype
    assert (str(CQ.gist), str(RDF.langString)) in typed
    for kind, prop, value in classes_of_objects:
        members = whole.subjects(RDF.type, URIRef(kind))
        assert any(
            (item, RDF.type, URIRef(value)) in whole
            for member in members
            for item in whole.objects(member, URIRef(prop))
        )


def test_concepts_classes_and_properties_have_labels_without_graph(first: Path) -> None:
    ontology = graph(first, NAMES.ontology)
    event_kinds = graph(first, None).subject_objects(CQ.kind)
    kinds = {
        (str(event), str(label)) for event, kind in event_kinds for label in ontology.objects(kind, SKOS.prefLabel)
    }
    assert kinds
    assert {(row["e"], row["l"]) for row in rows(first, KINDS)} == kinds
    label = "SELECT ?l { VALUES ?t { <%s> } ?t <http://www.w3.org/2000/01/rdf-schema#label> ?l }"
    for term in (CQ.Statement, CQ.participant, "https://w3id.org/communique/scheme/act/deny"):
        assert [row["l"] for row in rows(first, label % term)], term


def test_the_description_is_neither_asserted_nor_inferred_from(first: Path) -> None:
    described, inferred = graph(first, NAMES.description), graph(first, NAMES.inferred)
    roles = {*inferred.subjects(RDF.type, URIRef(f"{SEM}RoleType"))}  # inferred from the participations that name them
    assert not {*described.subjects()} & {*inferred.subjects()} - roles
    assert not [*graph(first, None).subjects(RDF.type, SKOS.ConceptScheme)]
    assert not NAMES.asserts(NAMES.description)


@pytest.mark.parametrize("offered", [GRAPHML, NODES, EDGES], ids=lambda row: row.name)
def test_property_graphs_hold_nothing_of_it(first: Path, offered: formats.Format) -> None:
    document = b"".join(export_graphs(open_store(first), (), offered)).decode()
    examples = {str(node) for node in graph(first, NAMES.description).subjects(RDF.type, SH.SPARQLExecutable)}
    assert examples
    assert not [iri for iri in examples if iri in document]


def test_it_follows_the_corpus_and_a_second_build_leaves_it_as_it_is(corpus: Path, tmp_path: Path) -> None:
    first, again = tmp_path / "one", tmp_path / "two"
    for folder in (first, again):
        build(corpus, partial(EmbeddedStore.open, folder), QUICKLY)
    assert {*graph(first, NAMES.description)} == {*graph(again, NAMES.description)}
    assert _lines(first) == _lines(again)


def _lines(store: Path) -> list[bytes]:
    return sorted(b"".join(open_store(store).graph(NAMES.description, formats.NTRIPLES).chunks).splitlines())
