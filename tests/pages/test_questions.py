"""The example questions as pages: by theme, answered first, about the things that a reader names."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from kg.namespaces import ONTOLOGY
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import Page, Reader, running

CLINTON = "/examples/18-clinton-said"


def test_questions_stand_under_their_themes_and_all_have_one(site: Reader) -> None:
    page = site.get("/examples")
    assert "Other questions" not in page.words
    assert page.words.index("Agreement and disagreement") < page.words.index("Which statements contradict each other")
    assert "not in this data" not in page.words


EMPTY = {"55-inferred-not-written", "57-from-outside", "63-foaf-members", "84-two-local-times"}
"""Questions that the series has every term of and no answer to: that there is nothing is the answer."""


def test_questions_about_what_a_corpus_does_not_have_stand_apart(series: Reader) -> None:
    parts = series.get("/examples").text.split("<details>")
    names, of_others, unanswered = (re.findall(r'<li id="([^"]+)">', part) for part in parts)
    assert len(of_others) == 33
    assert {"18-clinton-said", "40-feelings", "68-sem-times", "73-exact-words"} <= {*of_others}
    assert {"33-answers", "12-delegations"} <= {*unanswered}
    nothing = "Nothing in this data answers the question."
    assert {name for name in names if nothing in series.get(f"/examples/{name}").words} == EMPTY
    offered = re.findall(r'<option value="/examples/([^"]+)"', series.get("/sparql").text)
    assert sorted(offered) == sorted(names)
    assert "What was said at the talks" not in series.get("/").words


def test_a_question_about_what_a_corpus_does_not_have_is_asked_of_what_it_has(series: Reader) -> None:
    unasked = series.get(CLINTON)
    assert "hillary clinton: not in this data." in unasked.words
    assert "rows." not in unasked.words
    offers = re.findall(r'<option value="([^"]+)"></option>', unasked.text)
    assert {"Nadia Roux", "the port office of Port-Mérel"} <= {*offers}
    assert "the fire on the ferry Marta" not in offers
    answer = series.get(f"{CLINTON}?{urlencode({'thing1': 'roux'})}")
    assert "Asked of Nadia Roux instead of hillary clinton." in answer.words
    assert "9 rows." in answer.words
    assert "<https://example.org/strait/person/nadia-roux> ; cq:gist" in answer.words
    # Of a happening's question, a person's name is no answer.
    assert series.get(f"/examples/01-talks-by-side?{urlencode({'thing1': 'Ines Vall'})}").status == 400


def test_a_question_is_answered_before_its_query_by_names(site: Reader) -> None:
    page = site.get(CLINTON)
    assert page.words.index("a good deal was done to settle") < page.words.index("PREFIX cq:")
    assert f"{CLINTON}?format=csv" in page.links
    assert 'value="Hillary Clinton"' in page.text


def test_a_question_is_asked_of_somebody_else_by_name(site: Reader) -> None:
    page = site.get(f"{CLINTON}?{urlencode({'thing1': 'kayani'})}")
    assert "Asked of Ashfaq Parvez Kayani instead of Hillary Clinton." in page.words
    assert "data/person/ashfaq-parvez-kayani> ; cq:gist" in page.words
    assert "a good deal was done to settle" not in page.words
    fault = site.get(f"{CLINTON}?thing1=qqzz")
    assert fault.status == 400
    assert "No person, organization, group or voice in this data is called qqzz." in fault.words
    assert 'value="qqzz"' in fault.text
    assert "Asked of" not in fault.words
    assert "rows." not in fault.words


def test_a_pair_of_contradicting_statements_is_one_row_in_the_words_of_the_pages(site: Reader) -> None:
    page = site.get("/examples/30-contradictions")
    cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", page.text)]
    assert "1 row." in page.words
    heads = re.findall('<th scope="col">(.*?)</th>', page.text)
    assert heads[:5] == ["who", "what is put forward", "other who", "what the other puts forward", "what is said"]
    assert cells[:4] == [
        "Mike Mullen",
        "that something is so",
        "a Pakistani military official",
        "that something is not so",
    ]


def test_concepts_in_an_answer_have_the_words_of_the_pages(site: Reader) -> None:
    bounds = site.get("/examples/77-stated-or-counted").text
    assert bounds.count("<bdi>as the reader infers</bdi></a></td>") == 1
    assert '<th scope="col">says it is not so</th>' in site.get("/examples/31-opposite-polarity").text


def rows_of(table: Page) -> list[dict[str, str]]:
    """Return the rows of a table that was downloaded."""
    assert (table.status, table.headers.get_content_type()) == (200, "text/csv")
    return [*csv.DictReader(io.StringIO(table.text))]


def test_an_answer_as_a_table_has_the_words_of_its_page_and_names_beside_iris(site: Reader) -> None:
    (row,) = rows_of(site.get("/examples/30-contradictions?format=csv"))
    assert row["who"] == "Mike Mullen"
    assert row["polarityLabel"] == "that something is so"
    assert row["otherPolarityLabel"] == "that something is not so"
    assert row["polarity"].endswith("/polarity/positive")
    assert row["statement"].endswith("/statement/mullen-veritable-arm")
    assert row["statementLabel"] == "Mullen called the Haqqani network an arm of Pakistan's ISI."
    grades = [row["gradeLabel"] for row in rows_of(site.get("/examples/77-stated-or-counted", "text/csv"))]
    assert {"as the reader infers"} < {*grades}
    assert "inferable" not in grades


def test_an_answer_about_somebody_else_is_a_table_of_it(series: Reader) -> None:
    address = f"{CLINTON}?{urlencode({'thing1': 'roux', 'format': 'csv'})}"
    assert len(rows_of(series.get(address))) == 9
    unasked = series.get(f"{CLINTON}?format=csv")
    assert unasked.status == 400
    assert "hillary clinton ('thing1')" in unasked.words


def test_a_long_answer_is_turned_over_by_page_and_named_for_the_rows_shown(
    store: EmbeddedStore, settings: Settings, tmp_path: Path
) -> None:
    head = f"# All of what is said?\n# Theme: All\nPREFIX cq: <{ONTOLOGY}>\n"
    rows = "SELECT ?statement ?property ?value { ?statement a cq:Statement ; ?property ?value }"
    (tmp_path / "01-all.rq").write_text(f"{head}{rows} ORDER BY ?statement ?property ?value")
    with running(create_app(UnlimitedStore(store), replace(settings, questions=tmp_path))) as reader:
        table = [*csv.DictReader(io.StringIO(reader.get("/examples/01-all", "text/csv").text, newline=""))]
        first, second = reader.get("/examples/01-all"), reader.get("/examples/01-all?page=2")
        assert f"{len(table):,} rows, of which these are 1 to 200." in first.words
        assert f"{len(table):,} rows, of which these are 201 to 400." in second.words
        assert (first.text.count("<tr><td"), second.text.count("<tr><td")) == (200, 200)
        assert "/examples/01-all?page=2" in first.links
        assert table[200]["statementLabel"] in second.words
        assert reader.get("/examples/01-all?page=nope").status == 400
