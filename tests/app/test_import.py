"""`kg import`: every format, compressed or as a stream, into graphs of its own, with who, when and from which file."""

from __future__ import annotations

import bz2
import getpass
import gzip
import hashlib
import lzma
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from rdflib import FOAF, PROV, RDF, RDFS, Dataset, Graph, Literal, URIRef

from kg import formats
from kg.datasets import GraphNames
from kg.formats import GRAPH_FORMATS, Format, Holds
from kg.namespaces import CQ
from kg.store import EmbeddedStore, open_store
from tests.support.command_line import KG, TINY, here, kg

NAMES = GraphNames("https://example.org/communique/")
IMPORTED = f"{NAMES.base}graph/import/"
TURTLE = """\
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<https://example.org/yearbook/ada> a foaf:Person ; foaf:name "Ada Brandt" ;
  foaf:knows <https://example.org/yearbook/jon> .
<https://example.org/yearbook/jon> foaf:name "Jon Vik" .
"""
TRIPLES = set(Graph().parse(data=TURTLE, format="turtle"))
NAMED = """\
<https://example.org/a#one> { <x:a> <x:b> 1 }
<https://example.org/a#two> { <x:a> <x:b> 2 . <x:a> <x:b> 3 }
<x:a> <x:b> 4 .
"""
LABELS = [formats.TURTLE, formats.RDFXML, formats.JSONLD, formats.TRIG, formats.NTRIPLES, formats.NQUADS]
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


def graphs(folder: Path, version: str | None = None) -> dict[str, int]:
    """Return the sizes of the graphs below graph/import/, by what follows it."""
    counts = open_store(folder).version(version).counts
    return {name.removeprefix(IMPORTED): size for name, size in counts.items() if name.startswith(IMPORTED)}


def triples(folder: Path, name: str) -> Graph:
    """Return a graph's triples."""
    answer = open_store(folder).graph(name, formats.NTRIPLES)
    return Graph().parse(data=b"".join(answer.chunks), format="nt")


