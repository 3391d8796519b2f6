"""Meetings in drafts: who met whom, where and when; planned and denied ones are no events."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all, sections_of
from kg.drafting.text.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")

ORLO, AKER, LUND = "Susan Orlo", "Martin Aker", "Peter Lund"


def meetings(text: str) -> list[tuple[set[str], str]]:
    """Return the participants and the place of each meeting that took place."""
    findings = find_all(parse(f"London, May 23, 2034\n\n{text}\n"))
    return [
        ({person.name for person in meeting.participants}, meeting.place.name if meeting.place else "")
        for meeting in findings.meetings
        if meeting.status == "occurred"
    ]


PRESIDENTS = (
    "The presidents of Finland and Norway met in Oslo. "
    "Finland's president, Susan Orlo, saw her Norwegian counterpart, Martin Aker."
)


MINISTERS = (
    "The foreign ministers of Kenya and Uganda gathered in Oslo. "
    "Kenyan Foreign Minister Susan Orlo left. Ugandan Prime Minister Martin Aker did not."
)


@pytest.mark.parametrize(
    ("text", "people", "place"),
    [
        ("Susan Orlo met Martin Aker in London on Monday.", {ORLO, AKER}, "London"),
        ("Susan Orlo held talks with Martin Aker and Peter Lund in Oslo.", {ORLO, AKER, LUND}, "Oslo"),
        ("Susan Orlo and Martin Aker sat down in Paris.", {ORLO, AKER}, "Paris"),
        ("President Peter Lund received Susan Orlo in Oslo for talks.", {LUND, ORLO}, "Oslo"),
        ("Susan Orlo, joined by Peter Lund, met Martin Aker in Oslo.", {ORLO, LUND, AKER}, "Oslo"),
        ("There was a meeting in Oslo on Monday between Susan Orlo and Martin Aker.", {ORLO, AKER}, "Oslo"),
        (
            "The talks between Denmark and Norway opened in Oslo on Tuesday.",
            {"the government of Denmark", "the government of Norway"},
            "Oslo",
        ),
        (
            "The talks opened in Oslo. Denmark's delegation was Susan Orlo and Peter Lund.",
            {ORLO, LUND},
            "Oslo",
        ),
        ("Susan Orlo held a two-hour meeting with her Danish counterpart, Martin Aker, in Oslo.", {ORLO, AKER}, "Oslo"),
        (
            "Susan Orlo met Senate leaders, including Majority Leader Martin Aker and Minority Leader Peter Lund.",
            {ORLO, "Senate leaders", AKER, LUND},
            "",
        ),
        ("Susan Orlo visited Martin Aker at home in Bergen.", {ORLO, AKER}, "Bergen"),
        ("Susan Orlo and Martin Aker met in Vienna on Tuesday at the Hotel Imperial.", {ORLO, AKER}, "Hotel Imperial"),
        (
            "Susan Orlo arrived in Cairo for talks with Martin Aker. The talks, at the royal palace, took an hour.",
            {ORLO, AKER},
            "the royal palace",
        ),
        ("Susan Orlo and Martin Aker met on Tuesday in the Swiss city of Geneva.", {ORLO, AKER}, "Geneva"),
        ("In the Norwegian capital, Oslo, Susan Orlo held talks with Martin Aker.", {ORLO, AKER}, "Oslo"),
        ("During a visit to Tokyo, Susan Orlo met Martin Aker.", {ORLO, AKER}, "Tokyo"),
        ("Susan Orlo, who is visiting Nairobi, met Martin Aker on Monday.", {ORLO, AKER}, "Nairobi"),
        ("A delegation of lawmakers headed by Susan Orlo met Martin Aker in Oslo.", {ORLO, AKER}, "Oslo"),
        (
            "Susan Orlo met her counterparts from Japan and Norway in London.",
            {ORLO, "the government of Japan", "the government of Norway"},
            "London",
        ),
        ("Susan Orlo and Martin Aker met in Oslo. They were joined by Peter Lund.", {ORLO, AKER, LUND}, "Oslo"),
        ("President Peter Lund received Susan Orlo in Oslo.", {LUND, ORLO}, "Oslo"),
        ("Susan Orlo flew to Oslo for talks with Martin Aker in Oslo.", {ORLO, AKER}, "Oslo"),
        ("Susan Orlo visited Paris, where she met Martin Aker.", {ORLO, AKER}, "Paris"),
        (
            "The foreign ministers of Kenya, Uganda and Tanzania gathered in Oslo.",
            {"the government of Kenya", "the government of Uganda", "the government of Tanzania"},
            "Oslo",
        ),
        ("Susan Orlo met Martin Aker on Monday. The talks took place in Oslo.", {ORLO, AKER}, "Oslo"),
        ("Susan Orlo met Martin Aker. Before the talks, the mayor had lunch in Oslo.", {ORLO, AKER}, ""),
        (
            "The water ministers of the two countries, Susan Orlo and Martin Aker, held four hours of talks in Oslo.",
            {ORLO, AKER},
            "Oslo",
        ),
        (
            "Susan Orlo hosted Martin Aker for a dinner in Oslo on Monday night, where she was joined by Peter Lund.",
            {ORLO, AKER, LUND},
            "Oslo",
        ),
        (
            "Martin Aker met with Lund and Senate Majority Leader Susan Orlo in Oslo. Peter Lund left.",
            {ORLO, AKER, LUND},
            "Oslo",
        ),
        (
            PRESIDENTS,
            {ORLO, AKER},
            "Oslo",
        ),
        (
            MINISTERS,
            {ORLO, "the government of Uganda"},
            "Oslo",
        ),
        (
            "The talks opened in Oslo. Susan Orlo's team included Peter Lund. Beside Martin Aker sat two aides.",
            {ORLO, LUND, AKER, "two aides"},
            "Oslo",
        ),
        (
            "Susan Orlo met Martin Aker in Oslo. Aker was accompanied by Peter Lund and two aides.",
            {ORLO, AKER, LUND, "two aides"},
            "Oslo",
        ),
        (
            "Susan Orlo met Martin Aker in Oslo. The ferry was joined by Peter Lund; the mayor sat beside a friend.",
            {ORLO, AKER},
            "Oslo",
        ),
        ("Susan Orlo met Martin Aker at the airport on Monday.", {ORLO, AKER}, "the airport"),
        ("Susan Orlo held talks with Martin Aker at his residence.", {ORLO, AKER}, "his residence"),
        (
            "Susan Orlo received Martin Aker at the presidential palace in Oslo for talks.",
            {ORLO, AKER},
            "the presidential palace",
        ),
        ("Susan Orlo met Martin Aker at the Karl Johan palace.", {ORLO, AKER}, "Karl Johan"),
        ("Susan Orlo met Martin Aker at a hotel in Oslo.", {ORLO, AKER}, "Oslo"),
        ("Susan Orlo met Martin Aker at a hotel.", {ORLO, AKER}, ""),
        ("Susan Orlo hosted Martin Aker for a dinner at the White House.", {ORLO, AKER}, "White House"),
        ("In Bergen the ferry was late when Susan Orlo met Martin Aker in Oslo.", {ORLO, AKER}, "Oslo"),
        ("Susan Orlo, who was born in Bergen, met Martin Aker in Oslo.", {ORLO, AKER}, "Oslo"),
        ("Jon Vik, Ada Quill and Peter Lund met behind closed doors.", {"Jon Vik", "Ada Quill", LUND}, ""),
        ("Talks brought together Susan Orlo, Martin Aker and Peter Lund in Oslo.", {ORLO, AKER, LUND}, "Oslo"),
        (
            "The Finnish delegation, led by Susan Orlo, met a Swedish team headed by Martin Aker in an Oslo hotel.",
            {ORLO, AKER},
            "Oslo",
        ),
        ("Susan Orlo had a working lunch with Martin Aker in Oslo on Thursday.", {ORLO, AKER}, "Oslo"),
        ("In a meeting at the Hotel Adlon, Susan Orlo and Martin Aker agreed to wait.", {ORLO, AKER}, "Hotel Adlon"),
        ("After a meeting with Susan Orlo in Oslo, Martin Aker said that it rained.", {ORLO, AKER}, "Oslo"),
        ("Susan Orlo visited Paris on Monday, where she met Prime Minister Martin Aker.", {ORLO, AKER}, "Paris"),
        ("Susan Orlo hosted Martin Aker for dinner at Schloss Elmau.", {ORLO, AKER}, "Schloss Elmau"),
        (
            "Susan Orlo met Martin Aker at the Waldorf Astoria hotel in New York.",
            {ORLO, AKER},
            "the Waldorf Astoria hotel",
        ),
        ("Susan Orlo is a friend of Martin Aker. The pair met in Oslo on Friday.", {ORLO, AKER}, "Oslo"),
    ],
)
def test_who_met_whom_and_where(text: str, people: set[str], place: str) -> None:
    assert meetings(text) == [(people, place)]


def test_the_building_of_a_body_is_a_place_beside_it() -> None:
    findings = find_all(parse("Susan Orlo met Martin Aker at the White House. The White House said that it rained."))
    named = [(entity.kind, entity.name) for entity in findings.entities.all if entity.name == "White House"]
    assert sorted(named) == [("organization", "White House"), ("place", "White House")]
    assert [source.entity and source.entity.kind for source in findings.sources] == ["organization"]


@pytest.mark.parametrize(
    "text",
    [
        "Susan Orlo will meet Martin Aker in Bergen.",
        "Susan Orlo did not meet Martin Aker in Bergen.",
        "Susan Orlo refused to meet Martin Aker in Bergen.",
        "If Susan Orlo meets Martin Aker, the bridge opens.",
        "Susan Orlo met the deadline. The talks opened in Oslo.",
        "Susan Orlo sat down with Martin Aker for an interview in Oslo.",
        "Denmark met Norway in the final in Oslo.",
        "Susan Orlo held a joint news conference with Martin Aker in Oslo.",
    ],
)
def test_what_is_planned_or_denied_or_has_no_parties_is_no_meeting(text: str) -> None:
    assert meetings(text) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Talks between Susan Orlo and Martin Aker were cancelled.", "called-off"),
        ("A summit between Susan Orlo and Martin Aker was postponed.", "postponed"),
        ("Proposed talks between Susan Orlo and Martin Aker were rejected.", "planned"),
        ("Upcoming talks between Susan Orlo and Martin Aker worry Denmark.", "planned"),
        ("The meeting between Susan Orlo and Martin Aker was scheduled for Tuesday.", "planned"),
        ("The possibility of a meeting between Susan Orlo and Martin Aker was raised.", "planned"),
        ("Susan Orlo invited Martin Aker to Oslo for talks.", "planned"),
        ("There will be no talks between Susan Orlo and Martin Aker.", "denied"),
        ("Susan Orlo and Martin Aker failed to meet.", "denied"),
        ("Instead of meeting Martin Aker, Susan Orlo flew home.", "denied"),
        ("Susan Orlo denied having met Martin Aker.", "denied"),
        ("Neither Susan Orlo nor Martin Aker met Peter Lund.", "denied"),
        ("Did Susan Orlo meet Martin Aker?", "hypothetical"),
        ("Had Susan Orlo met Martin Aker, the pact would have been signed.", "hypothetical"),
        ("Susan Orlo managed to meet Martin Aker.", "occurred"),
        ("Susan Orlo stopped to meet Martin Aker.", "occurred"),
        ("Susan Orlo and Martin Aker did not fail to meet.", "occurred"),
        ("Susan Orlo will not fail to meet Martin Aker.", "planned"),
        ("Susan Orlo met Martin Aker.", "occurred"),
    ],
)
def test_a_meeting_has_the_status_that_its_sentence_gives_it(text: str, status: str) -> None:
    assert [meeting.status for meeting in find_all(parse(f"{text}\n")).meetings] == [status]


def test_the_place_of_what_else_somebody_does_is_not_that_of_the_meeting() -> None:
    assert meetings("Susan Orlo met Martin Aker and visited a factory in Bergen.") == [({ORLO, AKER}, "")]


def test_a_meeting_that_somebody_only_reports_is_no_event() -> None:
    reported = "Peter Lund said that Susan Orlo had met Martin Aker in Oslo."
    assert sections_of(find_all(parse(reported)))["events"] == []
    (event,) = sections_of(find_all(parse("Susan Orlo met Martin Aker in Oslo.")))["events"]
    assert event["type"] == "Meeting"


FINLAND, NORWAY, SWEDEN = "the government of Finland", "the government of Norway", "the government of Sweden"


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Finland's foreign minister, Susan Orlo, met Norway's Prime Minister Martin Aker.", [FINLAND, NORWAY]),
        ("Finnish Foreign Minister Susan Orlo met Swedish Defence Minister Martin Aker.", [FINLAND, SWEDEN]),
        (
            "The president of Finland, Susan Orlo, held talks with Norway's Prime Minister Martin Aker and Jon Vik.",
            [FINLAND, NORWAY, ""],
        ),
        ("Finnish Foreign Minister Susan Orlo met Finnish Prime Minister Martin Aker.", ["", ""]),
        ("Finnish opposition leader Susan Orlo met Norwegian Prime Minister Martin Aker.", ["", ""]),
        ("Susan Orlo, the president of the Finnish bank, met Norwegian Prime Minister Martin Aker.", ["", ""]),
        ("Former Finnish Prime Minister Susan Orlo met Norwegian Prime Minister Martin Aker.", ["", ""]),
    ],
)
def test_on_whose_side_those_are_who_hold_offices_of_different_states(text: str, sides: list[str]) -> None:
    (meeting,) = find_all(parse(text)).meetings
    assert [side.name if side else "" for side in meeting.sides] == sides


def test_the_government_that_an_adjective_names_is_the_one_of_the_country() -> None:
    findings = find_all(parse("Norway denied it. The Norwegian government was silent, and its new government too."))
    assert [entity.name for entity in findings.entities.all if entity.kind == "organization"] == [NORWAY]


@pytest.mark.parametrize(
    ("text", "occasion", "link"),
    [
        ("Susan Orlo met Martin Aker in Oslo. At the meeting, Orlo said the bridge was open.", "event/meeting-1", None),
        ("Susan Orlo met Martin Aker. Orlo warned Aker during the talks that it was open.", "event/meeting-1", None),
        ("Susan Orlo met Martin Aker in Oslo. After the talks, Orlo said the bridge was open.", None, "after"),
        ("Susan Orlo met Martin Aker in Oslo. “We are done,” Orlo said before the meeting.", None, "before"),
        ("After meeting Martin Aker in Oslo, Susan Orlo said the bridge was open.", None, "after"),
        ("Susan Orlo met Martin Aker in Oslo. After the storm, Orlo said the bridge was open.", None, None),
        ("Susan Orlo will meet Martin Aker. After the talks, Orlo said the bridge was open.", None, None),
    ],
)
def test_what_is_said_at_a_meeting_or_after_it(text: str, occasion: str | None, link: str | None) -> None:
    sections = sections_of(find_all(parse(text)))
    (statement,) = sections["statements"]
    assert statement.get("occasion") == occasion
    ends = [(node["linkSubject"], node["linkPredicate"], node["linkObject"]) for node in sections["links"]]
    assert ends == ([(statement["id"], link, "event/meeting-1")] if link else [])
