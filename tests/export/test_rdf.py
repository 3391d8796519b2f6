"""Exports of RDF: what is read back is what was written, and the bytes are the same for every hash seed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib import Dataset as RdflibDataset
from rdflib.compare import isomorphic

from kg import formats
from kg.errors import DataError, RequestError
from kg.export import sorted_lines
from kg.export.blank_node_names import named_blanks
from kg.export.format_writers import write, write_documents
from kg.export.graph_documents import GraphsByName, to_document
from kg.export.rdf import SORTED_FORMATS
from kg.formats import GRAPH_FORMATS, Format, Holds
from kg.namespaces import CQ
from tests.support.export_datasets import ANNA, BASE, NOTES, hard

QUADS = [format_ for format_ in GRAPH_FORMATS if format_.holds is Holds.QUADS]
TRIPLES = [format_ for format_ in GRAPH_FORMATS if format_.holds is Holds.TRIPLES]


def text(dataset: GraphsByName, format_: Format) -> str:
    return b"".join(write(dataset, format_, BASE)).decode("utf-8")


def ours(dataset: GraphsByName) -> set[tuple[object, ...]]:
    return {(*triple, name) for name, graph in dataset.items() for triple in graph}


def by_rdflib(document: str, format_: Format) -> set[tuple[object, ...]]:
    parsed = RdflibDataset()
    parsed.parse(data=document, format=format_.media_type)
    return {(subject, predicate, value, str(name)) for subject, predicate, value, name in parsed.quads()}


def by_oxigraph(document: str, format_: Format) -> set[str]:
    read = ox.RdfFormat.from_media_type(format_.media_type)
    assert read is not None
    return {str(quad) for quad in ox.parse(document.encode(), read)}


@pytest.mark.filterwarnings("ignore:Dataset.default_context", "ignore:ConjunctiveGraph")  # rdflib's own parsers
@pytest.mark.parametrize("format_", QUADS, ids=lambda format_: format_.name)
def test_named_graphs_are_read_back_as_they_were(format_: Format, harbour: GraphsByName) -> None:
    for dataset in (hard(), harbour):
        assert by_rdflib(text(dataset, format_), format_) == ours(dataset)


@pytest.mark.parametrize("format_", TRIPLES, ids=lambda format_: format_.name)
def test_the_union_of_the_graphs_is_read_back_as_it_was(format_: Format, harbour: GraphsByName) -> None:
    for dataset in (hard(), harbour):
        parsed = set(Graph().parse(data=text(dataset, format_), format=format_.media_type))
        assert parsed == {triple for graph in dataset.values() for triple in graph}


@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_another_parser_reads_every_format_as_it_reads_the_canonical_one(
    format_: Format, harbour: GraphsByName
) -> None:
    same = formats.NQUADS if format_.holds is Holds.QUADS else formats.NTRIPLES
    for dataset in (hard(), harbour):
        assert by_oxigraph(text(dataset, format_), format_) == by_oxigraph(text(dataset, same), same)


def test_every_format_comes_out_the_same_for_another_hash_seed() -> None:
    code = (
        "import hashlib; from kg.export.format_writers import write, EXPORT_FORMATS\n"
        "from tests.support.export_datasets import hard, BASE\n"
        "for each in EXPORT_FORMATS: print(each.name, hashlib.sha256(b''.join(write(hard(), each, BASE))).hexdigest())"
    )
    outputs = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == len(GRAPH_FORMATS) + len(formats.PROPERTY_GRAPH_FORMATS)


def test_canonical_lines_are_sorted_and_stand_once() -> None:
    for format_ in (formats.NQUADS, formats.NTRIPLES):
        lines = text(hard(), format_).splitlines()
        assert lines == sorted(set(lines))
    assert len(text(hard(), formats.NQUADS).splitlines()) == len(text(hard(), formats.NTRIPLES).splitlines()) + 1


@pytest.mark.parametrize("format_", SORTED_FORMATS, ids=lambda format_: format_.name)
def test_what_exceeds_memory_is_sorted_in_runs_to_the_same_bytes(
    format_: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = text(hard(), format_)
    runs = list[list[bytes]]()
    monkeypatch.setattr(sorted_lines, "MAX_RUN_BYTES", 200)

    def spilled(run: list[bytes]) -> io.BytesIO:
        runs.append(run)
        return io.BytesIO(b"".join(run))

    monkeypatch.setattr(sorted_lines, "_spilled", spilled)
    lines = {name: [*to_document(graph)] for name, graph in hard().items()}
    documents = {
        name: [part for line in graph_lines for part in (line[:9], line[9:])] for name, graph_lines in lines.items()
    }
    assert b"".join(write_documents(documents, format_, BASE)).decode() == at_once
    assert len(runs) > 3
    assert max(sum(map(len, run)) for run in runs) < 500


@pytest.mark.parametrize("format_", [formats.NTRIPLES, formats.TURTLE], ids=lambda format_: format_.name)
@pytest.mark.parametrize("chunks_taken", [0, 1])
def test_temporary_files_are_closed_however_much_is_read(
    format_: Format, chunks_taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = list[io.BytesIO]()

    def spilled(run: list[bytes]) -> io.BytesIO:
        files.append(io.BytesIO(b"".join(run)))
        return files[-1]

    monkeypatch.setattr(sorted_lines, "_spilled", spilled)
    chunks = write(hard(), format_, BASE)
    assert all([*islice(chunks, chunks_taken)])
    assert len(files) == chunks_taken
    del chunks
    assert all(file.closed for file in files)


def test_classes_come_first_and_a_literal_that_looks_like_one_stays() -> None:
    graph = Graph()
    graph.add((X, CQ.gist, Literal(f"says <{RDF.type}> here")))
    graph.add((X, URIRef("http://a.x/first"), Literal("by name")))
    graph.add((X, RDF.type, CQ.Statement))
    document = text({"http://e.x/g": graph}, formats.TRIG)
    assert " a cq:Statement ;" in document
    assert f"says <{RDF.type}> here" in document


def test_turtle_reads_well() -> None:
    document = text({None: hard()[NOTES]}, formats.TURTLE)
    assert "@prefix person: <https://example.org/communique/person/> .\n" in document
    assert document.endswith('\tcq:name "Аня 🙂 Šerić" .\n')
    assert "@prefix skos:" not in document


def test_json_ld_reads_like_a_mapping_document() -> None:
    document = json.loads(text(hard(), formats.JSONLD))
    (graph,) = [item for item in document["@graph"] if item["id"] == "graph:article/a"]
    (node,) = [item for item in graph["@graph"] if item.get("type") == "Statement"]
    assert node["source"] == "person:anna"
    assert node["kind"] == "event-kind/consult"
    assert "warn" in node["act"]
    assert node["membersComplete"] == "true"
    assert document["@context"]["person"] == f"{BASE}person/"
    assert "addressee" not in document["@context"]


def test_a_character_that_xml_lacks_is_an_error_and_not_another_character() -> None:
    graph = Graph()
    graph.add((ANNA, CQ.name, Literal("bell\x07")))
    with pytest.raises(DataError, match="x07"):
        text({None: graph}, formats.RDFXML)
    assert "bell\x07" in str(next(iter(Graph().parse(data=text({None: graph}, formats.NTRIPLES), format="nt")))[2])


def test_a_predicate_that_is_no_xml_name_is_an_error() -> None:
    graph = Graph()
    graph.add((ANNA, URIRef("https://example.org/1"), Literal("one")))
    with pytest.raises(DataError, match=r"<https://example\.org/1> cannot be written as RDF/XML"):
        text({None: graph}, formats.RDFXML)


def test_a_format_of_query_results_holds_no_graph() -> None:
    with pytest.raises(RequestError, match="SPARQL JSON holds no graph"):
        write(hard(), formats.JSON, BASE)


def test_blank_nodes_get_names_that_depend_on_what_is_said_of_them_alone() -> None:
    turtle = "@prefix : <urn:x:> . :a :p [ :q 1 ], [ :q 2 ] . :b :list ( 1 2 ) ."
    first, second = (named_blanks(Graph().parse(data=turtle, format="turtle"), "urn:x:_") for _ in range(2))
    assert set(first) == set(second)
    assert len(first) == len(Graph().parse(data=turtle, format="turtle"))
    assert "_:" not in text({None: first}, formats.NTRIPLES)


def test_an_edit_renames_the_blank_nodes_that_it_touches_and_no_others() -> None:
    turtle = "@prefix : <urn:x:> . :a :list ( 1 2 ) . :b :list ( 1 2 ) . :c :shape [ :path :p ; :node [ :max 3 ] ] ."
    edited = turtle.replace(":max 3", ":max 4")
    before, after = (named_blanks(Graph().parse(data=text, format="turtle"), "urn:x:_") for text in (turtle, edited))
    changed = {subject for subject, _, _ in before} - {subject for subject, _, _ in after}
    assert len(changed) == 2
    assert isomorphic(Graph().parse(data=turtle, format="turtle"), blank(before))
    assert len(before) == 14


def blank(graph: Graph) -> Graph:
    """Return a graph with blank nodes in the place of their names."""
    anonymous_of = {node: BNode() for triple in graph for node in triple if str(node).startswith("urn:x:_")}
    anonymous = Graph()
    for triple in graph:
        subject, predicate, value = (anonymous_of.get(node, node) for node in triple)
        anonymous.add((subject, predicate, value))
    return anonymous


OURS = str(CQ.name).removesuffix("name")
X = URIRef("http://e.x/x")
HARD_TO_SHORTEN: dict[str | None, list[tuple[URIRef | BNode, URIRef, URIRef | BNode | Literal]]] = {
    "schema:graph": [
        (X, RDF.type, BNode("class")),
        (BNode("class"), RDFS.label, Literal("a class without a name")),
        (X, URIRef("https://schema.org/name"), Literal("a name", lang="EN")),
        (X, URIRef("http://e.x/see"), URIRef("schema:name")),
        (X, URIRef("about:blank"), URIRef("place:x")),
        (X, RDF.type, URIRef(f"{OURS}schema")),
        (X, RDF.type, URIRef(f"{OURS}id")),
        (X, RDF.type, URIRef(f"{OURS}about")),
        (X, RDF.type, Literal("no class")),
        (X, CQ.place, URIRef(f"{BASE}place/one")),
        (X, CQ.place, Literal("no place")),
        (X, CQ.kind, URIRef("https://w3id.org/communique/scheme/event-kind/consult")),
        (X, CQ.kind, URIRef("https://w3id.org/communique/scheme/place")),
        (X, CQ.kind, BNode("class")),
        (X, URIRef("https://schema.org/"), URIRef("https://schema.org//b")),
        (X, RDFS.label, Literal("@id", datatype=URIRef("xsd:datatype"))),
    ]
}


def test_json_ld_shortens_only_what_is_read_as_the_same_term() -> None:
    dataset: dict[str | None, Graph] = {None: Graph()}
    for name, triples in HARD_TO_SHORTEN.items():
        dataset[name] = Graph()
        for triple in triples:
            dataset[name].add(triple)
    document = text(dataset, formats.JSONLD)
    assert by_oxigraph(document, formats.JSONLD) == by_oxigraph(text(dataset, formats.NQUADS), formats.NQUADS)


def test_terms_come_before_prefixes_of_their_name_in_json_ld() -> None:
    graph = Graph()
    graph.add((X, CQ.place, URIRef(f"{BASE}place/one")))
    document = json.loads(text({None: graph}, formats.JSONLD))
    assert document["@graph"] == [{"id": str(X), "place": f"{BASE}place/one"}]
    assert document["@context"]["place"] == {"@id": str(CQ.place), "@type": "@id"}


@pytest.mark.parametrize("local", ["日本", "é-1", "a.b", "x·y", "ns1"])
def test_rdf_xml_writes_predicates_of_letters_of_every_script(local: str) -> None:
    graph = Graph()
    graph.add((X, URIRef(f"http://e.x/1{local}"), Literal("v")))
    read = Graph().parse(data=text({None: graph}, formats.RDFXML), format="xml")
    assert set(read) == set(graph)


@pytest.mark.parametrize("local", ["", "1", "-", "a/", "·"])
def test_rdf_xml_refuses_predicates_that_end_in_no_name(local: str) -> None:
    graph = Graph()
    graph.add((X, URIRef(f"http://e.x/{local}"), Literal("v")))
    with pytest.raises(DataError, match="XML name"):
        text({None: graph}, formats.RDFXML)
