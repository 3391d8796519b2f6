"""The ontology is in OWL 2 RL by the OWL API's word, but for a few triples that are outside OWL 2 DL knowingly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Graph, URIRef
from rdflib.term import Node

from kg.app.schema import read_schema
from kg.namespaces import CQ
from tests.reasoning.test_hermit import EDTF, HERMIT, needs_hermit

RDF_LANGSTRING = RDF.langString
DATES = {(term, RDFS.range, EDTF) for term in (CQ.when, CQ.saidWhen, CQ.since, CQ.until)}
OUTSIDE = DATES | {
    # No datatypes of OWL 2, whose literals every RDF 1.1 tool reads all the same.
    (CQ.published, RDFS.range, XSD.date),
    (CQ.gist, RDFS.range, RDF_LANGSTRING),
    (CQ.terms, RDFS.range, RDF_LANGSTRING),
    # Annotation properties there, so that nothing may follow to them, and nobody would find our names by them.
    (CQ.gist, RDFS.subPropertyOf, RDFS.label),
    (CQ.name, RDFS.subPropertyOf, RDFS.label),
    (CQ.alias, RDFS.subPropertyOf, SKOS.altLabel),
    # What SEM's roles have.
    (CQ.participant, RDFS.subPropertyOf, RDF.value),
}

pytestmark = needs_hermit


@pytest.fixture(scope="module")
def inside() -> Graph:
    """Return the ontology with what its outside terms are, without `OUTSIDE` and the days on which it was written."""
    graph = read_schema().ontology + Graph().parse(Path(__file__).with_name("outside_terms.ttl"))
    assert set(graph) >= OUTSIDE
    for pattern in (*OUTSIDE, (None, DCTERMS.created, None), (None, DCTERMS.modified, None)):
        graph.remove(pattern)
    return graph


def with_triples(graph: Graph, *triples: tuple[Node, Node, Node]) -> Graph:
    changed = graph + Graph()
    for triple in triples:
        changed.add(triple)
    return changed


def outside_profile(folder: Path, *graphs: Graph) -> list[list[str]]:
    """Return what of each graph is outside OWL 2 RL."""
    files = [folder / f"{number}.owl" for number in range(len(graphs))]
    for file, graph in zip(files, graphs, strict=True):
        graph.serialize(file, format="xml", encoding="utf-8")
    command: list[str | Path] = [sys.executable, "-m", "tests.reasoning.owl_profile", HERMIT / "HermiT.jar", *files]
    process = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_the_ontology_is_in_owl_2_rl(inside: Graph, tmp_path: Path) -> None:
    of_inside, *of_others = outside_profile(tmp_path, inside, *(with_triples(inside, triple) for triple in OUTSIDE))
    assert of_inside == []
    assert [triple for triple, sentences in zip(OUTSIDE, of_others, strict=True) if not sentences] == []


def test_what_is_outside_the_profile_is_found(inside: Graph, tmp_path: Path) -> None:
    union = f"<{CQ.Agent}> <{RDFS.subClassOf}> [ a <{OWL.Class}> ; <{OWL.unionOf}> ( <{CQ.Person}> <{CQ.Group}> ) ] ."
    undeclared = URIRef("urn:undeclared"), RDFS.subClassOf, CQ.Agent
    of_union, of_class = outside_profile(
        tmp_path, with_triples(inside, *Graph().parse(data=union)), with_triples(inside, undeclared)
    )
    expected = "Use of non-superclass expression in position that requires a superclass expression"
    assert [sentence.partition(":")[0] for sentence in of_union] == [expected]
    assert [sentence.partition(" [")[0] for sentence in of_class] == ["Use of undeclared class: <urn:undeclared>"]
