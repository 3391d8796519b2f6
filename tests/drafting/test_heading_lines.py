"""Headlines, bylines and date lines in drafts: no sentence begins in one and ends in the next."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all
from kg.drafting.text.heading_lines import heading_ends, with_plain_headline
from kg.drafting.text.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")

SAID = "Jon Vik said that the guild would close the old bridge before the end of the year."

WRAPPED = (
    "Jon Vik said on Monday that he and the guild of Port\n"
    "Sel would close the old bridge. The Harbour Company\n"
    "Limited said that nobody had told it.\n"
)


def lines_ended(text: str) -> list[str]:
    return [text[:end].rsplit("\n", 1)[-1] for end, _ in heading_ends(text)]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        (
            f"Guild to shut bridge\nBy Ada Quill\nPORT SEL (AP) -- {SAID}\n",
            ["Guild to shut bridge", "By Ada Quill"],
        ),
        (f"Vik: bridge 'unsafe'\nAda Quill | Sel Post\n{SAID}\n", ["Vik: bridge 'unsafe'", "Ada Quill | Sel Post"]),
        (f"Guild to shut bridge\n\n{SAID}\n", []),
        (WRAPPED, []),
        (f"A long way to the harbour of\nPort Sel\n{SAID}\n", ["Port Sel"]),
    ],
)
def test_a_heading_ends_where_its_line_had_room_for_the_next_word(text: str, headings: list[str]) -> None:
    assert lines_ended(text) == headings


def test_a_headline_above_a_byline_is_no_part_of_the_first_sentence() -> None:
    text = f"Minister says bridge to shut\nAda Berg, Sel Post\nOSLO (Reuters) - {SAID}\n"
    contents = [item.content[0].of(text).split() for item in find_all(parse(text)).attributions]
    assert [(words[0], words[-1]) for words in contents] == [("bridge", "shut"), ("that", "year")]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("BEIRUT, Lebanon -- ", "BEIRUT"),
        ("KABUL: ", "KABUL"),
        ("MOSCOW. March 3 (Interfax) - ", "MOSCOW"),
        ("CARSON CITY, Nev. (AP) — ", "CARSON CITY"),
        ("ST. LOUIS — ", "ST. LOUIS"),
        ("PORT-MÉREL, May 21, 2034 — ", "PORT-MÉREL"),
        ("LE BOURGET, France (AFP) - ", "LE BOURGET"),
        ("The Hague, 3 March 2031 - ", "Hague"),
    ],
)
def test_a_date_line_has_a_place_and_the_speaker_is_not_in_it(line: str, place: str) -> None:
    findings = find_all(parse(f"{line}{SAID}\n"))
    (attribution,) = findings.attributions
    assert attribution.source_span is not None
    source = attribution.source_span.of(findings.parsed.text)
    kinds = {entity.name: entity.kind for entity in findings.entities.all}
    assert (source, kinds.get(place)) == ("Jon Vik", "place")
    assert {name for name, kind in kinds.items() if kind == "person"} == {"Jon Vik"}


def test_who_speaks_in_a_transcript_is_no_place() -> None:
    findings = find_all(parse(f"QUILL: {SAID}\n\nVIK: {SAID}\n"))
    assert {entity.name for entity in findings.entities.all if entity.kind == "place"} == set()


@pytest.mark.parametrize(
    ("headline", "plain"),
    [
        (
            "Mara Holt Refuses to Back Guild's Plan for the Harbor",
            "Mara Holt refuses to back guild's plan for the harbor",
        ),
        ("HPG Slams Danish “Delay” in U.S. Talks", "HPG slams Danish “delay” in U.S. talks"),
        ("HPG AND HOLT REFUSE TO WAIT", "HPG and Holt refuse to wait"),
        ("HPG and Holt refuse to wait", "HPG and Holt refuse to wait"),
    ],
)
def test_a_headline_in_capitals_is_parsed_with_those_of_names_only(headline: str, plain: str) -> None:
    article = "\n\nSEL — The HPG met Mara Holt, who spoke of the harbor. The guild's plan failed.\n"
    assert with_plain_headline(headline + article) == plain + article


def test_a_headline_that_capitalizes_all_words_is_a_statement() -> None:
    text = "Mara Holt Slams Guild Harbor Plan\n\nSEL — The guild met Mara Holt near the harbor.\n"
    (attribution,) = find_all(parse(text)).attributions
    assert attribution.source_span
    assert attribution.source_span.of(text) == "Mara Holt"
    assert [span.of(text) for span in attribution.content] == ["Guild Harbor Plan"]
