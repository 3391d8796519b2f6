"""Scenarios, relations, topics, and a statement's subjects, addressees, times and sources: changed and undone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import RequestError
from kg.review.document_faults import document_faults
from kg.review.reviewed_terms import reviewed_relations, reviewed_terms
from kg.review.suggested_values import suggest
from tests.review.conftest import Review

MAPPING = Path(__file__).parents[2] / "docs" / "mapping.md"


def add_fear(review: Review) -> str:
    """Add the statement of the fear that the talks will fail, and return its key."""
    values = {"source": "person/vik", "act": "fear", "form": "thought", "gist": "The talks will fail."}
    (added,) = review.make("add", section="statements", **values, contentSpan="291-310", at="276-311")
    return added


def undo_all(review: Review) -> None:
    """Undo every change."""
    while review.reviewed.state()["undo"]:
        review.reviewed.undo("ada")


def test_a_statement_gets_its_addressee_occasion_and_what_it_is_about(review: Review) -> None:
    first = review.document.read_bytes()
    (topic,) = review.make("add", section="topics", prefLabel="The bridge", mention="51-57")
    assert topic == "topic/the-bridge"
    review.make("correct", "statement/1", about=[topic], addressee=["person/vik"], occasion="event/meeting")
    values = review.values("statement/1")
    assert values["says"] == {"id": "proposition/1", "gist": "The bridge would stay closed.", "about": topic}
    assert (values["addressee"], values["occasion"]) == ("person/vik", "event/meeting")
    review.make("correct", "statement/2", about=[topic, "person/vik"])
    assert review.values("statement/2")["says"]["about"] == [topic, "person/vik"]
    assert document_faults(review.document, review.folder) == []
    review.make("correct", "statement/1", about=[], addressee="", occasion="")
    assert {"about", "addressee", "occasion"} & {*review.values("statement/1"), *review.values("statement/1")["says"]} == set()  # fmt: skip # noqa: E501
    undo_all(review)
    assert review.document.read_bytes() == first


def test_a_statement_is_told_in_another_and_no_longer(review: Review) -> None:
    review.make("add", section="statements", source="person/quill", act="assert", form="indirect", gist="He said so.", at="189-222")  # fmt: skip # noqa: E501
    first = review.document.read_bytes()
    assert review.make("correct", "statement/2", toldBy=["statement/3"]) == ["statement/3", "statement/2"]
    outer = review.values("statement/3")
    assert (outer["relays"], "says" in outer) == ("statement/2", False)
    assert document_faults(review.document, review.folder) == []
    review.make("correct", "statement/2", toldBy=[])
    outer = review.values("statement/3")
    assert (outer["says"]["gist"], "relays" in outer) == ("He said so.", False)
    with pytest.raises(RequestError, match="cannot be told by itself"):
        review.make("correct", "statement/2", toldBy=["statement/2"])
    for statement, teller in (("statement/2", "person/vik"), ("person/vik", "statement/2")):
        with pytest.raises(RequestError, match=r"'person/vik' neither tells nor is told: expected a statement"):
            review.make("correct", statement, toldBy=[teller])
    for _ in range(2):
        review.reviewed.undo("ada")
    assert review.document.read_bytes() == first


def test_what_others_refer_to_in_a_statement_that_comes_to_tell_another_goes_on_in_them(review: Review) -> None:
    proposition = review.values("statement/2")["says"]
    values = {"source": "person/quill", "act": "confirm", "form": "indirect", "gist": "So it is.", "at": "189-222"}
    (other,) = review.make("add", section="statements", **values)
    review.make("correct", other, says="proposition/2")
    review.make("correct", "statement/1", toldBy=["statement/2"])
    assert review.values(other)["says"] == proposition
    assert document_faults(review.document, review.folder) == []


def test_a_scenario_is_spoken_of_by_the_statement_that_it_has_its_status_by(review: Review) -> None:
    first = review.document.read_bytes()
    fear = add_fear(review)
    suggested = suggest(review.reviewed, "scenarios", 295, 310)
    assert (suggested["statusBy"], suggested["at"]) == ([fear], "276-311")
    participants = [{"participant": "person/vik", "capacity": "attendee", "at": "276-311"}]
    values = {**suggested, "name": "Failed talks", "status": "feared", "envisagedParticipants": participants}
    (scenario,) = review.make("add", section="scenarios", **values)
    assert scenario == "scenario/failed-talks"
    assert review.values(fear)["says"]["describes"] == scenario
    assert document_faults(review.document, review.folder) == []
    review.make("correct", scenario, status="predicted", timeWords="soon")
    assert (review.values(scenario)["status"], review.values(scenario)["timeWords"]) == ("predicted", "soon")
    undo_all(review)
    assert review.document.read_bytes() == first


def test_a_new_event_has_those_whom_the_selected_words_name_and_else_those_of_the_sentence(review: Review) -> None:
    (source,) = review.make("add", section="groups", name="officials", mention="266-274")
    everybody = {"person/quill", "person/vik", source}
    for start, end, expected in ((223, 240, everybody - {source}), (237, 240, everybody)):
        suggested = suggest(review.reviewed, "events", start, end)
        present = {row.get("attendee") or row["participant"] for row in suggested["participants"]}
        assert present == expected


def test_a_relation_joins_two_statements_and_its_fault_is_said_at_it(review: Review) -> None:
    first = review.document.read_bytes()
    values = {"linkSubject": "statement/2", "linkPredicate": "opposes", "linkObject": "statement/1", "grade": "explicit", "at": "189-222"}  # fmt: skip # noqa: E501
    (link,) = review.make("add", section="links", **values)
    assert link == "links/statement/2/opposes/statement/1"
    assert document_faults(review.document, review.folder) == []
    assert review.make("correct", link, linkObject="person/vik") == ["links/statement/2/opposes/person/vik"]
    (fault,) = document_faults(review.document, review.folder)
    assert fault.item == "links/statement/2/opposes/person/vik"
    assert fault.key == "linkObject"
    undo_all(review)
    assert review.document.read_bytes() == first


def test_the_relations_are_those_of_the_reference_with_what_they_can_join() -> None:
    links = MAPPING.read_text("utf-8").partition("Relations within an article")[2].partition("Of the second table")[0]
    named = {name for row in links.splitlines() if row.startswith("|") for name in re.findall(r"`(\w+)`", row)}
    assert {*reviewed_relations()} == named
    assert reviewed_relations()["callsOff"] == {"subject": ["events", "statements"], "object": ["scenarios"]}
    terms = reviewed_terms()
    assert {*terms["status.events"]} == {"occurred", "ongoing"}
    assert {*terms["status.scenarios"]} == {*terms["status"]} - {"occurred", "ongoing"}