def write(file: Path, text: str | bytes = TURTLE) -> Path:
    """Write a file, and return it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def refused(folder: Path, *arguments: str | Path, status: int = 1, text: str = "") -> str:
    """Faulty imports give one sentence, and leave the store unchanged."""
    before = open_store(folder).current()
    ran = here("import", *arguments, "--store", folder, text=text)
    sentences = [line for line in ran.err.splitlines() if line.startswith("Error: ")]
    assert (ran.status, ran.out, len(sentences)) == (status, "", 1), ran
    assert open_store(folder).current() == before
    assert [version.name for version in open_store(folder).versions()] == [before.name]
    assert not [*(folder / "versions").glob(".work-*")]
    return sentences[0].removeprefix("Error: ")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib by its own serializers
@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_each_format_is_told_by_its_extension(folder: Path, tmp_path: Path, format_: Format) -> None:
    graph = (
        Dataset().parse(data=TURTLE, format="turtle") if format_.holds is Holds.QUADS else Graph().parse(data=TURTLE)
    )
    written = graph.serialize(format="json-ld" if format_ is formats.JSONLD else format_.media_type)
    file = write(tmp_path / f"Year Book.{format_.extension}", written)
    ran = here("import", file, "--store", folder)
    assert ran.out == f"Version 000002 of {folder} is current: 4 triples imported into 1 graph.\n"
    assert graphs(folder) == {"year-book": 4}
    assert set(triples(folder, f"{IMPORTED}year-book")) == TRIPLES


@pytest.mark.parametrize("extension", COMPRESS)
def test_what_is_compressed_is_read_as_it_is(folder: Path, tmp_path: Path, extension: str) -> None:
    file = write(tmp_path / f"yearbook.ttl.{extension}", COMPRESS[extension](TURTLE.encode()))
    assert here("import", file, "--store", folder).status == 0
    assert set(triples(folder, f"{IMPORTED}yearbook")) == TRIPLES


@pytest.mark.parametrize("extension", COMPRESS)
def test_what_is_cut_off_is_not_imported_in_part(folder: Path, tmp_path: Path, extension: str) -> None:
    lines = "".join(f"<x:{number}> <x:p> {hash(number * 0.7)} .\n" for number in range(20_000))
    whole = COMPRESS[extension](lines.encode())
    file = write(tmp_path / f"long.ttl.{extension}", whole[: len(whole) // 2])
    sentence = refused(folder, file)
    assert sentence.startswith(f"{file}: it cannot be decompressed (")
    assert sentence.endswith("): expected a whole file.")


def test_a_folder_is_one_version_with_a_graph_for_each_file(folder: Path, tmp_path: Path) -> None:
    dumps = tmp_path / "dumps"
    for name in ("people.ttl", "sub/Places 2.nt.gz", ".hidden.ttl", "notes.txt"):
        text = b"<x:a> <x:b> <x:c> ." if ".nt" in name else TURTLE.encode()
        write(dumps / name, gzip.compress(text) if name.endswith("gz") else text)
    other = write(tmp_path / "register.trig", NAMED)
    ran = here("import", dumps, other, "--store", folder, "--by", "Ida Lund")
    assert ran.out == f"Version 000002 of {folder} is current: 9 triples imported into 5 graphs.\n"
    expected = {"people": 4, "sub/places-2": 1, "register": 1, "register/one": 1, "register/two": 2}
    assert graphs(folder) == expected
    record = triples(folder, NAMES.provenance)
    named_graph = URIRef(f"{IMPORTED}register/one")
    assert record.value(named_graph, PROV.alternateOf) == URIRef("https://example.org/a#one")
    (document,) = record.objects(named_graph, PROV.wasDerivedFrom)
    assert record.value(document, CQ.digest) == Literal(hashlib.sha256(NAMED.encode()).hexdigest())


def test_a_stream_needs_a_format_and_makes_a_graph_that_is_named(folder: Path) -> None:
    assert refused(folder, "-", text=TURTLE, status=2).endswith("the format from: expected --format.")
    ran = kg("import", "-", "--format", "turtle", "--graph", "import/register", "--store", folder, text=TURTLE)
    assert (ran.status, graphs(folder)) == (0, {"register": 4})
    assert kg("import", "-", "-f", "turtle", "--store", folder, text=TURTLE).status == 0
    assert graphs(folder) == {"register": 4, "standard-input": 4}


def test_who_when_and_from_which_file_is_recorded_and_goes_with_the_graph(folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "yearbook.ttl")
    assert here("import", file, "--store", folder).status == 0
    record, graph = triples(folder, NAMES.provenance), URIRef(f"{IMPORTED}yearbook")
    activity = record.value(graph, PROV.wasGeneratedBy)
    assert record.value(activity, PROV.endedAtTime) == Literal(
        open_store(folder).current().created, datatype="http://www.w3.org/2001/XMLSchema#dateTime"
    )
    agents = {str(record.value(agent, RDFS.label)) for agent in record.objects(activity, PROV.wasAssociatedWith)}
    assert agents == {getpass.getuser(), "communique 0.1.0"}
    (document,) = record.objects(graph, PROV.wasDerivedFrom)
    assert (activity, PROV.used, document) in record
    assert record.value(document, RDFS.label) == Literal(str(file))
    assert record.value(document, CQ.digest) == Literal(hashlib.sha256(file.read_bytes()).hexdigest())
    # A build keeps all of it; what replaces the graph replaces its origin, and leaves nothing of it behind.
    assert here("build", TINY, "--store", folder, "--no-cross-check", "--force").status == 0
    assert {(document, CQ.digest, record.value(document, CQ.digest))} <= set(triples(folder, NAMES.provenance))
    assert here("import", write(file, "<x:a> <x:b> 1 ."), "--store", folder, "--by", "Ida Lund").status == 0
    later = triples(folder, NAMES.provenance)
    assert (document, None, None) not in later
    assert (activity, None, None) not in later
    assert len([*later.objects(graph, PROV.wasDerivedFrom)]) == 1


def test_what_is_imported_is_no_fact_of_the_articles(folder: Path, tmp_path: Path) -> None:
    before = open_store(folder)
    facts = {name: set(triples(folder, name)) for name in before.current().counts if name != NAMES.provenance}
    default = before.current().default
    assert here("import", write(tmp_path / "yearbook.ttl"), "--store", folder).status == 0
    assert {name: set(triples(folder, name)) for name in facts} == facts
    assert open_store(folder).current().default == default
    name = "'Jon Vik'"
    asks = f"<https://example.org/yearbook/jon> ?p {name}"
    assert here("query", f"ASK {{ {asks} }}", "--store", folder).out == "no\n"
    assert here("query", f"ASK {{ GRAPH <{IMPORTED}yearbook> {{ {asks} }} }}", "--store", folder).out == "yes\n"


def test_another_graph_of_a_clients_is_united_like_one_that_is_put(folder: Path, tmp_path: Path) -> None:
    ran = here("import", write(tmp_path / "a.ttl"), "--graph", "https://example.org/mine", "--store", folder)
    assert "Note: the default graph has the triples of https://example.org/mine too" in ran.err
    ada = URIRef("https://example.org/yearbook/ada")
    assert (ada, RDF.type, FOAF.Person) in triples(folder, "https://example.org/mine")
    assert here("query", f"ASK {{ <{ada}> ?p 'Ada Brandt' }}", "--store", folder).out == "yes\n"


@pytest.mark.parametrize("graph", ["article/bridge", "authority", "inferred", "outside", "provenance", "ontology"])
def test_no_graph_of_the_build_is_imported_into(folder: Path, tmp_path: Path, graph: str) -> None:
    sentence = refused(folder, write(tmp_path / "a.ttl"), "--graph", graph, status=2)
    assert sentence.startswith(f"The graph {NAMES.base}graph/{graph} is written by ")


def test_an_import_replaces_adds_and_does_nothing_twice(folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.ttl")
    assert here("import", file, "--store", folder).status == 0
    again = here("import", file, "--store", folder)
    assert again.out == f"Nothing has changed: version 000002 of {folder} holds these 4 triples already.\n"
    write(file, "<x:a> <x:b> 1 .")
    assert here("import", file, "--add", "--store", folder).status == 0
    assert graphs(folder) == {"a": 5}
    assert here("import", file, "--store", folder).status == 0
    assert graphs(folder) == {"a": 1}


@pytest.mark.parametrize(
    "fault",
    [
        ("a.ttl", "<x:a> <x:b> <x:c> .\n<x:a> <x:b> .\n", ":2: ", "cannot be read as Turtle: Parser error at line 2"),
        ("a.nt", '<x:a> <x:b> "1" .\n\nnonsense\n', ":3: ", "Expected N-Triples, by its name or --format."),
        ("a.rdf", "<rdf:RDF>\n", ":1: ", "cannot be read as RDF/XML: unbound prefix"),
        ("a.jsonld", '{"@id": "x:a",\n"x:b": [1}', ":2: ", "cannot be read as JSON-LD"),
        ("a.jsonld", '{"@context": "http://127.0.0.1/", "x:b": 1}', ": ", "nothing is fetched here"),
        ("a.ttl", "\n<x:a> <x:b> " + "[ <x:b> " * 5000, ":2: ", "nests deeper than 100"),
        ("a.ttl", "", ":1: ", "it holds no triples: expected at least one in Turtle."),
        ("a.ttl", b"\xff\xfe<\0", ": ", "the byte order mark of UTF-16"),
        ("a.nq", "<x:a> <x:b> <x:c> _:g .", ": ", "name it by an IRI"),
        ("a.trig", "<x:a#g> { <x:a> <x:b> 1 }\n<x:b#g> { <x:a> <x:b> 1 }", ":2: ", "have the same ending"),
        ("a.ttl", f'<x:a> <x:b> "{"x" * 1_000_001}" .', ": ", "the limit is 1,000,000"),
        (
            "a.rdf",
            '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;">]>\n<r>&b;</r>',
            ":2: ",
            "holds another entity",
        ),
        (
            "a.ttl",
            '<x:a> <x:b> 1 .\n<x:thing> <x:b> "never"^^<http://www.w3.org/2001/XMLSchema#date> .',
            ":2: ",
            "It is the value of <x:b> of <x:thing>.",
        ),
        (
            "a.ttl",
            f"<x:z> <x:b> 1 .\n\n<https://example.org/e/quay> a <{CQ['Person']}> .",
            ":3: ",
            "It has exactly one name",
        ),
        (
            "a.ttl",
            f"<https://example.org/e/it> a <{CQ['Person']}>, <{CQ['Place']}> ;\n <{CQ['name']}> 'It' .",
            ":1: ",
            "https://example.org/e/it",
        ),
        (
            "a.ttl",
            "<https://example.org/e/a> <http://www.w3.org/2002/07/owl#sameAs> <https://example.org/e/b> .",
            ":1: ",
            "axioms are read from the ontology only",
        ),
    ],
)
def test_what_is_at_fault_is_named_with_its_place(
    folder: Path, tmp_path: Path, fault: tuple[str, str | bytes, str, str]
) -> None:
    name, text, place, words = fault
    good, file = write(tmp_path / "good.ttl"), write(tmp_path / name, text)
    sentence = refused(folder, good, file)
    assert sentence.startswith(f"{file}{place}"), sentence
    assert words in sentence


def test_limits_are_those_of_what_is_sent_to_a_server(folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.nt", "".join(f"<x:{number}> <x:p> <x:o> .\n" for number in range(30)))
    assert "holds more than 29 triples; send it in parts" in refused(folder, file, "--max-triples", "29")
    assert here("import", file, "--max-triples", "30", "--store", folder).status == 0


def test_files_that_cannot_be_told_apart_or_read_are_errors_of_the_call(folder: Path, tmp_path: Path) -> None:
    first, second = write(tmp_path / "one" / "a.ttl"), write(tmp_path / "two" / "a.ttl")
    assert refused(folder, first, second, status=2) == (
        f"{second} and {first} would both be the graph import/a: rename one, or name the graph by --graph."
    )
    (tmp_path / "none").mkdir()
    assert "no RDF file: expected names that end in one of ttl, nt" in refused(folder, tmp_path / "none", status=2)
    unknown = write(tmp_path / "a.xyz")
    assert "cannot be told from its name: expected --format" in refused(folder, unknown, status=2)
    assert "There is no file" in refused(folder, tmp_path / "missing.ttl", status=2)
    named = write(tmp_path / "a.trig", NAMED)
    assert refused(folder, named, "--graph", "import/a").startswith(
        f"{named}:1: it holds the graph <https://example.org"
    )
    ran = here("import", first, second, "--graph", "import/both", "--store", folder)
    assert (ran.status, graphs(folder)) == (0, {"both": 4})


def test_graphs_that_come_to_one_name_are_an_error_of_the_call(folder: Path, tmp_path: Path) -> None:
    files = write(tmp_path / "dumps" / "register.trig", NAMED), write(tmp_path / "dumps" / "register" / "one.ttl")
    sentence = refused(folder, tmp_path / "dumps", status=2)
    assert all(str(file) in sentence for file in files)
    assert f"would both be the graph {IMPORTED}register/one: rename one" in sentence


def test_a_plain_store_takes_what_is_named(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    with EmbeddedStore.open(plain, GraphNames(""), plain=True).write() as transaction:
        transaction.commit("nothing")
    file = write(tmp_path / "a.ttl")
    assert "expected --graph" in refused(plain, file, status=2)
    assert here("import", file, "--graph", "urn:a", "--store", plain).status == 0
    assert open_store(plain).current().counts == {"urn:a": 4}


def test_kill_nine_leaves_all_of_an_import_or_none(folder: Path, tmp_path: Path) -> None:
    files = [
        write(tmp_path / f"{name}.nt", "".join(f"<x:{name}{n}> <x:p> <x:o{n}> .\n" for n in range(3000)))
        for name in "ab"
    ]
    outcomes = []
    for kill in range(int(os.environ.get("KILLS", "4"))):
        process = subprocess.Popen(
            [KG, "import", *files, "--store", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        for _ in range(kill % 3 + 1):
            process.stderr.readline()  # it is at that step
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        outcomes.append(graphs(folder))
        assert here("fsck", "--store", folder).status == 0
    assert all(outcome in ({}, {"a": 3000, "b": 3000}) for outcome in outcomes)
    assert here("import", *files, "--store", folder).status == 0
    assert graphs(folder) == {"a": 3000, "b": 3000}


def test_a_log_has_plain_lines(folder: Path, tmp_path: Path) -> None:
    dumps = tmp_path / "dumps"
    for number in range(20):
        write(dumps / f"{number}.ttl", f"<x:{number}> <x:b> 1 .")
    lines = here("import", dumps, "--store", folder).err.splitlines()
    assert lines[0] == "Reading 20 files"
    assert len([line for line in lines if " of 20 files, " in line]) == 10
    assert {"Validating 20 triples", "Writing the new version"} <= {*lines}
