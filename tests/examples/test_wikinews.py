"""Six articles of Wikinews: what their documents say of whom was worked out by reading the texts, not the graph."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from kg.app.schema import read_schema
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.namespaces import CQ
from kg.reasoning.graph_reasoner import infer
from kg.validation.shacl_validator import validate
from tests.support.http_client import Client
from tests.support.reasoning import contradictions

ROOT = Path(__file__).resolve().parents[2]
WIKINEWS = ROOT / "examples" / "wikinews"
BASE = "https://example.org/wikinews/"
FORM = "https://w3id.org/communique/scheme/form/"
TEXTS = {
    "hackers": "1-hackers.txt",
    "defector": "2-defector.txt",
    "old-browser": "3-old-browser.txt",
    "crops": "4-crops.txt",
    "school-taxes": "5-school-taxes.txt",
    "robot-team": "6-robot-team.txt",
}
QUOTED_DIRECTLY = {
    "hackers/person/matthew-ingram": 2,
    "hackers/person/blogger": 1,
    "hackers/person/poster": 3,
    "hackers/person/unknown-author": 2,
    "hackers/person/newsgroup-poster": 1,
    "defector/person/mark-rathbun": 4,
    "old-browser/organization/microsoft": 1,
    "old-browser/organization/pc-world": 3,
    "crops/person/colette-heald": 5,
    "crops/organization/usda": 1,
    "school-taxes/organization/livorno": 1,
    "school-taxes/person/claudio-de-vincenti": 1,
    "school-taxes/person/toccafondi": 1,
    "school-taxes/person/nunzio-galantino": 3,
    "robot-team/person/rodaba-noori": 3,
    "robot-team/person/hamdullah-mohib": 3,
}
"""How many statements in quotation marks the texts have of whom."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus(WIKINEWS / "corpus.yaml", WIKINEWS)


@pytest.fixture(scope="module")
def graph(corpus: Corpus) -> Graph:
    joined = Graph()
    for article in corpus.graphs.values():
        joined += article
    return joined


def test_every_document_is_checked_against_its_text(corpus: Corpus) -> None:
    assert {article.slug for article in corpus.articles} == set(TEXTS)
    assert [*corpus.unchecked] == []
    named = (WIKINEWS / "LICENSE").read_text("utf-8")
    assert all(f"  {name} " in named and (WIKINEWS / "texts" / name).is_file() for name in TEXTS.values())


def test_it_conforms_and_contradicts_nothing(graph: Graph) -> None:
    schema = read_schema()
    assert validate(graph, schema.shapes, schema.ontology).sentences() == ()
    assert contradictions(graph, schema.ontology) == []
    assert len(infer(graph, schema.ontology)) > 1000


def test_quotations_are_said_by_whom_the_text_has_say_them(graph: Graph) -> None:
    direct = graph.subjects(CQ.form, URIRef(f"{FORM}direct"))
    sources = Counter(str(graph.value(statement, CQ.source)).removeprefix(f"{BASE}article/") for statement in direct)
    assert sources == QUOTED_DIRECTLY


def test_what_somebody_only_claims_is_no_event(graph: Graph) -> None:
    events = {str(event).rpartition("/")[2] for event in graph.subjects(CQ.status, None)}
    scheme = "https://w3id.org/communique/scheme/status/"
    real = {
        str(event).rpartition("/")[2]
        for status in ("occurred", "ongoing")
        for event in graph.subjects(CQ.status, URIRef(scheme + status))
    }
    assert events - real == {
        *("below-one-percent", "fourth-place", "lower-yields", "undernourishment", "clean-up", "discussion"),
        *("closures", "counter-measures", "law-modified", "staying", "yearly-contests", "next-year"),
    }


def test_make_serves_it_with_passages_marked_in_the_open_text(tmp_path: Path) -> None:
    command = ["make", "--silent", "-o", "setup", "serve", "CORPUS=examples/wikinews", f"STORE={tmp_path / 'store'}"]
    command += [f"VENV={sys.prefix}", "PORT=0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "MAKE"))}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    ) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        try:
            address = next(line.partition("http://127.0.0.1:")[2] for line in lines if "http://127.0.0.1:" in line)
            client = Client("127.0.0.1", int(address.partition("/")[0]))
            page = client.get("/about/article/school-taxes/statement/discussion", "text/html").text
            assert "<mark>a discussion table will be opened with the non-profit" in page.replace("<bdi>", "")
            article = client.get("/about/article/robot-team/", "text/html").text
            assert "This year&#39;s theme was water security." in article
        finally:
            os.killpg(process.pid, signal.SIGTERM)
