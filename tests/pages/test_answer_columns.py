"""The tables of answers say each thing once: every question over three corpora, as people see it and as CSV."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from kg.mapping.corpora.corpus_reader import read_corpus
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.pages.queried_data.thing_names import Name, Names
from server.pages.questions.asked_questions import readable_columns
from server.pages.terms.page_terms import PageTerm
from tests.pages.conftest import Reader, running
from tests.support.corpus_stores import corpus_store

WIKINEWS = Path(__file__).parents[2] / "examples" / "wikinews"
DIFFERENT_FACTS = {
    ("03-talks-when", "earliest end", "latest end"),
    ("81-foretold", "foretold", "foretold by"),
    ("81-foretold", "who", "foretold by"),
}
"""Columns that have the same values in some answer, and might have others."""
RAW = re.compile(r"\d-\d\dT\d|https?:|^_:|^[a-z]{2,8}:[a-z]|^[a-z]+(?:-[a-z]+)+$")
"""A moment as RDF writes it, an IRI, a blank node, a prefixed name, and the last part of a concept's IRI."""
ODD = {"start", "end", "of", "to", "as", "by", "one", "other", "label", "iri", "uri"}
"""Headings that say nothing by themselves, or that passages have links for."""
Table = list[dict[str, str]]


@pytest.fixture(scope="session")
def wikinews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Serve the articles of Wikinews."""
    folder = corpus_store(tmp_path_factory, "wikinews")
    names = read_corpus(WIKINEWS / "corpus.yaml").names
    settings = Settings(names.base, "Wikinews", ontology_folder() / "questions")
    with running(create_app(UnlimitedStore(EmbeddedStore.open(folder, names)), settings)) as reader:
        yield reader


def words_of(markup: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", markup)).strip()


def shown_table(page: str) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the cells of the table of an answer, in its markup; none without an answer."""
    table = page.partition('<table class="answer">')[2].partition("</table>")[0]
    headings = [words_of(cell) for cell in re.findall("<th [^>]*>(.*?)</th>", table)]
    rows = re.findall("<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return headings, [re.findall("<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


def alike(name: str, headings: list[str], rows: list[list[str]]) -> set[tuple[str, str, str]]:
    """Return the pairs of columns that have the same in every row."""
    pairs = combinations(enumerate(headings), 2)
    return {(name, first, other) for (i, first), (j, other) in pairs if all(row[i] == row[j] for row in rows)}


@pytest.mark.parametrize("world", ["site", "series", "wikinews"])
def test_columns_of_answers_differ_and_are_words(world: str, request: pytest.FixtureRequest) -> None:
    reader: Reader = request.getfixturevalue(world)
    questions = re.findall('<li id="([^"]+)">', reader.get("/examples").text)
    answered, same, raw, odd, offsets = 0, set(), set(), set(), set()
    for name in questions:
        headings, rows = shown_table(reader.get(f"/examples/{name}").text)
        answered += bool(rows)
        same |= alike(name, headings, [[*map(words_of, row)] for row in rows]) if rows else set()
        odd |= {(name, heading) for heading in headings if heading in ODD}
        for row in rows:
            words = [*map(words_of, row)]
            raw |= {(name, word) for word in words if RAW.search(word)}
            passages = {number for pair in re.findall(r"/passage/(\d+)-(\d+)", "".join(row)) for number in pair}
            offsets |= {(name, word) for word in words if word in passages}
    assert answered >= 30
    assert same <= DIFFERENT_FACTS
    assert (raw, odd, offsets) == (set(), set(), set())


@pytest.mark.parametrize("world", ["site", "series", "wikinews"])
def test_columns_of_downloaded_answers_differ_and_have_names_beside_iris(
    world: str, request: pytest.FixtureRequest
) -> None:
    reader: Reader = request.getfixturevalue(world)
    same, raw, nameless = set(), set(), set()
    for name in re.findall('<li id="([^"]+)">', reader.get("/examples").text):
        table = reader.get(f"/examples/{name}?format=csv")
        if table.status != 200:
            continue
        headings, *rows = csv.reader(io.StringIO(table.text))
        same |= {(question, first, other) for question, first, other in alike(name, headings, rows) if rows}
        for row in rows:
            cells = dict(zip(headings, row, strict=True))
            raw |= {(name, cell) for cell in row if RAW.search(cell) and not cell.startswith("http")}
            nameless |= {
                (name, key) for key, cell in cells.items() if re.match("https?:", cell) and not cells.get(f"{key}Label")
            }
    shown = {
        (name, re.sub("([A-Z])", r" \1", first).lower(), re.sub("([A-Z])", r" \1", other).lower())
        for name, first, other in same
    }
    assert shown <= DIFFERENT_FACTS
    assert (raw, nameless) == (set(), set())


def test_a_thing_stands_where_its_name_did_and_only_where_it_tells_every_value() -> None:
    base = "https://example.org/data/"
    person, passage = PageTerm(f"{base}person"), PageTerm(f"{base}passage/3-17")
    names = Names({person.value: Name("Ada"), passage.value: Name("from 3 to 17")})
    row = {
        "who": PageTerm("Ada", "literal"),
        "act": PageTerm("ask", "literal"),
        "end": PageTerm("17", "literal"),
        "person": person,
        "again": person,
        "passage": passage,
    }
    variables = ["who", "act", "end", "person", "again", "passage", "nothing"]
    assert readable_columns(variables, [row], names) == ["person", "act", "passage"]
    assert readable_columns(variables, [row, {"who": PageTerm("Ada", "literal")}], names)[0] == "who"
    assert readable_columns(variables, [row, {**row, "end": PageTerm("18", "literal")}], names)[2] == "end"
    assert readable_columns(variables, [], names) == []
