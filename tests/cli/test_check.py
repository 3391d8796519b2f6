"""`kg check`, `kg anchor`, `kg validate` and `kg infer` as processes."""

from __future__ import annotations

from pathlib import Path

from rdflib import RDF, SH, Graph, URIRef

from kg.namespaces import SCHEMA
from tests.cli.conftest import HARBOUR, kg

TARRANT = URIRef("https://example.org/communique/person/ilse-tarrant")


def test_a_right_corpus_with_its_text_says_so() -> None:
    ran = kg("check", HARBOUR, "--sources", HARBOUR)
    assert ran.status == 0
    assert ran.out.startswith("harbour-talks: the document is right, and all ")
    assert "article.txt" in ran.out


def test_without_the_text_it_says_plainly_that_passages_are_unchecked() -> None:
    ran = kg("check", HARBOUR)
    assert ran.status == 0
    assert "harbour-talks: the document is right; its " in ran.out
    assert "passages are unchecked: no folder with the articles' texts was given (--sources)" in ran.out


def test_the_shipped_corpus_is_what_is_checked_without_an_argument() -> None:
    assert kg("check").out.startswith("haqqani-talks: the document is right")


def test_a_copy_that_differs_is_recognised_and_every_moved_passage_listed(corpus: Path) -> None:
    text = corpus / "article.txt"
    text.write_text("A line of the reader's own.\n" + text.read_text("utf-8"), "utf-8")
    ran = kg("check", corpus, "--sources", corpus)
    assert ran.status == 1
    assert f"{text} differs from the text that was mapped: " in ran.out
    moved = [line for line in ran.out.splitlines() if " moved, now " in line]
    assert len(moved) > 100
    assert all(f"{corpus / 'harbour-talks.yaml'}:" in line for line in moved)


def test_anchoring_turns_words_into_offsets_and_says_which(corpus: Path) -> None:
    file = corpus / "harbour-talks.yaml"
    file.write_text(file.read_text("utf-8").replace("  - 768-816  #", "  - Related … week  #", 1), "utf-8")
    words = (corpus / "article.txt").read_text("utf-8")[768:816].split()
    file.write_text(
        file.read_text("utf-8").replace("Related … week", f'"{" ".join(words[:2])} … {words[-1]}"'), "utf-8"
    )
    ran = kg("anchor", file, "--sources", corpus)
    assert ran.status == 0, ran.err
    assert "is 768-816" in ran.out
    assert "  - 768-816  # an editor's link" in file.read_text("utf-8")
    assert "nothing to change" in kg("anchor", file, "--sources", corpus).out


def test_words_that_are_not_in_the_text_are_the_datas_fault_and_nothing_is_written(corpus: Path) -> None:
    file = corpus / "harbour-talks.yaml"
    changed = file.read_text("utf-8").replace("  - 768-816  #", "  - no such words at all  #", 1)
    file.write_text(changed, "utf-8")
    assert f"{file}:" in kg("anchor", file, "--sources", corpus).failed(1)
    assert file.read_text("utf-8") == changed


def test_a_valid_corpus_conforms() -> None:
    ran = kg("validate", HARBOUR)
    assert ran.status == 0
    assert ran.out.splitlines()[-1].endswith("triples conform to the shapes.")


def test_a_violation_is_a_line_with_its_place_and_shape_and_the_status_says_so(corpus: Path) -> None:
    file = corpus / "harbour-talks.yaml"
    file.write_text(file.read_text("utf-8").replace("    membersComplete: true\n", "", 1), "utf-8")
    ran = kg("validate", corpus)
    assert ran.status == 1
    assert f"{file}:" in ran.out.splitlines()[0]
    assert ran.out.splitlines()[0].endswith("[group-says-whether-complete]")
    report = Graph().parse(data=kg("validate", corpus, "--format", "turtle").out, format="turtle")
    assert len([*report.subjects(RDF.type, SH.ValidationResult)]) == len(ran.out.splitlines()) - 1


def test_what_follows_is_written_and_what_is_asserted_is_not() -> None:
    ran = kg("infer", HARBOUR, "--no-cross-check", "--format", "ntriples")
    found = Graph().parse(data=ran.out, format="nt")
    assert (TARRANT, RDF.type, SCHEMA.Person) in found
    assert "ilse-tarrant> <https://w3id.org/communique/ontology#name>" not in ran.out


def test_an_output_file_is_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "inferred.ttl"
    ran = kg("infer", HARBOUR, "--no-cross-check", "--output", file)
    assert (ran.status, ran.out) == (0, "")
    assert len(Graph().parse(file)) > 100
    assert kg("infer", HARBOUR, "--output", tmp_path / "no folder" / "file").status == 2
    assert [*tmp_path.iterdir()] == [file]
