"""Every fault of a mapping document has one message and its location: the first lines of each file in `invalid/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.mapping.documents.schema_check import KEYS_ACROSS_ARTICLES
from kg.shipped_files import ontology_folder

HERE = Path(__file__).parent
INVALID = sorted((HERE / "invalid").glob("*.yaml"))
VALID = sorted((HERE / "valid").glob("*.yaml"))

Read = Callable[..., Corpus]


def test_there_are_valid_and_invalid_documents() -> None:
    assert len(INVALID) > 60
    assert len(VALID) >= 3


@pytest.mark.parametrize("document", VALID, ids=lambda file: file.stem)
def test_a_valid_document_is_read(document: Path, read: Read) -> None:
    corpus = read(document.read_text("utf-8"))
    assert len(corpus.graphs[corpus.names.article(corpus.articles[0].slug)]) > 3


@pytest.mark.parametrize("document", INVALID, ids=lambda file: file.stem)
def test_an_invalid_document_has_the_faults_in_its_first_lines(document: Path, folder: Path, read: Read) -> None:
    text = document.read_text("utf-8")
    expected = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# article.yaml:")]
    with pytest.raises(MappingError) as raised:
        read(text)
    assert str(raised.value).replace(f"{folder}/", "").splitlines() == expected


def test_the_schema_allows_references_to_other_articles_where_the_message_says_so() -> None:
    definitions = json.loads((ontology_folder() / "mapping.schema.json").read_text("utf-8"))["$defs"].values()
    keys = [item for definition in definitions for item in definition.get("properties", {}).items()]
    allowed = {name for name, value in keys if value.get("$ref", "").startswith("#/$defs/farReference")}
    assert allowed == {name for _, names in KEYS_ACROSS_ARTICLES for name in names}


def head(length: int = 100) -> str:
    return f"article: note\ntitle: A note\ndigest: {'0' * 64}\nlength: {length}\n"


BYTES = {
    "empty": (b"", "1:1: the file is empty; a mapping with its keys is expected."),
    "white space": (b"\n \n", "1:1: the file is empty; a mapping with its keys is expected."),
    "byte order mark": (b"\xef\xbb\xbfarticle: a\n", "1:1: found a byte order mark; plain UTF-8 is expected."),
    "UTF-16": (
        "article: a\n".encode("utf-16"),
        "1:1: the byte 0xff is not UTF-8; save the file in the encoding UTF-8.",
    ),
    "latin-1": (
        "a: 1\nb: né\n".encode("latin-1"),
        "2:5: the byte 0xe9 is not UTF-8; save the file in the encoding UTF-8.",
    ),
    "binary": (b"\x7fELF\x00\x01", "1:5: found a NUL character; plain UTF-8 is expected."),
    "control character": (
        b"article: a\x07\n",
        "1:11: found the character U+0007; YAML does not allow it.",
    ),
    "Windows line ends and a tab": (
        b"article: a\r\n\ttitle: b\r\n",
        "2:1: found a tab; spaces indent a mapping document.",
    ),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_not_a_mapping_document_has_one_fault(name: str, folder: Path, read: Read) -> None:
    content, expected = BYTES[name]
    with pytest.raises(MappingError) as raised:
        read(content)
    assert str(raised.value).replace(f"{folder}/", "") == f"article.yaml:{expected}"


def test_a_file_of_50_megabytes_is_refused_unread(folder: Path) -> None:
    with (folder / "article.yaml").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(MappingError, match=r"article.yaml:1:1: the file has 50000000 bytes; .* at most 10485760\.$"):
        read_corpus(folder / "corpus.yaml")


def test_a_document_of_a_million_keys_is_refused(read: Read) -> None:
    with pytest.raises(MappingError, match="more than 200000 keys and values") as raised:
        read(head() + "".join(f"k{number}: v\n" for number in range(500_000)))
    assert len(raised.value.problems) == 1


def test_brackets_a_hundred_thousand_deep_are_refused(read: Read) -> None:
    with pytest.raises(MappingError, match="nested more than 30 deep"):
        read(head() + "people: " + "[" * 100_000 + "\n")


def test_propositions_nested_to_the_limit_are_read(read: Read) -> None:
    depth = 27
    nested = "".join(f"{{id: proposition/p{n}, gist: g, condition: " for n in range(depth))
    corpus = read(f"{head()}propositions:\n  - {nested}{{id: proposition/last, gist: g}}{'}' * depth}\n")
    assert "https://example.org/bridge/article/note/proposition/last" in corpus.locations


def test_thousands_of_faults_are_reported_up_to_the_limit(read: Read) -> None:
    with pytest.raises(MappingError) as raised:
        read(head() + "people:\n" + "".join(f"  - {{id: person/p{n}, nam: x}}\n" for n in range(5000)))
    assert len(raised.value.problems) == 200


def test_faults_of_all_documents_are_reported_at_once_in_order(folder: Path, read: Read) -> None:
    (folder / "authority.yaml").write_text("peple: []\nplacs: []\n", "utf-8")
    with pytest.raises(MappingError) as raised:
        read(head() + "topcs: []\n")
    places = [(problem.location.file.name, problem.location.line) for problem in raised.value.problems]
    assert places == [("article.yaml", 5), ("authority.yaml", 1), ("authority.yaml", 2)]


def test_a_missing_document_is_reported_where_the_corpus_lists_it(folder: Path) -> None:
    with pytest.raises(MappingError, match=r"corpus.yaml:7:12: articles\[0\]: there is no file .*article.yaml"):
        read_corpus(folder / "corpus.yaml")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("bridge/\n", "bridge\n", "base: .*expected an IRI that starts with http and ends with a slash"),
        ("bridge/\n", "a/../bridge/\n", r"base: .*without the segments \. and \.\. and without empty ones"),
        ("bridge/\n", "bridge/./\n", r"base: .*without the segments \. and \.\. and without empty ones"),
        ("bridge/\n", "/bridge/\n", r"base: .*without the segments \. and \.\. and without empty ones"),
        ("example.org/bridge/\n", "[/\n", "base: .*expected an IRI that starts with http"),
        ("https://example.org/bridge/\n", "http:////\n", "base: .*expected an IRI that starts with http"),
        ("[article.yaml]", "[article.yaml, article.yaml]", "is named here a second time"),
        ("[article.yaml]", "[../article.yaml]", "relative to the corpus document and not above it"),
        ("authority: authority.yaml\n", "", "the key 'authority' is missing here"),
        ("outside.yaml", "authority.yaml", "is named here a second time"),
    ],
)
def test_a_fault_of_the_corpus_document_is_named(old: str, new: str, expected: str, folder: Path, read: Read) -> None:
    corpus = folder / "corpus.yaml"
    corpus.write_text(corpus.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(MappingError, match=rf"corpus.yaml:\d+:\d+: {expected}|corpus.yaml:.*{expected}") as raised:
        read(head())
    assert len(raised.value.problems) == 1


def test_a_passage_in_the_authority_is_refused(folder: Path, read: Read) -> None:
    (folder / "authority.yaml").write_text("people: [{id: person:ada-quill, name: A, mention: 1-2}]\n", "utf-8")
    with pytest.raises(MappingError, match=r"people\[0\].mention: found a passage; expected none"):
        read(head())


def test_outside_knowledge_requires_its_grade(folder: Path, read: Read) -> None:
    (folder / "outside.yaml").write_text("things: [{id: person:ada-quill, alias: A}]\n", "utf-8")
    with pytest.raises(MappingError, match=r"outside.yaml:1:10: things\[0\]: the key 'grade' is missing here"):
        read(head())
