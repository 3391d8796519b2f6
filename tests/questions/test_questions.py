"""The competency questions: each has the answer that a close reading of the article gave, and the graph agrees."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.shipped_files import ontology_folder

EXPECTED = Path(__file__).parent / "expected"
QUESTIONS = {file.stem: file for file in sorted((ontology_folder() / "questions").glob("*.rq"))}
ANSWERS = {file.stem: file for file in sorted(EXPECTED.glob("*.csv"))}
AT_LEAST = 40
IN_ORDER = {"22-night-in-order", "72-oa-longest", "84-two-local-times"}
"""Questions with ORDER BY, for which the order is part of the answer."""

Row = dict[str, str]
Ask = Callable[[str], list[Row]]


def rows(file: Path) -> list[tuple[str, ...]]:
    """Return the lines of an expected answer, its header first."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [tuple(line) for line in csv.reader(lines)]


def test_there_are_enough_questions() -> None:
    assert len(QUESTIONS) >= AT_LEAST


def test_every_question_has_an_expected_answer_and_every_answer_a_question() -> None:
    assert sorted(QUESTIONS) == sorted(ANSWERS)


def test_orders_are_asked_of_questions_that_exist() -> None:
    assert set(QUESTIONS) >= IN_ORDER


def test_no_question_is_asked_twice() -> None:
    counts = Counter(file.read_text(encoding="utf-8").partition("\n")[0] for file in QUESTIONS.values())
    assert [question for question, times in counts.items() if times > 1] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_first_line_is_the_question_in_english(name: str) -> None:
    first = QUESTIONS[name].read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# ")
    assert first.endswith("?")


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_comes_in_an_order_of_its_own(name: str) -> None:
    assert "ORDER BY" in QUESTIONS[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_expected_answer_is_not_empty(name: str) -> None:
    assert len(rows(ANSWERS[name])) > 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_graph_answers_as_a_close_reading_does(name: str, ask: Ask) -> None:
    header, *expected = rows(ANSWERS[name])
    answered = [tuple(row[column] for column in header) for row in ask(QUESTIONS[name].read_text(encoding="utf-8"))]
    if name in IN_ORDER:
        assert answered == expected
    else:
        assert sorted(answered) == sorted(expected)


def test_an_answer_that_differs_by_one_row_is_noticed(ask: Ask) -> None:
    header, *expected = rows(ANSWERS["30-contradictions"])
    answered = [
        tuple(row[column] for column in header) for row in ask(QUESTIONS["30-contradictions"].read_text("utf-8"))
    ]
    assert sorted(answered) != sorted(expected[:-1])


ROOT = Path(__file__).parents[2]
QUERIES = sorted(
    file
    for folder in ("ontology/questions", "examples/strait-series/questions", "server/pages/queries")
    for file in (ROOT / folder).glob("*.rq")
)


def test_no_query_asks_for_conditions_and_leaves_out_those_that_must_not_come_about() -> None:
    asking = {file.name: file.read_text("utf-8") for file in QUERIES if "cq:condition" in file.read_text("utf-8")}
    assert {"17-feared.rq", "35-conditionals.rq", "statement-said.rq"} <= {*asking}
    assert [name for name, query in asking.items() if "cq:unless" not in query] == []
