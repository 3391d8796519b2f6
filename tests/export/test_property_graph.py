"""Property graphs as tools without RDF load them (represented by networkx)."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from rdflib import RDF, Graph, Literal, URIRef

from kg import formats
from kg.export.format_writers import write
from kg.export.graph_documents import GraphsByName
from kg.formats import Format
from kg.namespaces import CQ, SCHEMA
from tests.support.export_datasets import ANNA, BASE, NOTES, STATEMENT, hard
from tests.support.graphml import read_graphml

INFERRED = f"{BASE}graph/inferred"


def document(dataset: GraphsByName, format_: Format) -> bytes:
    return b"".join(write(dataset, format_, BASE))


def with_inferred() -> GraphsByName:
    inferred = Graph()
    inferred.add((ANNA, RDF.type, SCHEMA.Person))
    inferred.add((ANNA, SCHEMA.name, Literal("Аня 🙂 Šerić")))
    inferred.add((ANNA, RDF.type, CQ.Agent))
    inferred.add((ANNA, CQ.says, STATEMENT))
    return {**hard(), INFERRED: inferred}


def test_networkx_reads_graphml_with_labels_types_and_properties() -> None:
    graph = read_graphml(document(hard(), formats.GRAPHML))
    assert graph.nodes[str(ANNA)]["label"] == "Аня 🙂 Šerić"
    assert graph.nodes[str(STATEMENT)]["types"] == "Statement"
    assert "warn" in graph.nodes[str(STATEMENT)]["act"].split(" | ")
    (edge,) = graph.get_edge_data(str(STATEMENT), str(ANNA)).values()
    assert (edge["label"], edge["graphs"]) == ("source", "article/a")


def test_networkx_reads_the_same_graph_from_gexf() -> None:
    graphml = read_graphml(document(hard(), formats.GRAPHML))
    gexf = nx.read_gexf(io.BytesIO(document(hard(), formats.GEXF)))
    assert set(gexf.nodes) == set(graphml.nodes)
    assert set(gexf.edges()) == set(graphml.edges())
    assert gexf.nodes[str(ANNA)]["label"] == "Аня 🙂 Šerić"
    assert gexf.nodes[str(STATEMENT)]["gist"] == graphml.nodes[str(STATEMENT)]["gist"]


def test_the_two_csv_files_fit_each_other_and_hold_what_graphml_holds(harbour: GraphsByName) -> None:
    nodes, edges = (
        [*csv.DictReader(io.StringIO(document(harbour, format_).decode("utf-8")))]
        for format_ in (formats.NODES, formats.EDGES)
    )
    ids = {node["id"] for node in nodes}
    assert len(ids) == len(nodes) > 400
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= ids
    graphml = ET.fromstring(document(harbour, formats.GRAPHML))  # noqa: S314 - our own document
    names = [element.tag.rpartition("}")[2] for element in graphml.iter()]
    assert (names.count("node"), names.count("edge")) == (len(nodes), len(edges))


def test_what_only_follows_in_the_words_of_other_vocabularies_is_left_out() -> None:
    graph = read_graphml(document(with_inferred(), formats.GRAPHML))
    anna = graph.nodes[str(ANNA)]
    assert anna["types"] == "Agent"
    assert "schema:name" not in anna
    assert graph.has_edge(str(ANNA), str(STATEMENT))


def test_what_a_client_says_in_other_words_is_kept_with_the_graph_that_says_it() -> None:
    rows = [*csv.DictReader(io.StringIO(document(with_inferred(), formats.EDGES).decode("utf-8")))]
    (own,) = [row for row in rows if row["graphs"] == NOTES]
    assert own["label"] == "https://example.org/vocabulary/knows-of"


def test_a_thing_that_is_only_referred_to_is_a_node_with_the_end_of_its_name() -> None:
    dataset: GraphsByName = {NOTES: Graph().add((ANNA, CQ.place, URIRef("https://example.org/place/harbour")))}
    graph = read_graphml(document(dataset, formats.GRAPHML))
    assert graph.nodes["https://example.org/place/harbour"]["label"] == "harbour"


def test_an_empty_dataset_is_an_empty_graph_in_every_format() -> None:
    assert read_graphml(document({}, formats.GRAPHML)).number_of_nodes() == 0
    assert nx.read_gexf(io.BytesIO(document({}, formats.GEXF))).number_of_nodes() == 0
    assert document({}, formats.EDGES) == b"source,target,label,graphs\n"


@pytest.mark.parametrize("format_", [formats.NODES, formats.GRAPHML, formats.GEXF], ids=lambda format_: format_.name)
def test_a_property_of_a_nodes_own_name_has_another_one(format_: Format) -> None:
    graph = Graph()
    thing = URIRef("http://e.x/a")
    for name in ("id", "label", "types"):
        graph.add((thing, URIRef(f"https://w3id.org/communique/ontology#{name}"), Literal(f"own {name}")))
    written = document({None: graph}, format_).decode()
    if format_ is formats.NODES:
        (written_row,) = csv.DictReader(io.StringIO(written))
        own = {f"cq:{name}": f"own {name}" for name in ("id", "label", "types")}
        assert written_row == {"id": str(thing), "label": "a", "types": "", **own}
    else:
        assert all(f'"cq:{name}"' in written for name in ("id", "label", "types"))


def test_properties_of_other_vocabularies_have_names_apart_in_graphml() -> None:
    likely = (URIRef("https://example.org/terms#size"), URIRef("https://example.org/terms/size"))
    notes = Graph()
    for number, name in enumerate(likely):
        notes.add((ANNA, name, Literal(f"value {number}")))
    anna = read_graphml(document({NOTES: notes}, formats.GRAPHML)).nodes[str(ANNA)]
    assert sorted(value for value in anna.values() if value.startswith("value")) == ["value 0", "value 1"]
    assert {"https:.example.org.terms.size"} < {*anna}
