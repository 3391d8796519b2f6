"""`kg reconcile` suggests from graphs, files and identifiers, and what a curator accepts is taken up."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
import yaml
from rdflib import OWL, PROV, RDFS, Graph, Literal, URIRef

from kg import formats
from kg.namespaces import CQ, SCHEMA
from kg.store import open_store
from tests.support.command_line import ROOT, here, kg
from tests.support.export_datasets import BASE as HARBOUR_BASE

TARRANT = f"{HARBOUR_BASE}person/ilse-tarrant"
CSV = """\
Name,IRI,Type,Alias,Post,Until,Organization
"Tarrant, Ilse",https://example.org/yearbook/1,Person,,Foreign minister,,Kelmark government
Jovan Seric,https://example.org/yearbook/2,Person,J. Seric; General Seric,,1990,
Nadja Roux,,person,,navy chief,,
Bob Nobody,https://example.org/yearbook/4,Person,,,,
"""
TURTLE = """\
@prefix schema: <https://schema.org/> .
@prefix y: <https://example.org/yearbook/> .

y:1 a schema:Person ; schema:name "I. Tarrant" ; schema:jobTitle "Foreign Minister of Kelmark" ;
  schema:knows y:2 ; schema:birthDate "1975-03-02" .
y:2 a schema:Person ; schema:name "Jovan Serić" ; schema:deathDate "2001" .
y:3 a schema:City ; schema:name "Port-Merel" .
"""


@pytest.fixture
def store(harbour: Path, tmp_path: Path) -> Path:
    """Return a store of one's own."""
    return Path(shutil.copytree(harbour, tmp_path / "store"))


def suggested(file: Path) -> dict[str, list[tuple[str, float]]]:
    """Return the candidates of a file by name, with their scores."""
    document = yaml.safe_load(file.read_text("utf-8"))
    return {
        entry["name"]: [(candidate["thing"], float(candidate["score"])) for candidate in entry["candidates"]]
        for entry in document["suggestions"]
    }


def decide(file: Path, *decisions: str) -> None:
    """Write decisions into a file, in the order of its candidates."""
    text = file.read_text("utf-8")
    for decision in decisions:
        text = text.replace("decision: undecided", f"decision: {decision}", 1)
    file.write_text(text, "utf-8")


def graph(store: Path, name: str) -> Graph:
    """Return a graph's triples."""
    return Graph().parse(data=b"".join(open_store(store).graph(f"{HARBOUR_BASE}graph/{name}", formats.NTRIPLES).chunks))


def test_a_table_is_suggested_with_scores_evidence_and_places_and_nothing_is_written(
    harbour: Path, tmp_path: Path
) -> None:
    table, file = tmp_path / "names.csv", tmp_path / "suggestions.yaml"
    table.write_text(CSV, "utf-8")
    before = open_store(harbour).current()
    ran = here("reconcile", table, "--store", harbour, "-o", file)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.splitlines()[-1] == (
        "Of 4 names, 4 are listed, 3 with candidates and 0 of these unambiguous; none is decided."
    )
    assert open_store(harbour).current() == before
    assert suggested(file) == {
        "Tarrant, Ilse": [("person:ilse-tarrant", 98.7)],
        "Jovan Seric": [("person:jovan-seric", 70.0)],
        "Nadja Roux": [("person:nadia-roux", 94.0)],
        "Bob Nobody": [],
    }
    document = yaml.safe_load(file.read_text("utf-8"))
    assert document["digest"] == hashlib.sha256(CSV.encode()).hexdigest()
    assert [entry.get("place") for entry in document["suggestions"]] == [f"{table}:{line}" for line in (2, 3, 4, 5)]
    assert document["suggestions"][1]["candidates"][0]["evidence"] == [
        "“Jovan Seric” is “Jovan Šerić” (100 of 100): +100",
        "… to 1990 ends before 2034-03-15, the first day that an article has it: -30",
    ]
    assert {candidate["decision"] for entry in document["suggestions"] for candidate in entry["candidates"]} == {
        "undecided"
    }


