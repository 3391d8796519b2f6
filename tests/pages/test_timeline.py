"""The timeline: what has a time is placed no more exactly than the text states, and what has none is not placed."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import quote

import pytest

from server.pages.drawings.timeline_ticks import CALENDAR_END, CALENDAR_START, shift_within_calendar, ticks
from tests.pages.conftest import Page, Reader

BASE = "https://w3id.org/communique/data/"
KAYANI = f"{BASE}person/ashfaq-parvez-kayani"
PAKISTAN = f"{BASE}organization/pakistan-government"
TALKS = "the talks between the U.S. and Pakistani delegations in Islamabad"


@pytest.fixture(scope="module")
def whole(site: Reader) -> Page:
    return site.get("/timeline")


def lanes(page: Page) -> dict[str, str]:
    """Return each lane's markup by the words of its first link."""
    items = page.text.partition('<div id="undated">')[0].split('<li class="lane')[1:]
    return {item.partition("<bdi>")[2].partition("</bdi>")[0]: item.partition("</li>")[0] for item in items}


def test_every_lane_of_the_timeline_is_described_in_words(whole: Page) -> None:
    by_name = lanes(whole)
    assert len(by_name) == 20
    assert all('class="when"' in lane and "<rect" in lane for lane in by_name.values())
    assert "20 October 2011 to 21 October 2011, 02:00" in by_name[TALKS]


def test_what_is_only_possible_is_never_drawn_as_sure(whole: Page) -> None:
    by_name = lanes(whole)
    sure = [name for name, lane in by_name.items() if 'class="sure"' in lane]
    assert sure == ["Clinton&#39;s visit to Islamabad"]
    assert 'class="may open"' in by_name["Clinton&#39;s stay in Kabul"]
    assert "the beginning is unknown" in by_name["Clinton&#39;s stay in Kabul"]


def test_a_statement_without_a_time_of_its_own_is_marked_with_its_occasion(whole: Page) -> None:
    suggestion = next(
        lane for name, lane in lanes(whole).items() if name.startswith("Kayani suggested in the meetings")
    )
    assert "when its occasion was:" in suggestion
    assert TALKS in suggestion


def test_what_has_no_date_is_listed_as_that_and_never_placed(whole: Page) -> None:
    assert "Events: no date given 10" in whole.words
    assert "Statements: no date given 72" in whole.words
    without = "a series of terrorist attacks in and around Kabul"
    assert without in whole.words.partition("no date given")[2]
    assert without not in lanes(whole)


def test_a_person_a_side_and_a_kind_narrow_it_down(site: Reader) -> None:
    by_name = lanes(site.get("/timeline?person=kayani"))
    assert by_name == lanes(site.get(f"/timeline?person={KAYANI}"))
    assert 0 < len(by_name) < 20
    assert TALKS in by_name
    assert "Clinton&#39;s arrival in Islamabad" not in by_name
    side = lanes(site.get(f"/timeline?side={PAKISTAN}&kind=statement"))
    assert any(name.startswith("Kayani asked") for name in side)
    assert not any(name.startswith("Clinton") for name in side)
    assert TALKS not in side


def test_a_person_without_events_has_an_empty_timeline(site: Reader) -> None:
    page = site.get(f"/timeline?person={BASE}place/islamabad")
    assert page.status == 200
    assert "Nothing that fits has a time. The whole timeline." in page.words


def test_a_nearer_look_has_finer_marks_and_only_what_lies_there(site: Reader) -> None:
    near = site.get("/timeline?from=2011-10-20T21:30&until=2011-10-20T23:00")
    assert "22:15" in near.words
    assert TALKS in lanes(near)
    assert "a press conference in Islamabad" not in lanes(near)
    years = site.get("/timeline?from=2001-01-01&until=2021-01-01")
    assert "2005" in years.words
    assert len(lanes(years)) == 20


def test_every_move_of_the_axis_is_an_address(site: Reader, whole: Page) -> None:
    moves = [link for link in whole.links if link.startswith("/timeline?")]
    assert len(moves) > 8
    assert {site.get(move).status for move in moves} == {200}


