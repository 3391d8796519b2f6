"""JSON-LD of exports, and documents under our context, are the same quads to the parsers that others use."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg import formats
from kg.export.format_writers import write
from kg.export.graph_documents import GraphsByName
from kg.namespaces import ONTOLOGY, SCHEME
from kg.shipped_files import ontology_folder
from tests.support.export_datasets import BASE, hard

PARSERS = Path(__file__).parent / "parsers"
READ = PARSERS / "read.mjs"
CONTEXT = json.loads((ontology_folder() / "context.jsonld").read_text("utf-8"))["@context"]
TERMS = [key for key in CONTEXT if key[0] != "@"]
NAMES = [*TERMS, "person", "article", "rdf", "X"]
LITERALS: tuple[dict[str, Any], ...] = (
    {},
    {"lang": "en"},
    {"lang": "de"},
    {"datatype": XSD.dateTime},
    {"datatype": URIRef("xsd:x")},
)

needs_node = pytest.mark.skipif(
    not ((PARSERS / "node_modules" / "jsonld").is_dir() and shutil.which("node")),
    reason="the parsers are not installed (npm ci in tests/export/parsers/)",
)


def canonical(quads: str | bytes, written: ox.RdfFormat = ox.RdfFormat.N_QUADS) -> list[str]:
    dataset = ox.Dataset(ox.parse(quads, written))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def by_pyld(document: bytes) -> list[str]:
    return canonical(jsonld.to_rdf(json.loads(document), {"format": "application/n-quads"}))


def by_node(document: bytes) -> Mapping[str, list[str]]:
    done = subprocess.run(["node", str(READ)], input=document, capture_output=True, check=True)
    return {parser: canonical(quads) for parser, quads in json.loads(done.stdout).items()}


def awkward(seed: int) -> GraphsByName:
    """Return graphs whose names are prefixes, terms and schemes at once."""
    chosen = random.Random(seed)  # noqa: S311 -- no secret
    dataset: dict[str | None, Graph] = {}
    for name in (None, str(_iri(chosen))):
        dataset[name] = Graph()
        for _ in range(30):
            subject = chosen.choice([_iri(chosen), BNode("one")])
            dataset[name].add((subject, chosen.choice([_iri(chosen), RDF.type]), _value(chosen)))
    return dataset


def _iri(chosen: random.Random) -> URIRef:
    name, other = chosen.choice(NAMES), chosen.choice(NAMES)
    starts = (ONTOLOGY, f"{BASE}person/", f"{BASE}place//", f"{SCHEME}{other}/", f"{other}:", "https://schema.org/")
    return URIRef(f"{chosen.choice(starts)}{name}")


def _value(chosen: random.Random) -> Node:
    literal = Literal(chosen.choice(["x", "", "@id", "en:x"]), **chosen.choice(LITERALS), normalize=False)
    return chosen.choice([_iri(chosen), _iri(chosen), BNode("two"), literal])


EXPORTS: dict[str, Callable[[], GraphsByName]] = {
    "hard": hard,
    **{f"awkward {seed}": partial(awkward, seed) for seed in range(6)},
}


@pytest.mark.parametrize("name", EXPORTS)
def test_pyld_reads_an_export_as_the_quads_that_it_was(name: str) -> None:
    dataset = EXPORTS[name]()
    quads = b"".join(write(dataset, formats.NQUADS, BASE))
    assert by_pyld(b"".join(write(dataset, formats.JSONLD, BASE))) == canonical(quads)


@needs_node
@pytest.mark.parametrize("name", EXPORTS)
def test_the_parsers_of_javascript_do_so_too(name: str) -> None:
    dataset = EXPORTS[name]()
    quads = canonical(b"".join(write(dataset, formats.NQUADS, BASE)))
    parsed = by_node(b"".join(write(dataset, formats.JSONLD, BASE)))
    assert parsed == dict.fromkeys(("jsonld.js", "jsonld-streaming-parser"), quads)


def under_our_context() -> bytes:
    """Return a document in which each term of the context has a value."""
    nodes = []
    for term in (key for key in TERMS if isinstance(CONTEXT[key], dict)):
        definition = CONTEXT[term]
        text = "http://e.x/v" if definition.get("@type") == "@id" else "consult"
        nodes.append({"id": f"http://e.x/{term}", term: {"id": "http://e.x/v"} if "@reverse" in definition else text})
    return json.dumps({"@context": CONTEXT, "@graph": nodes}).encode()


def test_the_engine_reads_our_context_as_pyld_does() -> None:
    document = under_our_context()
    assert len(by_pyld(document)) >= len(json.loads(document)["@graph"]) > 40
    assert canonical(document, ox.RdfFormat.JSON_LD) == by_pyld(document)


@needs_node
def test_the_parsers_of_javascript_read_our_context_as_pyld_does() -> None:
    document = under_our_context()
    assert by_node(document) == dict.fromkeys(("jsonld.js", "jsonld-streaming-parser"), by_pyld(document))
