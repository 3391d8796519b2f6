"""Who says what in drafts: names that the pipeline misses, people without names, texts, pronouns and governments."""

from __future__ import annotations

import pytest

from kg.drafting.document import Findings, find_all
from kg.drafting.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def sources(text: str) -> list[tuple[str, str]]:
    """Return the source of each statement of a text by name, nothing for nobody, and the first words of its content."""
    found = find_all(parse(text))
    return [
        (source.entity.name if source.entity else "", " ".join(said.content[0].of(text).split()[:3]))
        for said, source in zip(found.attributions, found.sources, strict=True)
    ]


def kinds(found: Findings) -> dict[str, str]:
    return {entity.name: entity.kind for entity in found.entities.all if entity.is_named}


def test_a_surname_is_that_person_wherever_it_stands() -> None:
    text = (
        "Orrin Vasko left the guild on Monday. The bridge is shut.\n\n"
        'Vasko wrote, "Nobody came to the bridge." According to Vasko, the ferry was late.\n'
    )
    assert [name for name, _ in sources(text)] == ["Orrin Vasko", "Orrin Vasko"]


def test_titles_with_a_hyphen_and_given_names_tell_people_and_a_date_line_a_place() -> None:
    text = (
        "PORT SEL, June 8, 2034 — The harbour is shut. Rear-Admiral Martin Aker spoke to Susan Orlo.\n\n"
        "Susan Orlo said that the harbour would open. Aker said that it would not.\n"
    )
    found = kinds(find_all(parse(text)))
    assert (found["Martin Aker"], found["Susan Orlo"], found["PORT SEL"]) == ("person", "person", "place")
    assert "Rear-Admiral Martin Aker" not in found


def test_of_a_headline_in_capitals_only_what_the_article_names_is_a_name() -> None:
    text = "Denmark Calls Off Patrols\n\nDenmark said on Monday that it had called off the patrols.\n"
    found = find_all(parse(text))
    assert kinds(found) == {"Denmark": "place", "the government of Denmark": "organization"}
    (government,) = [entity for entity in found.entities.all if entity.kind == "organization"]
    assert [span.start for span in government.mentions] == [text.index("Denmark said")]


def test_somebody_without_a_name_a_text_and_a_post_lead_to_who_says_it() -> None:
    text = (
        'One poster wrote, "Nobody came to the bridge." Some individuals reported that the road was shut. '
        "Several municipalities said that they would pay.\n\n"
        "The ferry company's report said that the bridge was old. The ambassador to Denmark, Martin Aker, said that "
        "he was sorry.\n"
    )
    assert [name for name, _ in sources(text)] == [
        *("One poster", "Some individuals", "Several municipalities", "The ferry company", "Martin Aker"),
    ]


def test_he_and_she_are_of_those_whose_given_names_allow_it_and_they_are_the_people_before() -> None:
    text = (
        "Susan Orlo met Martin Aker in Port Sel. He said that the harbour would open. She said that it would not.\n\n"
        "The Harbour Company is old. Harbour officials went to the station, where they claimed that Aker had lied.\n"
    )
    assert [name for name, _ in sources(text)] == ["Martin Aker", "Susan Orlo", "Harbour officials"]
