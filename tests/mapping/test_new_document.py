"""`kg new` writes a document of any text: it is read without faults, or one sentence gives the reason."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.app.builds.check import check
from kg.errors import MappingError, PayloadError
from kg.mapping.authoring.new_document import names_in, new_document, read_article_text
from kg.mapping.checks.passage_checks import digest_faults
from kg.mapping.documents.mapping_vocabulary import read_json_schema
from kg.mapping.documents.schema_check import schema_faults
from kg.mapping.documents.yaml_document import parse_document
from kg.mapping.passages.source_texts import SourceText
from kg.shipped_files import ontology_folder
from tests.support.command_line import here

SCHEMA = read_json_schema(ontology_folder())
ARTICLE = """The talks in Port Sel failed on Tuesday. “We will not move,” Ada Quill said. The minister met
Jon Vik of the Ferry Guild. “He said: 'no',” a clerk added. Ada Quill left.
"""
LOOK_ALIKES = [
    "article: x\n",
    "---\n",
    "- {a: b}",
    "<b>Sel</b>",
    "# ",
    "\t",
    "\x07",
    "\ufeff",
    "\u202e",
    "\u2028",
    "\r\n",
    "\n",
]
WORDS = ["Ada Quill", "Port Sel", " said ", ". ", "é", "e\u0301", "שלום", "Ж", "Žižek", "👨\u200d👩\u200d👧"]
PIECES = st.sampled_from([*"“”«»\"'\u2019", *LOOK_ALIKES, *WORDS])


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=40).map("".join))
def test_the_document_of_any_text_has_no_fault_of_structure_or_passage(text: str) -> None:
    source = SourceText(Path("a: 'b'.txt"), text, hashlib.sha256(text.encode()).hexdigest())
    root = parse_document(Path("new.yaml"), new_document(source, Path("new.yaml"), "en")).root
    assert not schema_faults(root, SCHEMA, "articleDocument")
    assert not [*digest_faults(root, text)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x7fELF\x00\x01", "is not text"),
        (b"%PDF-1.4\n\xe2\xe3\xcf\xd3", "is not text"),
        (b"", "has no words"),
        (b" \n\t", "has no words"),
        (b"word " * 20_000, "has 100,000 characters; an article has at most 50,000"),
    ],
)
def test_what_is_no_article_has_one_clear_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(PayloadError, match=sentence):
        read_article_text(tmp_path / "a.txt")


def test_phrases_of_capitalized_words_are_names_and_the_first_word_of_a_sentence_is_none() -> None:
    assert [*names_in(ARTICLE)] == ["Port Sel", "Tuesday", "Ada Quill", "Jon Vik", "Ferry Guild"]
    assert [span.of(ARTICLE) for span in names_in(ARTICLE)["Ada Quill"]] == ["Ada Quill"] * 2


def test_a_new_document_has_only_words_to_be_written_and_is_not_built_before(tmp_path: Path) -> None:
    text, document = tmp_path / "sel.txt", tmp_path / "sel.yaml"
    text.write_text(ARTICLE, "utf-8")
    assert here("new", text).status == 0
    with pytest.raises(MappingError) as fault:
        check(document, tmp_path)
    assert [problem.location.key for problem in fault.value.problems] == [
        "title",
        *(f"statements[{number}].{key}" for number in range(2) for key in ("gist", "says.gist")),
    ]
    assert all("found 'To be written.'" in problem.message for problem in fault.value.problems)
    assert "title: found 'To be written.'" in here("build", document, "--store", tmp_path / "store").err
    document.write_text(document.read_text("utf-8").replace("To be written.", "The talks failed."), "utf-8")
    assert check(document, tmp_path).copies["sel"].same
    lines = (tmp_path / "sel.passages").read_text("utf-8").splitlines()
    assert "41-60\t“We will not move,”" in lines
    assert (tmp_path / ".gitignore").read_text("utf-8") == "*.passages\n"
    assert "already" in here("new", text).failed(2)


def test_what_begins_with_a_small_letter_in_quotation_marks_is_taken_for_a_part_of_a_sentence() -> None:
    text = "She called it “illegal”. “We stay,” he said."
    source = SourceText(Path("a.txt"), text, hashlib.sha256(text.encode()).hexdigest())
    lines = new_document(source, Path("a.yaml"), "en").splitlines()
    runs = [line.partition("extent: ")[2] for line in lines if "extent: " in line]
    assert runs == ["partial, runSpan: 14-23}  # or whole", "whole, runSpan: 25-35}  # or partial"]


def test_the_words_beside_a_text_are_written_when_asked_for_and_kept_up_to_date(tmp_path: Path) -> None:
    text, document, words = (tmp_path / f"sel.{ending}" for ending in ("txt", "yaml", "passages"))
    text.write_text("Ada Quill left. Jon Vik stayed.\n", "utf-8")
    assert here("new", text).status == 0
    words.unlink()
    document.write_text("article: sel\ntitle: Sel\nlanguage: en\nwithoutStatement: Jon Vik\n", "utf-8")
    assert here("anchor", document, "--sources", text).status == 0
    assert not words.exists()
    assert here("anchor", document, "--sources", text, "--words").status == 0
    assert words.read_text("utf-8") == "16-23\tJon Vik\n"
    document.write_text(
        document.read_text("utf-8").replace("withoutStatement: 16-23", "withoutStatement: 0-9"), "utf-8"
    )
    assert here("anchor", document, "--sources", text).status == 0
    assert words.read_text("utf-8") == "0-9\tAda Quill\n"
    words.write_text("", "utf-8")
    assert here("check", document, "--sources", tmp_path).status == 0
    assert words.read_text("utf-8") == "0-9\tAda Quill\n"