def test_a_graph_of_a_clients_and_its_file_are_suggested_alike(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "yearbook.ttl"
    file.write_text(TURTLE, "utf-8")
    assert here("import", file, "--store", store).status == 0
    outputs = tmp_path / "graph.yaml", tmp_path / "file.yaml"
    for source, output in zip(("import/yearbook", str(file)), outputs, strict=True):
        assert here("reconcile", source, "--store", store, "-o", output).status == 0
    expected = {
        "I. Tarrant": [("person:ilse-tarrant", 95.2)],
        "Jovan Serić": [("person:jovan-seric", 70.0)],
        "Port-Merel": [("place:port-merel", 100.0)],
    }
    assert [suggested(output) for output in outputs] == [expected, expected]
    document = yaml.safe_load(outputs[1].read_text("utf-8"))
    assert [entry["place"] for entry in document["suggestions"]] == [f"{file}:{line}" for line in (4, 5, 7)]
    assert [entry.get("unambiguous") for entry in document["suggestions"]] == [None, None, "yes"]


@pytest.mark.parametrize("name", ["wikidata.csv", "wikidata.nt"])
def test_identifiers_elsewhere_are_suggested_where_they_are_like_ours(harbour: Path, tmp_path: Path, name: str) -> None:
    rows = [
        ("Ilse Tarrant", "Q1", "foreign minister of Kelmark"),
        ("Somebody Else", "Q2", "a singer"),
        ("Kelmark", "Q3", "an invented country"),
    ]
    lines = {
        "wikidata.csv": [
            "label,iri,description",
            *(f"{label},http://www.wikidata.org/entity/{q},{about}" for label, q, about in rows),
        ],
        "wikidata.nt": [
            f'<http://www.wikidata.org/entity/{q}> <{predicate}> "{text}"@en .'
            for label, q, about in rows
            for predicate, text in (
                (RDFS.label, label),
                (SCHEMA.name, label),
                ("https://schema.org/description", about),
            )
        ],
    }
    identifiers, file = tmp_path / name, tmp_path / "identifiers.yaml"
    identifiers.write_text("\n".join(lines[name]) + "\n", "utf-8")
    ran = here("reconcile", "--identifiers", identifiers, "--store", harbour, "-o", file, "--candidates", "1")
    assert ran.status == 0
    assert suggested(file) == {"Ilse Tarrant": [("person:ilse-tarrant", 100.0)], "Kelmark": [("place:kelmark", 100.0)]}
    assert "its description has the words of “foreign minister of Kelmark”" in file.read_text("utf-8")


def test_what_is_accepted_is_imported_with_its_origin_and_nothing_else(store: Path, tmp_path: Path) -> None:
    table, file = tmp_path / "names.csv", tmp_path / "Identities.yaml"
    table.write_text(CSV, "utf-8")
    here("reconcile", table, "--store", store, "-o", file)
    undecided = here("import", file, "--store", store)
    assert (undecided.status, "accepts nothing that has an IRI" in undecided.err) == (2, True)
    decide(file, "accept", "reject", "accept")
    default = open_store(store).current().default
    ran = here("import", file, "--store", store, "--by", "Ida Lund")
    assert ran.out == f"Version 000002 of {store} is current: 1 triples imported into 1 graph.\n"
    imported = graph(store, "import/identities")
    assert {*imported} == {(URIRef(TARRANT), SCHEMA.sameAs, URIRef("https://example.org/yearbook/1"))}
    assert open_store(store).current().default == default
    assert (None, OWL.sameAs, None) not in imported
    record, name = graph(store, "provenance"), URIRef(f"{HARBOUR_BASE}graph/import/identities")
    (document,) = record.objects(name, PROV.wasDerivedFrom)
    assert record.value(document, CQ.digest) == Literal(hashlib.sha256(file.read_bytes()).hexdigest())
    assert Literal("Ida Lund") in {*record.objects(None, RDFS.label)}


def test_what_is_accepted_is_built_as_what_is_known_from_elsewhere(harbour: Path, tmp_path: Path) -> None:
    table, file, corpus = tmp_path / "names.csv", tmp_path / "s.yaml", tmp_path / "corpus"
    table.write_text(CSV, "utf-8")
    here("reconcile", table, "--store", harbour, "-o", file)
    decide(file, "accept", "accept")
    shutil.copytree(ROOT / "examples" / "harbour-talks", corpus)
    assert here("reconcile", "--accepted", file, "-o", corpus / "outside.yaml").status == 0
    built = tmp_path / "built"
    assert here("build", corpus, "--store", built).status == 0
    assert {*graph(built, "outside").subject_objects(SCHEMA.sameAs)} == {
        (URIRef(TARRANT), URIRef("https://example.org/yearbook/1")),
        (URIRef(f"{HARBOUR_BASE}person/jovan-seric"), URIRef("https://example.org/yearbook/2")),
    }
    asks = "ASK { ?s <https://schema.org/sameAs> ?o }"
    assert here("query", asks, "--store", built).out == "no\n"


def test_what_is_decided_stays_when_it_is_suggested_again(harbour: Path, tmp_path: Path) -> None:
    table, file = tmp_path / "names.csv", tmp_path / "s.yaml"
    table.write_text(CSV, "utf-8")
    here("reconcile", table, "--store", harbour, "-o", file)
    decide(file, "accept", "reject")
    once = file.read_text("utf-8")
    here("reconcile", table, "--store", harbour, "-o", file)
    assert file.read_text("utf-8") == once
    table.write_text(CSV.replace("Jovan Seric", "Somebody").replace("J. Seric; General Seric", ""), "utf-8")
    ran = here("reconcile", table, "--store", harbour, "-o", file)
    assert f"Note: reject of https://example.org/yearbook/2 as {HARBOUR_BASE}person/jovan-seric is left out" in ran.err


def test_a_decision_that_cannot_be_is_named_with_its_line(store: Path, tmp_path: Path) -> None:
    table, file = tmp_path / "names.csv", tmp_path / "s.yaml"
    table.write_text(CSV, "utf-8")
    here("reconcile", table, "--store", store, "-o", file)
    text = file.read_text("utf-8")

    def fault(old: str, new: str, status: int = 1) -> str:
        file.write_text(text.replace("undecided\n", "accept\n", 3).replace(old, new, 1), "utf-8")
        ran = here("import", file, "--store", store)
        assert (ran.status, ran.out, open_store(store).current().name) == (status, "", "000001")
        return next(line for line in ran.err.splitlines() if line.startswith("Error: ")).removeprefix("Error: ")

    line = text.splitlines().index("        decision: undecided") + 1
    assert fault("decision: accept", "decision: acept").startswith(f"{file}:{line}:19: ")
    assert "the decision is 'acept'; expected one of accept, reject, undecided." in fault(
        "decision: accept", "decision: acept"
    )
    assert "is accepted as another thing in line" in fault("yearbook/2", "yearbook/1")
    assert "the store has no such person" in fault("person:ilse-tarrant", "person:nobody")
    assert "expected the store's" in fault(f"base: '{HARBOUR_BASE}'", "base: 'https://example.org/other/'", 2)
    assert "expected a file that `kg reconcile` has written" in fault("suggestions:", "others:")


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"first,last\nIlse,Tarrant\n", ":1: ", "its columns are first, last: expected one of name, label, title"),
        (b"", ":1: ", "its columns are nothing"),
        (b'name\n"Ilse\n', ":2: ", "this is not CSV"),
        (b"name\n\xff\n", ":2: ", "byte 6 cannot be read: expected text in UTF-8"),
        (b"name\n\n\n", ": ", "it names nothing"),
        (b"name\n" + b"x" * 200_000, ":2: ", "this is not CSV: field larger than field limit"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_line(
    harbour: Path, tmp_path: Path, data: bytes, place: str, words: str
) -> None:
    table, file = tmp_path / "names.csv", tmp_path / "s.yaml"
    table.write_bytes(data)
    ran = here("reconcile", table, "--store", harbour, "-o", file)
    (sentence,) = [line for line in ran.err.splitlines() if line.startswith("Error: ")]
    assert (ran.status, file.exists()) == (1, False)
    assert sentence.startswith(f"Error: {table}{place}")
    assert words in sentence


def test_what_is_neither_a_file_nor_a_graph_is_an_error_of_the_call(harbour: Path) -> None:
    ran = here("reconcile", "nothing", "--store", harbour)
    assert (
        ran.status,
        "There is neither a file nor a graph 'nothing'; the graphs are: article/harbour-talks" in ran.err,
    ) == (
        2,
        True,
    )
    assert "There is nothing to reconcile" in here("reconcile", "--store", harbour).failed(2)


def test_standard_output_has_the_suggestions_alone(harbour: Path, tmp_path: Path) -> None:
    table = tmp_path / "names.tsv"
    table.write_text("name\tkind\nPer Lunde\tperson\n", "utf-8")
    ran = kg("reconcile", table, "--store", harbour)
    document = yaml.safe_load(ran.out)
    assert document["suggestions"][0]["candidates"][0]["thing"] == "person:per-lunde"
    assert document["suggestions"][0]["unambiguous"] == "yes"
