"""RDF exports are the same quads to parsers of other families: N3.js, Raptor and Apache Jena."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from rdflib import RDF

from kg import formats
from kg.export.format_writers import write
from kg.export.graph_documents import GraphsByName
from kg.formats import Format
from kg.namespaces import CQ
from tests.export.test_jsonld_parsers import PARSERS, canonical
from tests.support.export_datasets import BASE, hard
from tests.support.jena import jena_commands, needs_jena

needs_n3 = pytest.mark.skipif(
    not ((PARSERS / "node_modules" / "n3").is_dir() and shutil.which("node")),
    reason="N3.js is not installed (npm ci in tests/export/parsers/)",
)
needs_raptor = pytest.mark.skipif(
    shutil.which("rapper") is None, reason="rapper is not installed (Debian: raptor2-utils)"
)
needs_rasqal = pytest.mark.skipif(shutil.which("roqet") is None, reason="roqet is not installed (Debian: rasqal-utils)")

N3_FORMATS = (formats.TURTLE, formats.NTRIPLES, formats.TRIG, formats.NQUADS)
RAPTOR_FORMATS = {formats.TURTLE: "turtle", formats.NTRIPLES: "ntriples", formats.RDFXML: "rdfxml"}
JENA_FORMATS = (*N3_FORMATS, formats.RDFXML)
"""Debian's Jena reads no JSON-LD: it lacks the classes of jakarta.json."""
NAMES = (
    "PREFIX cq: <https://w3id.org/communique/ontology#> SELECT ?who ?name WHERE { ?who a cq:Person ; cq:name ?name }"
)


@pytest.fixture(scope="session")
def riot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return Jena's command that reads and writes RDF."""
    return jena_commands(tmp_path_factory.mktemp("riot")) / "riot"


@pytest.fixture(scope="module", params=["hard", "the worked example"])
def dataset(request: pytest.FixtureRequest, harbour: GraphsByName) -> GraphsByName:
    """Return graphs that are hard to write, or those of an article."""
    return hard() if request.param == "hard" else harbour


def expected_quads(dataset: GraphsByName, format_: Format) -> list[str]:
    same = formats.NQUADS if format_.holds is formats.Holds.QUADS else formats.NTRIPLES
    return canonical(b"".join(write(dataset, same, BASE)))


def read_by(command: list[str | Path], document: bytes) -> bytes:
    return subprocess.run(command, input=document, capture_output=True, check=True).stdout


@needs_n3
@pytest.mark.parametrize("format_", N3_FORMATS, ids=lambda format_: format_.name)
def test_n3_js_reads_an_export_as_the_quads_that_it_was(dataset: GraphsByName, format_: Format) -> None:
    document = b"".join(write(dataset, format_, BASE))
    quads = read_by(["node", PARSERS / "read_n3.mjs", format_.media_type], document)
    assert canonical(quads) == expected_quads(dataset, format_)


@needs_raptor
@pytest.mark.parametrize("format_", RAPTOR_FORMATS, ids=lambda format_: format_.name)
def test_rapper_reads_an_export_as_the_triples_that_it_was(dataset: GraphsByName, format_: Format) -> None:
    document = b"".join(write(dataset, format_, BASE))
    triples = read_by(["rapper", "-q", "-i", RAPTOR_FORMATS[format_], "-o", "ntriples", "-", BASE], document)
    assert canonical(triples) == expected_quads(dataset, format_)


@needs_jena
@pytest.mark.parametrize("format_", JENA_FORMATS, ids=lambda format_: format_.name)
def test_riot_reads_an_export_as_the_quads_that_it_was(
    riot: Path, dataset: GraphsByName, format_: Format, tmp_path: Path
) -> None:
    file = tmp_path / f"export.{format_.extension}"
    file.write_bytes(b"".join(write(dataset, format_, BASE)))
    assert canonical(read_by([riot, "--nocheck", "--output=nq", file], b"")) == expected_quads(dataset, format_)


@needs_rasqal
def test_roqet_answers_a_question_over_an_export_as_we_do(harbour: GraphsByName, tmp_path: Path) -> None:
    file = tmp_path / "export.ttl"
    file.write_bytes(b"".join(write(harbour, formats.TURTLE, BASE)))
    printed = read_by(["roqet", "-q", "-r", "csv", "-e", NAMES, "-D", file.as_uri()], b"").decode()
    people = {who for graph in harbour.values() for who in graph.subjects(RDF.type, CQ.Person)}
    ours = sorted(
        {f"{who},{name}" for graph in harbour.values() for who in people for name in graph.objects(who, CQ.name)}
    )
    assert sorted(printed.splitlines()[1:]) == ours
    assert len(ours) > 5
