"""`kg query` as a process."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rdflib import Graph

from tests.support.command_line import here, kg

PEOPLE = "SELECT ?name { ?person a <https://schema.org/Person> ; <https://schema.org/name> ?name } ORDER BY ?name"
NAMES = ["Ada Brandt", "Jon Vik"]


def test_solutions_are_a_table_and_their_number_goes_to_standard_error(built: Path) -> None:
    ran = kg("query", PEOPLE, "--store", built)
    rows = [line.strip("| ") for line in ran.out.splitlines()]
    assert rows[0] == "name"
    assert set(NAMES) <= set(rows)
    assert ran.err == f"{len(rows) - 2} solutions\n"


def test_a_query_is_read_from_a_file_or_from_standard_input(built: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.rq"
    file.write_text(PEOPLE, "utf-8")
    expected = here("query", PEOPLE, "--store", built).out
    assert here("query", file, "--store", built).out == expected
    assert here("query", "-", "--store", built, text=PEOPLE).out == expected


def test_the_store_can_be_named_by_the_environment(built: Path) -> None:
    assert here("query", PEOPLE, KG_STORE=str(built)).status == 0


def test_solutions_come_as_json_and_csv(built: Path) -> None:
    results = json.loads(here("query", PEOPLE, "--store", built, "--format", "json").out)
    rows = [*csv.DictReader(io.StringIO(here("query", PEOPLE, "--store", built, "--format", "csv").out))]
    assert [row["name"] for row in rows] == [row["name"]["value"] for row in results["results"]["bindings"]]
    assert set(NAMES) <= {row["name"] for row in rows}


def test_triples_are_turtle_or_any_other_rdf_format(built: Path) -> None:
    text = "DESCRIBE <https://example.org/communique/person/ada-brandt>"
    turtle = Graph().parse(data=here("query", text, "--store", built).out, format="turtle")
    ntriples = Graph().parse(data=here("query", text, "--store", built, "-f", "nt").out, format="nt")
    assert len(turtle) > 5
    assert set(turtle) == set(ntriples)


def test_a_question_is_answered_yes_or_no(built: Path) -> None:
    assert here("query", "ASK {}", "--store", built).out == "yes\n"
    assert here("query", "ASK { ?s ?p 'nothing says this' }", "--store", built).out == "no\n"


def test_a_query_is_explained_instead_of_answered(built: Path) -> None:
    ran = here("query", PEOPLE, "--store", built, "--explain", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert rows[-1]["step"] == "text"
    assert "SELECT ?name" in rows[-1]["detail"]


def test_without_a_format_an_explanation_is_a_query_with_its_reasons_as_comments(built: Path) -> None:
    text = "SELECT DISTINCT ?c { ?e a cq:Event ; cq:hasParticipant ?b . ?f cq:hasParticipant ?b, ?c }"
    explained = here("query", text, "--store", built, "--explain").out
    steps = [line.partition(":")[0] for line in explained.splitlines() if line.startswith("#")]
    assert steps == ["# redundant types", "# distinct subqueries"]
    assert "cq:Event" not in explained.partition("SELECT")[2]
    rows = [set(here("query", query, "--store", built).out.splitlines()) for query in (explained, text)]
    assert rows[0] == rows[1]
    assert any("ada-brandt" in row for row in rows[0])


def test_what_does_not_parse_is_the_calls_fault_with_line_and_column(built: Path) -> None:
    assert "line 2, column" in kg("query", "SELECT *\n{ ?s ?p", "--store", built).failed(2)


@pytest.mark.parametrize(
    "text", ["SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }", "LOAD <file:///etc/passwd>"]
)
def test_nothing_opens_a_connection_or_a_file(built: Path, text: str) -> None:
    assert here("query", text if "{" in text else f"{text} # {{", "--store", built).failed(2)


def test_a_format_that_the_answer_does_not_have_is_an_error_of_the_call(built: Path) -> None:
    assert "SELECT" in here("query", PEOPLE, "--store", built, "--format", "turtle").failed(2)
    assert "'docx' is not a format offered here" in here("query", PEOPLE, "--store", built, "-f", "docx").failed(2)


def test_a_folder_without_a_store_is_the_calls_fault_and_is_not_made(tmp_path: Path) -> None:
    assert "There is no store in" in kg("query", PEOPLE, "--store", tmp_path / "nowhere").failed(2)
    assert not (tmp_path / "nowhere").exists()


def test_a_name_that_is_neither_file_nor_query_is_the_calls_fault(built: Path) -> None:
    assert "'peple.rq' is neither a file nor a SPARQL query" in here("query", "peple.rq", "--store", built).failed(2)


def test_a_version_that_is_not_kept_is_the_calls_fault(built: Path) -> None:
    assert "'000009'" in here("query", PEOPLE, "--store", built, "--version", "000009").failed(2)


def test_a_query_that_is_not_in_utf8_is_the_calls_fault(built: Path, tmp_path: Path) -> None:
    file = tmp_path / "latin.rq"
    file.write_bytes("ASK { ?s ?p 'Šerić é' }".encode("utf-16"))
    assert "latin.rq is not UTF-8 text: byte 1 " in kg("query", file, "--store", built).failed(2)
