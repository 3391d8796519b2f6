"""Projections as other programs read them (networkx represents Gephi), over the worked example: read it to follow."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from rdflib import DCTERMS, Graph, Literal, URIRef

from kg import formats
from kg.errors import RequestError
from kg.export.projections import PROJECTIONS, projection_by_name
from kg.export.property_graph import EVERYTHING
from kg.formats import Format
from tests.export.conftest import document, graph
from tests.support.command_line import here
from tests.support.export_datasets import BASE
from tests.support.graphml import read_graphml

PERSON = f"{BASE}person/"


def relations(projected: nx.MultiDiGraph, start: str, end: str) -> dict[str, dict[str, object]]:
    edges = (projected.get_edge_data(start, end) or {}).values()
    return {edge["label"]: edge for edge in edges}


def test_people_of_two_sides_met_and_those_of_one_side_are_not_said_to_have(store: Path) -> None:
    people = graph(store, "people")
    tarrant, roux, seric = (f"{PERSON}{name}" for name in ("ilse-tarrant", "nadia-roux", "jovan-seric"))
    met = relations(people, tarrant, seric) | relations(people, seric, tarrant)
    assert met["met"]["count"] == 1
    assert met["met"]["because"] == f"{BASE}article/harbour-talks/event/talks"
    assert "/passage/" in str(met["met"]["passage"])
    assert "met" not in relations(people, tarrant, roux) | relations(people, roux, tarrant)


def test_statements_about_somebody_are_counted_and_dated(store: Path) -> None:
    people = graph(store, "people")
    spoke = relations(people, f"{PERSON}nadia-roux", f"{BASE}organization/coastal-office")["spokeAbout"]
    assert spoke["count"] == 1
    assert spoke["act"] == "accuse"


def test_a_general_glance_holds_no_passages_as_nodes(store: Path) -> None:
    people = graph(store, "people")
    assert {kind for _, kinds in people.nodes(data="types") for kind in kinds.split(" | ")} == {
        "Person",
        "Organization",
        "Group",
    }
    assert not [iri for iri, label in people.nodes(data="label") if label == iri.rpartition("/")[2]]


def test_sides_have_colours_in_gexf(store: Path) -> None:
    people = graph(store, "people")
    colours = {side: node["viz"]["color"] for _, node in people.nodes(data=True) if (side := node.get("side"))}
    assert len(colours) == 2
    assert colours.popitem()[1] != colours.popitem()[1]


def test_what_was_only_planned_is_told_from_what_took_place(store: Path) -> None:
    meetings = graph(store, "meetings")
    labels = Counter((meetings.nodes[end]["types"], edge) for _, end, edge in meetings.edges(data="label"))
    assert labels["Scenario", "wouldTakePartIn"] > 0
    assert labels["Scenario", "tookPartIn"] == labels["Event", "wouldTakePartIn"] == 0


def test_statements_lead_from_their_source_to_what_they_relay(store: Path) -> None:
    statements = graph(store, "statements")
    relays = [(start, end) for start, end, label in statements.edges(data="label") if label == "relays"]
    assert relays
    source_of = {end: start for start, end, label in statements.edges(data="label") if label == "said"}
    (start, end) = next(pair for pair in relays if "seric" in source_of[pair[1]])
    assert source_of[start] == f"{PERSON}ilse-tarrant"
    assert "nine points" in statements.nodes[end]["label"] or statements.nodes[end]["form"]


@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_every_format_holds_the_same_nodes_and_edges(store: Path, name: str) -> None:
    gexf = graph(store, name)
    graphml = read_graphml(document(store, name, formats.GRAPHML))
    nodes, edges = (
        [*csv.DictReader(io.StringIO(document(store, name, format_).decode()))]
        for format_ in (formats.NODES, formats.EDGES)
    )
    assert {*gexf.nodes} == {*graphml.nodes} == {row["id"] for row in nodes}
    listed = sorted((row["source"], row["target"], row["label"], int(row["count"])) for row in edges)
    assert sorted((*ends, edge["label"], edge["count"]) for *ends, edge in gexf.edges(data=True)) == listed
    assert sorted((*ends, edge["label"], edge["count"]) for *ends, edge in graphml.edges(data=True)) == listed
    assert len({row[:3] for row in listed}) == len(listed)


@pytest.mark.parametrize("format_", [formats.GRAPHML, formats.GEXF, formats.CYPHER], ids=lambda format_: format_.name)
def test_a_document_says_what_its_projection_leaves_out(store: Path, format_: Format) -> None:
    assert f"Left out: {projection_by_name('people').leaves_out}." in document(store, "people", format_).decode()


@pytest.mark.parametrize("projection", ["full", "people"])
@pytest.mark.parametrize("name", [format_.name for format_ in formats.PROPERTY_GRAPH_FORMATS])
def test_the_command_tells_what_is_left_out_and_describes_the_file_by_it(
    store: Path, tmp_path: Path, projection: str, name: str
) -> None:
    file = tmp_path / "graph"
    sentence = EVERYTHING if projection == "full" else projection_by_name(projection).description
    written = here(
        "export", "--projection", projection, "--format", name, "--output", file, "--describe", "--store", store
    )
    assert written.err.splitlines()[0] == sentence
    described = Graph().parse(tmp_path / "graph.dcat.ttl", publicID=tmp_path.as_uri() + "/")
    assert described.value(URIRef(file.as_uri()), DCTERMS.description) == Literal(sentence, lang="en")
    if name in {"graphml", "gexf", "cypher"}:
        assert sentence in file.read_text("utf-8")


def test_a_projection_in_a_format_of_rdf_is_an_error_that_names_the_others(store: Path) -> None:
    with pytest.raises(
        RequestError, match="which Turtle does not hold: expected one of graphml, gexf, nodes, edges, neo4j-nodes"
    ):
        document(store, "people", formats.TURTLE)
    with pytest.raises(
        RequestError, match="'persons' is not a projection: expected one of people, meetings, statements"
    ):
        projection_by_name("persons")
