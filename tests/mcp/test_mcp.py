"""`kg mcp` as the SDK's own client uses it, over real standard input and output, and over HTTP on this machine."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from kg.mcp.tools import NOTICE
from tests.support.corpus_stores import corpus_store
from tests.support.export_datasets import BASE
from tests.support.mcp_client import call_tools

KG = str(Path(sys.executable).with_name("kg"))
RELAYED = f"{BASE}article/harbour-talks/statement/nine-points-quoted"
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search_entities", {"words": "nadia roux"}),
    ("describe", {"iri": f"{BASE}person/nadia-roux"}),
    ("describe", {"iri": RELAYED}),
    ("statements", {"by": "Nadia Roux", "about": "the Coastal Office"}),
    ("meetings", {"who": "Nadia Roux", "other": f"{BASE}person/jovan-seric"}),
    ("compare_accounts", {"occurrence": "the harbour talks"}),
    ("query", {"sparql": "SELECT (COUNT(*) AS ?n) { ?meeting a cq:Meeting }"}),
    ("query", {"sparql": "INSERT DATA { <urn:x:a> <urn:x:b> <urn:x:c> }"}),
    ("query", {"sparql": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}),
    ("statements", {"by": "Nobody Atall"}),
    ("list_questions", {}),
    ("answer_question", {"name": "30-contradictions"}),
    ("list_classes", {}),
    ("search_entities", {"words": "nine points"}),
    ("query", {"sparql": "SELECT DISTINCT ?said ?gist { ?statement cq:says ?said . ?said cq:gist ?gist } LIMIT 3"}),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus_store(tmp_path_factory, "harbour")


@pytest.fixture(scope="module")
def answers(store: Path) -> list[Any]:
    tools, answers = asyncio.run(call_tools((KG, "mcp", "--store", str(store)), CALLS))
    assert tools == {name for name, _ in CALLS}
    return answers


def results(answers: list[Any], number: int) -> list[Any]:
    assert not answers[number].is_error, answers[number]
    return list(answers[number].structured_content["results"])


def test_every_answer_marks_words_as_data_and_names_the_version(answers: list[Any]) -> None:
    right = [answer.structured_content for answer in answers if not answer.is_error]
    assert len(right) == len(CALLS) - 3
    assert all((content["notice"], content["version"]) == (NOTICE, "000001") for content in right)


def test_a_statement_has_its_chain_certainty_and_passages(answers: list[Any]) -> None:
    (relayed,) = results(answers, 2)
    assert [(link["source"]["name"], link["act"]) for link in relayed["chain"]] == [
        ("Ilse Tarrant", "report"),
        ("Jovan Šerić", "assess"),
    ]
    assert (relayed["certainty"], relayed["polarity"]) == ("certain", "positive")
    assert [(passage["start"], passage["end"]) for passage in relayed["passages"]] == [(697, 767)]
    (accusation,) = results(answers, 3)
    assert (accusation["act"], accusation["quotes"]) == ("accuse", ["steers"])


def test_people_and_meetings_are_found_by_name(answers: list[Any]) -> None:
    assert results(answers, 0)[0] == {
        "iri": f"{BASE}person/nadia-roux",
        "text": "Nadia Roux",
        "classes": ["Agent", "Person"],
    }
    assert results(answers, 1)[0]["name"] == "Nadia Roux"
    (meeting,) = results(answers, 4)
    sides = {person: side for side, people in meeting["sides"].items() for person in people}
    assert sides[f"{BASE}person/nadia-roux"] != sides[f"{BASE}person/jovan-seric"]
    assert (meeting["status"], len(meeting["passages"])) == ("occurred", 2)
    (account,) = results(answers, 5)
    assert (account["iri"], account["values"]["asOf"]) == (meeting["iri"], ["2034-03-15T17:00:00"])


def test_queries_only_read_and_errors_are_told(answers: list[Any]) -> None:
    assert results(answers, 6) == [{"n": "1"}]
    errors = [answers[number].content[0].text for number in (7, 8, 9)]
    assert all(answers[number].is_error for number in (7, 8, 9))
    assert "INSERT" in errors[0]
    assert "SERVICE" in errors[1]
    assert "Nothing has the name 'Nobody Atall'" in errors[2]


def test_questions_and_classes_are_listed(answers: list[Any]) -> None:
    assert {"name", "question"} == {*results(answers, 10)[0]}
    assert {"Per Lunde", "Lena Orlić"} in [{row["who"], row["otherWho"]} for row in results(answers, 11)]
    assert "contradict" in answers[11].structured_content["query"]
    (statements,) = [row for row in results(answers, 12) if row["class"].endswith("#Statement")]
    assert statements["things"] == "38"


def test_a_claim_never_comes_without_who_says_so(answers: list[Any]) -> None:
    search = answers[13].structured_content
    hits = {hit["iri"]: hit["classes"] for hit in search["results"]}
    claims = {claim["iri"]: claim for claim in search["claims"]}
    assert {iri for iri, classes in hits.items() if "Statement" in classes} <= {*claims}
    assert any("Proposition" in classes for classes in hits.values()), "its words read like a fact"
    relayed = claims[RELAYED]
    assert [link["source"]["name"] for link in relayed["chain"]] == ["Ilse Tarrant", "Jovan Šerić"]
    assert (relayed["certainty"], [passage["start"] for passage in relayed["passages"]]) == ("certain", [697])
    assert {"iri", "certainty", "chain", "passages"} < {*answers[14].structured_content["claims"][0]}
    assert {claim["iri"] for claim in answers[11].structured_content["claims"]} >= {
        row[name] for row in results(answers, 11) for name in ("statement", "otherStatement")
    }
    assert "claims" not in answers[12].structured_content


def test_http_answers_as_standard_output_does(store: Path, answers: list[Any]) -> None:
    command = [KG, "mcp", "--store", str(store), "--http", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            address = re.search(r"http://\S+/mcp", process.stderr.readline())
            assert address
            _, by_http = asyncio.run(call_tools(address[0], CALLS))
            headers = {"Origin": "https://evil.example", "Content-Type": "application/json"}
            page = Request(address[0], b"{}", headers)  # noqa: S310 - our own server
            with pytest.raises(HTTPError, match="403") as refused:
                urlopen(page)  # noqa: S310 - our own server
            refused.value.close()
        finally:
            process.send_signal(signal.SIGINT)
    assert [answer.structured_content for answer in by_http] == [answer.structured_content for answer in answers]
    assert process.returncode is not None
