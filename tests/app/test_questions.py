"""A corpus brings example questions of its own: read with clear errors, and served as the shipped ones are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.errors import Location, MappingError
from kg.mapping.corpora.question_files import read_corpus_questions
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore, open_store
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.support.http_client import run_server

TINY = Path(__file__).parent / "tiny"
BASE = "https://example.org/communique/"
QUERY = "# Who is named?\nPREFIX cq: <https://w3id.org/communique/ontology#>\nSELECT ?name { ?who cq:name ?name }\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the tiny corpus that names a folder of questions, with one in it."""
    copy = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    with (copy / "corpus.yaml").open("a", encoding="utf-8") as file:
        file.write("\nquestions: questions\n")
    (copy / "questions").mkdir()
    (copy / "questions" / "who.rq").write_text(QUERY, "utf-8")
    return copy


def made(corpus: Path, store: Path) -> None:
    build(corpus, lambda names: EmbeddedStore.open(store, names), BuildOptions(cross_check=False))


def test_questions_of_a_corpus_are_served_with_the_shipped_ones(corpus: Path, tmp_path: Path) -> None:
    made(corpus, tmp_path / "store")

    settings = Settings(base=BASE, questions=ontology_folder() / "questions")
    with run_server(create_app(UnlimitedStore(open_store(tmp_path / "store")), settings)) as client:
        assert client.get("/examples/who", "application/sparql-query").text == QUERY
        listed = client.get("/examples", "application/n-triples").text
        assert '"Who is named?"@en' in listed
        assert listed.count("http://www.w3.org/ns/shacl#SPARQLExecutable") > 10
        assert "Who is named?" in client.get("/examples", "text/html").text


@pytest.mark.parametrize("space", ["", " ", "\t", "\u00a0", "## "])
def test_any_space_may_come_before_the_words_of_a_question(corpus: Path, space: str) -> None:
    (corpus / "questions" / "who.rq").write_text(QUERY.replace("# ", f"#{space}", 1), "utf-8")
    [question] = read_corpus_questions(corpus / "questions", Location(corpus / "corpus.yaml"))
    assert question.text == "Who is named?"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("who.rq", "SELECT * {}", "the first line has to be a comment"),
        ("who.rq", "# \n# Who?\nSELECT * {}", "the first line has to be a comment"),
        ("who.rq", "# Who?\nSELECT * { ?s ?p }", "does not parse at line 2"),
        ("who.rq", "# Who?\nSELECT * { ?s no:p ?o }", "the prefix no: of no:p is not declared"),
        ("who.rq", "# Who?\nSELECT * { SERVICE <http://e.x/> { ?s ?p ?o } }", "SERVICE"),
        ("who is it.rq", "# Who?\nASK {}", "cannot be part of a URL"),
    ],
)
def test_a_question_at_fault_is_named_with_its_file(
    corpus: Path, tmp_path: Path, name: str, text: str, message: str
) -> None:
    (corpus / "questions" / name).write_text(text, "utf-8")
    with pytest.raises(MappingError, match="questions/") as raised:
        made(corpus, tmp_path / "store")
    assert message in str(raised.value)


def test_a_folder_of_questions_that_is_missing_or_empty_is_named(corpus: Path, tmp_path: Path) -> None:
    (corpus / "questions" / "who.rq").unlink()
    with pytest.raises(MappingError, match=r"corpus.yaml:\d+:\d+: questions: .*it has no \.rq file"):
        made(corpus, tmp_path / "store")
    (corpus / "questions").rmdir()
    with pytest.raises(MappingError, match="there is no such folder"):
        made(corpus, tmp_path / "store")
