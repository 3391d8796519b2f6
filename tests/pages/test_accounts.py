"""Accounts of one occurrence: side by side with what differs, counted once in lists; times in words stay words."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.pages.conftest import Reader

BASE = "https://example.org/strait/"
ACCOUNTS = {
    "dated": {
        "article/correction/event/calling-off": "2",
        "article/ferry-fire/event/fire": "3",
        "article/strait-closed/event/closure": "2",
    },
    "undated": {},
    "unreal": {"article/ferry-fire/scenario/closure": "2", "article/ferry-fire/scenario/guards": "2"},
}


def aspects(text: str) -> dict[str, str]:
    """Return the markup of each row of the table of accounts, by the words of its head."""
    table = text.partition('<table class="accounts">')[2].partition("</table>")[0]
    rows = [row for row in table.split("<tr")[1:] if '<th scope="row">' in row]
    return {
        re.sub("<[^>]*>", " ", row.partition('scope="row">')[2].partition("</th>")[0]).split()[0]: row for row in rows
    }


@pytest.mark.parametrize("path", ["/about/article/patrols-off/event/fire", "/about/occurrence/fire"])
def test_accounts_stand_side_by_side_and_show_where_they_differ(series: Reader, path: str) -> None:
    rows = aspects(series.get(path).text)
    assert re.findall(r"<td[^>]*>(\d+) ", rows["injured"]) == ["19", "23", "3"]
    assert "26 " in rows["injured"]
    assert {name for name, row in rows.items() if "they differ" in row} == {"When", "In", "injured"}
    assert rows["Where"].count("not told") == 2


def test_who_fears_what_another_reports_does_not_differ_from_him(series: Reader) -> None:
    rows = aspects(series.get("/about/occurrence/closure").text)
    assert [re.sub("<[^>]*>", "", word) for word in re.findall("<a [^>]*status[^>]*>.*?</a>", rows["What"])] == [
        "feared",
        "ongoing",
    ]
    assert "they differ" not in rows["What"]


def test_an_event_of_one_account_has_no_table(series: Reader) -> None:
    assert "side by side" not in series.get("/about/article/ferry-fire/event/pact").words


def test_accounts_of_one_occurrence_are_counted_once_in_the_list(series: Reader) -> None:
    page = series.get("/events")
    assert (
        page.words.count("the fire on the ferry Marta") == 2
    )  # the first account, and the occurrence that it leads to
    assert "/about/occurrence/fire" in page.links


def test_the_home_page_counts_an_occurrence_once_in_its_tile_and_in_its_strip(series: Reader) -> None:
    home = series.get("/")
    strip = home.text.partition('<h2 id="when">')[2].partition("</section>")[0]
    shown = re.findall(r'<li><div><a class="[^"]*" href="([^"]*)"', strip)
    listed = series.get("/events?kind=dated").text.partition('<h2 id="dated">')[2].partition("</section>")[0]
    assert shown == re.findall(r'<li><div><a class="[^"]*" href="([^"]*)"', listed)
    assert "15 events" in home.words


@pytest.mark.parametrize("kind", ["dated", "undated", "unreal"])
def test_a_list_as_csv_counts_an_occurrence_once_as_its_page_does(series: Reader, kind: str) -> None:
    rows = [*csv.DictReader(io.StringIO(series.get(f"/events?kind={kind}&format=csv").text))]
    accounts = {
        row["happening"].removeprefix("https://example.org/strait/"): row["accounts"] for row in rows if row["accounts"]
    }
    assert accounts == ACCOUNTS[kind]
    links = series.get(f"/events?kind={kind}").links
    assert all(row["happening"].replace(BASE, "/about/") in links for row in rows)


def test_the_front_page_counts_as_many_events_as_their_list(series: Reader) -> None:
    listed = [series.get(f"/events?kind={kind}&format=csv").text.count("\n") - 1 for kind in ("dated", "undated")]
    (shown,) = re.findall(r'<a href="/events"><strong>([\d,]+)</strong> events</a>', series.get("/").text)
    assert int(shown) == sum(listed) > 0


def test_a_time_in_words_alone_is_kept_and_placed_nowhere(site: Reader) -> None:
    vague = site.get("/timeline").words.partition("With a time in words only")[2].partition("no date given")[0]
    assert "conversations of the Pakistani generals among themselves “in recent months”" in vague
    assert "weeks of recriminations between the United States and Pakistan “weeks”" in vague
    assert "2011" not in vague


def test_what_is_only_foretold_is_marked_as_never_said(series: Reader) -> None:
    never = "Never said, as far as its article tells: it is only foretold there that it would be."
    assert series.get("/about/article/ferry-fire/foretold/guards-asked").words.count(never) == 1
    assert never not in series.get("/about/utterance/fire-was-set").words


def test_what_holds_of_most_is_not_said(series: Reader) -> None:
    foretold = series.get("/about/article/ferry-fire/foretold/guards-asked").words
    assert "olarity" in foretold
    assert "vidence grade" not in foretold
    assert "named person" not in series.get("/about/person/ilse-tarrant").words
    assert "unnamed person" in series.get("/about/article/ferry-fire/person/naval-official").words


@pytest.mark.parametrize(("path", "number"), [("/", 1), ("/timeline", 3)])
def test_three_accounts_of_a_fire_are_no_three_fires(series: Reader, path: str, number: int) -> None:
    page = series.get(path)
    assert page.words.count("by one account of the fire on the ferry Marta") == number
    assert page.links.count("/about/occurrence/fire") == number


@pytest.mark.parametrize(
    "path", ["occurrence/fire", "utterance/fire-was-set", "article/ferry-fire/foretold/guards-asked"]
)
def test_a_page_says_a_name_in_its_heading_alone(series: Reader, path: str) -> None:
    page = series.get(f"/about/{path}")
    heading = re.sub("<[^>]*>", "", page.text.partition("<h1>")[2].partition("</h1>")[0])
    assert heading in page.words
    assert f"<td><bdi>{heading}</bdi>" not in page.text
    assert f"https://example.org/strait/{path}" not in page.words


def test_what_has_no_page_of_its_corpus_is_called_by_its_iri(series: Reader) -> None:
    statement = "https://w3id.org/communique/ontology#Statement"
    assert statement in series.get(f"/about?iri={statement.replace('#', '%23')}").words


def test_the_accounts_of_an_occurrence_stand_side_by_side_alone(series: Reader) -> None:
    page = series.get("/about/occurrence/fire")
    assert "Accounts of it, side by side 3" in page.words
    assert "has account" not in page.words
    assert "pointing" not in page.ids


def test_a_date_is_as_precise_as_its_article_and_in_words(series: Reader) -> None:
    words = series.get("/about/person/nadia-roux").words
    assert "since March 2034" in words
    assert "until May 2034" in words
    assert "until 1 June 2034 " in words
