"""Names in drafts that the pipeline misses or cuts, and organizations that a text describes without naming them."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all
from kg.drafting.text.spacy_parser import parse
from kg.drafting.words.given_names import gender_of

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


WITH_OTHER_WORDS = ["Doctors Without Borders", "Save the Children"]


def named(text: str, kind: str) -> list[str]:
    """Return the names of the people, organizations or places of a text, in its order."""
    entities = [entity for entity in find_all(parse(text)).entities.all if entity.kind == kind]
    return [entity.name for entity in sorted(entities, key=lambda entity: entity.mentions[0].start)]


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Émile Tarnow", "m"),
        ("Stéphanie Tarnow", "f"),
        ("Jose\u0301 Tarnow", "m"),
        ("Zöe Tarnow", "f"),
        ("Žarn Tarnow", ""),
    ],
)
def test_a_given_name_with_accents_is_the_one_of_the_lists(name: str, gender: str) -> None:
    assert gender_of(name) == gender


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("The guild's lawyer saw Brig. Peter Lund at the pier. He said that it rained.", ["Peter Lund"]),
        ("The ferry left with Insp. Ada Quill. She said it was late.", ["Ada Quill"]),
    ],
)
def test_an_abbreviated_rank_ends_no_sentence_and_names_nothing(text: str, people: list[str]) -> None:
    findings = find_all(parse(text))
    assert len(findings.parsed.sentences) == 2
    assert [entity.name for entity in findings.entities.all] == people
    assert [source.entity and source.entity.name for source in findings.sources] == people


def test_a_post_right_before_a_title_and_a_name_is_that_person() -> None:
    text = (
        "President Susan Orlo flew to Kupang on Friday and met governor Ada Quill and navy chief Lt. Gen. Wawan "
        "Prasetyo at the harbour."
    )
    (meeting,) = find_all(parse(text)).meetings
    assert [person.name for person in meeting.participants] == ["Susan Orlo", "Ada Quill", "Wawan Prasetyo"]


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        (
            "The Danish finance ministry declined to comment. The finance ministry is shut.",
            ["the finance ministry of Denmark"],
        ),
        ("The Tarnow government raised taxes. The government said that it rained.", ["the Tarnow government"]),
        ("The law was made by the Vasko cabinet.", ["the Vasko cabinet"]),
        ("Susan Orlo founded a Foundation. Martin Aker was late.", []),
        ("Police in Oslo closed the road, and the police of Oslo the bridge.", ["the police of Oslo"]),
        ("The central bank of Norway cut its rate.", ["the central bank of Norway"]),
        ("A coast guard officer left the pier.", ["the coast guard"]),
        ("An army officer left the pier, and the army was silent.", ["army"]),
        ("Susan Orlo sent her navy to the strait, and Martin Aker met the navy chief.", ["her navy"]),
        ("Susan Orlo stood on the west bank of the river, at a ministry in town.", []),
        ("A court of Norway, and some agency of Denmark, opened.", []),
        ("Susan Orlo left the health ministry. Martin Aker waited at the trade ministry.", ["the health ministry"]),
    ],
)
def test_bodies_are_known_by_their_place_and_by_what_they_are_for(text: str, bodies: list[str]) -> None:
    assert named(text, "organization") == bodies


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("The guild wrote to the head of the Ocean Institute, Per Tveit.", ["Per Tveit"]),
        ("Per head the ferry costs ten crowns. Per Norway it is more.", []),
        ("The letter named two envoys and the strait envoy, Émile Tarnow.", ["Émile Tarnow"]),
    ],
)
def test_a_given_name_that_the_parser_takes_for_another_word_begins_a_name(text: str, people: list[str]) -> None:
    assert named(text, "person") == people


def test_a_name_after_the_comma_that_ends_a_post_is_who_holds_it() -> None:
    text = "Susan Orlo met the head of the Ocean Institute, Per Tveit, at the pier."
    (meeting,) = find_all(parse(text)).meetings
    assert [person.name for person in meeting.participants] == ["Susan Orlo", "Per Tveit"]


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("A spokesman for the Attorney General's Office in Riga was ill.", ["Attorney General's Office"]),
        ("A spokesman for the U.S. Attorney's Office in Boise was ill.", ["U.S. Attorney's Office"]),
        ("The British Geological Survey said that it rained.", ["British Geological Survey"]),
        ("The crew of Doctors Without Borders left. Save the Children was late.", WITH_OTHER_WORDS),
        ("The Duma voted on the pact, and the Knesset did not.", ["Duma", "Knesset"]),
        ("The Italian Supreme Court ruled. The Supreme Court was late.", ["Italian Supreme Court"]),
        ("The Ministry of Defence denied it. The Defence Ministry was late.", ["Ministry of Defence"]),
        (
            "The U.S. Department of Justice lost. The Department of Justice sued. The Justice Department was late.",
            ["U.S. Department of Justice"],
        ),
    ],
)
def test_bodies_with_unusual_names_and_two_names_of_one_body(text: str, bodies: list[str]) -> None:
    assert named(text, "organization") == bodies


@pytest.mark.parametrize(
    "text",
    [
        "Norway supported the pact.",
        "Denmark and Norway signed the pact.",
        "The pact was signed by Norway.",
        "The guild opened its books to Norway's inspectors.",
        "Susan Orlo criticized Norway.",
        "The pact fell over Norway's refusal.",
    ],
)
def test_a_place_that_does_what_governments_do_is_its_government(text: str) -> None:
    assert "the government of Norway" in named(text, "organization")


@pytest.mark.parametrize("text", ["Norway's coast is long.", "Susan Orlo saw Norway.", "The pier was built by Norway."])
def test_a_place_that_does_nothing_of_the_kind_is_no_government(text: str) -> None:
    assert named(text, "organization") == []


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("The storm reached the Tarnow Observatory.", ["Tarnow Observatory"]),
        ("The Evening Chronicle was sold.", ["Evening Chronicle"]),
    ],
)
def test_the_last_word_of_a_name_tells_a_body(text: str, bodies: list[str]) -> None:
    assert named(text, "organization") == bodies


def test_a_campaign_and_an_administration_are_of_who_leads_them() -> None:
    text = (
        "Martin Aker lost. The Aker campaign manager, Susan Orlo, said that Aker's campaign was broke. The Ohio "
        "campaign is over. The Lund administration announced it. A super PAC paid, and the NRA did not.\n"
    )
    findings = find_all(parse(text))
    bodies = {entity.name: len(entity.mentions) for entity in findings.entities.all if entity.kind == "organization"}
    assert bodies == {"the Aker campaign": 2, "the Lund administration": 1, "NRA": 1}


def test_what_an_owner_has_is_no_place_of_that_name() -> None:
    findings = find_all(parse("The two leaders met for the first time at Ada Quill's villa outside Port Sel.\n"))
    kinds = {entity.name: entity.kind for entity in findings.entities.all}
    assert kinds["Ada Quill"] == "person"


def test_an_acronym_with_stops_is_the_body_that_it_names() -> None:
    findings = find_all(parse("Susan Orlo is under audit, though the I.R.S. says that nothing prevents her.\n"))
    assert [entity.name for entity in findings.entities.all if entity.kind != "person"] == ["I.R.S."]
    assert [source.entity and source.entity.kind for source in findings.sources] == ["organization"]


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        (
            "The Kelmark Democratic Party met. The KDP said that it had won.",
            {"Kelmark Democratic Party": 2},
        ),
        ("The Sel Liberation Front attacked. The Front denied it.", {"Sel Liberation Front": 2}),
        (
            "The Sel Liberation Front and the Ohio Workers Front attacked. The Front denied it.",
            {"Sel Liberation Front": 1, "Ohio Workers Front": 1, "Front": 1},
        ),
        ("Supporters of the Workers' Party marched.", {"Workers' Party": 1}),
        ("Supporters of the People's Party marched.", {"People's Party": 1}),
    ],
)
def test_a_body_is_one_by_its_initials_and_by_the_last_word_of_its_name(text: str, bodies: dict[str, int]) -> None:
    findings = find_all(parse(text))
    named = [entity for entity in findings.entities.all if entity.kind == "organization"]
    assert {entity.name: len(entity.mentions) for entity in named} == bodies


def test_a_ship_is_nobody_and_what_something_is_near_is_a_place() -> None:
    text = "The ship, the MS Havfrue, sank off the coast near Bergen, at Bergen's Flesland Airport.\n"
    kinds = {entity.name: entity.kind for entity in find_all(parse(text)).entities.all}
    assert kinds == {"Bergen": "place", "Flesland Airport": "place"}
