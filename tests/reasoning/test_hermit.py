"""HermiT finds ontology and data consistent: a reasoner of full OWL 2 DL, where our rules are OWL 2 RL.

Left out knowingly: datatypes outside OWL 2 (EDTF, xsd:date), and links' predicates, which are properties as values.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from rdflib import OWL, RDF, XSD, Graph, Literal, URIRef

from kg.app.schema import read_schema
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.namespaces import CQ
from kg.shipped_files import mappings_folder

ROOT = Path(__file__).parents[2]
CORPORA = [mappings_folder(), ROOT / "examples" / "strait-series"]
HERMIT = ROOT / "build" / "hermit" / "owlready2" / "hermit"
EDTF = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")
LEFT_OUT = {XSD.date, EDTF}
needs_hermit = pytest.mark.skipif(
    not HERMIT.exists() or shutil.which("java") is None,
    reason="HermiT or Java is not there: `make test` fetches HermiT with owlready2, Debian has default-jre-headless",
)

pytestmark = needs_hermit


@pytest.fixture(scope="module", params=CORPORA, ids=lambda folder: folder.name)
def world(request: pytest.FixtureRequest) -> Graph:
    graph = Graph()
    graphs = [read_schema().ontology, *read_corpus(request.param / "corpus.yaml").graphs.values()]
    for triple in (triple for part in graphs for triple in part):
        _, predicate, value = triple
        datatype = value.datatype if isinstance(value, Literal) else value
        if datatype not in LEFT_OUT and predicate != CQ.linkPredicate:
            graph.add(triple)
    return graph


def answer(graph: Graph, folder: Path) -> str:
    """Return only whether HermiT finds a graph consistent: owlready2's call also classifies, for minutes."""
    graph.serialize(folder / "world.nt", format="nt", encoding="utf-8")
    classes = f"{HERMIT}:{HERMIT / 'HermiT.jar'}"
    command = ["java", "-cp", classes, "org.semanticweb.HermiT.cli.CommandLine", "-k", (folder / "world.nt").as_uri()]
    process = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return process.stdout + process.stderr


def test_ontology_and_data_are_consistent(world: Graph, tmp_path: Path) -> None:
    assert answer(world, tmp_path) == f"{OWL.Thing} is satisfiable.\n"


def test_a_person_as_an_event_is_found_inconsistent(world: Graph, tmp_path: Path) -> None:
    event, person = (world.value(predicate=RDF.type, object=kind, any=True) for kind in (CQ.Event, CQ.Person))
    seeded = world + Graph().parse(data=f"<{event}> <{CQ.subEventOf}> <{person}> .")
    assert "InconsistentOntologyException" in answer(seeded, tmp_path)
