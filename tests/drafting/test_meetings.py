"""Meetings in drafts: who met whom, where and when; planned and denied ones are no events."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all, sections_of
from kg.drafting.spacy_parser import parse

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
        ("Susan Orlo met Martin Aker on Monday. The talks took place in Oslo.", {ORLO, AKER}, "Oslo"),
    ],
)
def test_who_met_whom_and_where(text: str, people: set[str], place: str) -> None:
    assert meetings(text) == [(people, place)]


@pytest.mark.parametrize(
    "text",
    [
        "Susan Orlo will meet Martin Aker in Bergen.",
        "Susan Orlo did not meet Martin Aker in Bergen.",
        "If Susan Orlo meets Martin Aker, the bridge opens.",
        "Susan Orlo met the deadline. The talks opened in Oslo.",
    ],
)
def test_what_is_planned_or_denied_or_has_no_parties_is_no_meeting(text: str) -> None:
    assert meetings(text) == []


def test_a_meeting_that_somebody_only_reports_is_no_event() -> None:
    reported = "Peter Lund said that Susan Orlo had met Martin Aker in Oslo."
    assert sections_of(find_all(parse(reported)))["events"] == []
    (event,) = sections_of(find_all(parse("Susan Orlo met Martin Aker in Oslo.")))["events"]
    assert event["type"] == "Meeting"
