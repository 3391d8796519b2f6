"""`kg check`, `kg anchor`, `kg validate` and `kg infer`."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph, URIRef

from kg.namespaces import SCHEMA
from tests.support.command_line import TINY, here

BRANDT = URIRef("https://example.org/communique/person/ada-brandt")


def test_a_valid_corpus_with_its_text_is_reported_as_valid() -> None:
    ran = here("check", TINY, "--sources", TINY)
    assert ran.status == 0
    covered = "all of its 6 passages, which cover 72 of 75 characters, are in"
    assert ran.out == f"bridge: the document is valid, and {covered} {TINY / 'bridge.txt'}.\n"


def test_without_the_text_passages_are_reported_as_unchecked() -> None:
    ran = here("check", TINY)
    assert ran.status == 0
    reason = "no folder with the articles' texts was given (--sources)"
    assert ran.out == f"bridge: the document is valid; its 6 passages are unchecked: {reason}.\n"


def test_the_shipped_corpus_is_what_is_checked_without_an_argument() -> None:
    assert here("check").out.startswith("haqqani-talks: the document is valid")


def test_faults_name_a_file_as_it_was_named(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = corpus / "bridge.yaml"
    file.write_text(file.read_text("utf-8").replace("language: en", "language: a b", 1), "utf-8")
    monkeypatch.chdir(corpus)
    assert here("check", "bridge.yaml").failed(1).startswith("bridge.yaml:")
    assert here("check", file).failed(1).startswith(f"{file}:")


def test_a_copy_that_differs_is_recognised_and_every_moved_passage_listed(corpus: Path) -> None:
    text = corpus / "bridge.txt"
    text.write_text("A line of the reader's own.\n" + text.read_text("utf-8"), "utf-8")
    ran = here("check", corpus, "--sources", corpus)
    assert ran.status == 1
    assert f"{text} differs from the text that was mapped: " in ran.out
    moved = [line for line in ran.out.splitlines() if " moved, now " in line]
    assert len(moved) == 6
    assert all(f"{corpus / 'bridge.yaml'}:" in line for line in moved)


def test_anchoring_turns_words_into_offsets_and_says_which(corpus: Path) -> None:
    file, text = corpus / "bridge.yaml", corpus / "bridge.txt"
    anchored = file.read_text("utf-8")
    file.write_text(anchored.replace("at: 0-32", "at: Ada … Monday  # when", 1), "utf-8")
    ran = here("anchor", file, "--sources", text)
    assert ran.status == 0, ran.err
    assert f"{file}:" in ran.out
    assert "'Ada … Monday' is 0-32" in ran.out
    assert file.read_text("utf-8") == anchored.replace("at: 0-32", "at: 0-32  # when", 1)
    assert "nothing to change" in here("anchor", file, "--sources", text).out


def test_words_that_are_not_in_the_text_are_the_datas_fault_and_nothing_is_written(corpus: Path) -> None:
    file = corpus / "bridge.yaml"
    changed = file.read_text("utf-8").replace("at: 0-32", "at: no such words at all", 1)
    file.write_text(changed, "utf-8")
    assert f"{file}:" in here("anchor", file, "--sources", corpus / "bridge.txt").failed(1)
    assert file.read_text("utf-8") == changed


def test_a_valid_corpus_conforms() -> None:
    ran = here("validate", TINY)
    assert ran.status == 0
    assert ran.out.splitlines()[-1].endswith("triples conform to the shapes.")


def test_a_violation_is_a_line_with_its_place_and_shape_and_the_status_says_so(corpus: Path) -> None:
    file = corpus / "bridge.yaml"
    file.write_text(file.read_text("utf-8").replace("    kind: group-kind/parties\n", "", 1), "utf-8")
    ran = here("validate", corpus)
    assert ran.status == 1
    assert f"{file}:" in ran.out.splitlines()[0]
    assert ran.out.splitlines()[0].endswith("[group-kind]")
    assert ran.out.splitlines()[-1].endswith("triples hold 1 violation of the shapes.")
    report = Graph().parse(data=here("validate", corpus, "--format", "turtle").out, format="turtle")
    assert len([*report.subjects(RDF.type, SH.ValidationResult)]) == len(ran.out.splitlines()) - 1


def test_what_follows_is_written_and_what_is_asserted_is_not() -> None:
    ran = here("infer", TINY, "--no-cross-check", "--format", "ntriples")
    written = Graph().parse(data=ran.out, format="nt")
    assert (BRANDT, RDF.type, SCHEMA.Person) in written
    assert "ada-brandt> <https://w3id.org/communique/ontology#name>" not in ran.out


def test_an_output_file_is_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "inferred.ttl"
    ran = here("infer", TINY, "--no-cross-check", "--output", file)
    assert (ran.status, ran.out) == (0, "")
    assert len(Graph().parse(file)) > 50
    assert here("infer", TINY, "--output", tmp_path / "no folder" / "file").status == 2
    assert [*tmp_path.iterdir()] == [file]