def test_rows_and_triples_of_a_view_are_those_that_it_shows(site: Reader) -> None:
    view = f"/timeline?person={KAYANI}&from=2011-10-20T21:00&until=2011-10-21T03:00"
    rows = [*csv.DictReader(site.get(f"{view}&format=csv", "*/*").text.splitlines())]
    shown = site.get(view)
    assert {row["item"] for row in rows} == {
        link.replace("/about/", BASE)
        for lane in lanes(shown).values()
        for link in [lane.split('href="')[1].split('"')[0]]
    }
    assert site.get(view, "text/turtle").text.count("/event/islamabad-talks> ") >= 1
    assert site.get(view, "application/sparql-results+json").headers.get_content_type().endswith("json")


def test_the_offset_of_a_moment_counts_in_rows_as_on_the_page(site: Reader) -> None:
    views = [
        f"/timeline?from={quote(moment)}"
        for moment in ("2011-10-20T22:00+05:00", "2011-10-20T17:00Z", "2011-10-20T17:00")
    ]
    rows = [[*csv.DictReader(site.get(f"{view}&format=csv", "*/*").text.splitlines())] for view in views]
    assert rows[0] == rows[1] == rows[2] != []
    assert len(rows[0]) > len([*csv.DictReader(site.get("/timeline?from=2034&format=csv", "*/*").text.splitlines())])
    assert len({site.get(view).text.count('<li class="lane') for view in views}) == 1


@pytest.mark.parametrize(
    ("parameters", "status", "named"),
    [
        ("from=yesterday", 400, "'from' is 'yesterday'"),
        ("from=2011-10-21&until=2011-10-20", 400, "'until' is '2011-10-20'"),
        ("kind=meeting", 400, "'kind' is 'meeting'"),
        ("side=nobody", 400, "'side' is 'nobody'"),
        ("person=nobody+of+the+kind", 404, "'person' is 'nobody of the kind'"),
        (f"person={quote('<script>')}", 404, "'person' is '<script>'"),
    ],
)
def test_what_cannot_be_shown_is_named(site: Reader, parameters: str, status: int, named: str) -> None:
    page = site.get(f"/timeline?{parameters}")
    assert page.status == status
    assert named in page.words


@pytest.mark.parametrize(
    "parameters", ["from=0001-01-01&until=9999-12-31", "until=0001-01-02", "from=9999-12-31T23:55"]
)
def test_the_ends_of_the_calendar_are_no_error(site: Reader, parameters: str) -> None:
    assert site.get(f"/timeline?{parameters}").status == 200


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=40), ["00:00", "00:05"]),
        (timedelta(hours=10), ["00:00", "02:00"]),
        (timedelta(days=6), ["20 Oct", "21 Oct"]),
        (timedelta(days=100), ["31 Oct", "14 Nov"]),
        (timedelta(days=200), ["Nov", "Dec"]),
        (timedelta(days=9000), ["2015", "2020"]),
    ],
)
def test_marks_stand_at_whole_units(length: timedelta, words: list[str]) -> None:
    first = datetime(2011, 10, 20, tzinfo=UTC)
    marks = ticks(first, first + length)
    assert [mark.words for mark in marks][:2] == words
    assert 3 <= len(marks) <= 9
    assert all(a.end == b.start for a, b in pairwise(marks))


@pytest.mark.parametrize(
    ("first", "length", "larger"),
    [
        (datetime(2011, 10, 20, 20, tzinfo=UTC), timedelta(hours=8), [(0, "20 Oct"), (4, "21 Oct")]),
        (datetime(2011, 10, 20, 23, tzinfo=UTC), timedelta(hours=8), [(1, "21 Oct")]),
        (datetime(2011, 11, 1, tzinfo=UTC), timedelta(days=150), [(0, "2011"), (2, "2012")]),
        (datetime(1990, 1, 1, tzinfo=UTC), timedelta(days=9000), []),
    ],
)
def test_the_first_mark_of_a_larger_unit_names_it_once(
    first: datetime, length: timedelta, larger: list[tuple[int, str]]
) -> None:
    marks = ticks(first, first + length)
    assert [(number, mark.larger) for number, mark in enumerate(marks) if mark.larger] == larger


def test_marks_of_the_whole_calendar_end() -> None:
    assert len(ticks(CALENDAR_START, CALENDAR_END)) <= 11
    assert shift_within_calendar(CALENDAR_END, timedelta(days=5)) == CALENDAR_END
    assert shift_within_calendar(CALENDAR_START, timedelta(days=-5)) == CALENDAR_START
