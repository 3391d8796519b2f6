"""Every competency question as CSV: the rows, values and order that SPARQL's JSON has, on two corpora."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.formats import CSV, JSON
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore, Query, Store, open_store
from tests.support.corpus_stores import corpus_store

SERIES = Path(__file__).parents[2] / "examples" / "strait-series"
QUESTIONS = {
    file.stem: file
    for folder in (ontology_folder() / "questions", SERIES / "questions")
    for file in sorted(folder.glob("*.rq"))
}


@pytest.fixture(scope="session")
def series(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store of the series."""
    return open_store(corpus_store(tmp_path_factory, "series"))


def rows_of_csv(store: Store, text: str) -> list[list[str]]:
    document = b"".join(store.query(Query(text, CSV, None)).chunks).decode("utf-8")
    return [*csv.reader(io.StringIO(document, newline=""))]


def rows_of_json(store: Store, text: str) -> list[list[str]]:
    document = json.loads(b"".join(store.query(Query(text, JSON, None)).chunks))
    names = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    return [names, *([row[name]["value"] if name in row else "" for name in names] for row in bindings)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_same_rows_as_csv_and_as_json(name: str, store: EmbeddedStore, series: Store) -> None:
    text = QUESTIONS[name].read_text("utf-8")
    for asked_store in (store, series):
        assert rows_of_csv(asked_store, text) == rows_of_json(asked_store, text)


def test_most_questions_have_rows_on_both_corpora(store: EmbeddedStore, series: Store) -> None:
    answered = [
        {name for name, file in QUESTIONS.items() if len(rows_of_csv(one_store, file.read_text("utf-8"))) > 1}
        for one_store in (store, series)
    ]
    assert len(answered[0]) >= 80
    assert len(answered[1]) >= 60
