"""HermiT finds ontology and data consistent: a reasoner of full OWL 2 DL, where our rules are OWL 2 RL.

Left out knowingly: datatypes outside OWL 2 (EDTF, xsd:date), and links' predicates, which are properties as values.
"""

from __future__ import annotations

import io
import shutil

import pytest
from rdflib import XSD, Graph, Literal, URIRef

from kg.app import read_schema
from kg.mapping import read_corpus
from kg.namespaces import CQ
from kg.shipped_files import mappings_folder, ontology_folder

owlready2 = pytest.importorskip("owlready2", reason="owlready2, which brings HermiT, is not installed")
LEFT_OUT = {XSD.date, URIRef("http://id.loc.gov/datatypes/edtf/EDTF")}


@pytest.fixture(scope="module")
def world() -> Graph:
    graph = Graph()
    graphs = [read_schema().ontology, *read_corpus(mappings_folder() / "corpus.yaml").graphs.values()]
    for triple in (triple for part in graphs for triple in part):
        _, predicate, value = triple
        datatype = value.datatype if isinstance(value, Literal) else value
        if datatype not in LEFT_OUT and predicate != CQ.linkPredicate:
            graph.add(triple)
    return graph


def consistent(graph: Graph) -> bool:
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which HermiT needs")
    world = owlready2.World()
    ontology = world.get_ontology("https://example.org/all#")
    ontology.load(fileobj=io.BytesIO(graph.serialize(format="nt").encode()))
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    return True


def test_ontology_and_shipped_data_are_consistent(world: Graph) -> None:
    assert consistent(world)


def test_a_person_who_is_also_a_place_is_found_inconsistent() -> None:
    facts = f"<https://example.org/ann> a <{CQ.Person}> , <{CQ.Place}> ."
    ontology = Graph().parse(ontology_folder() / "communique.ttl")
    without_edtf = Graph()
    for triple in ontology + Graph().parse(data=facts):
        if triple[2] not in LEFT_OUT:
            without_edtf.add(triple)
    assert not consistent(without_edtf)
