"""Drafts of sentences in the style of agencies, courts and campaigns: who speaks, and who holds which post."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all
from kg.drafting.text.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def sources(text: str) -> list[tuple[str, str]]:
    """Return who makes each statement of a text, with the words of its content without marks at its ends."""
    findings = find_all(parse(f"{text}\n"))
    return [
        (
            source.entity.name if source.entity else "",
            " … ".join(span.of(f"{text}\n").strip(".,") for span in item.content),
        )
        for item, source in zip(findings.attributions, findings.sources, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A spokeswoman for Majority Whip Ada Quill said it rained.", "A spokeswoman"),
        ("A spokesman for Prime Minister Jon Vik told AFP it rained.", "A spokesman"),
        ("The lawyer for Governor Mara Holt argued it rained.", "The lawyer"),
        ("A spokeswoman for House Speaker Jon Vik said it rained.", "A spokeswoman"),
        ("The head of the guild in Oslo Jon Vik said it rained.", "Jon Vik"),
        ("A spokesman for Kelmark's prime minister, Anton Brezh, said it rained.", "A spokesman"),
        ("A spokesman for Norway's prime minister, Jon Vik, said it rained.", "A spokesman"),
        ("A spokesman for the prime minister, Anton Brezh, said it rained.", "A spokesman"),
        ("The spokesman for Norway's prime minister, Jon Vik, said it rained.", "Jon Vik"),
        ("A spokesman for the guild, Jon Vik, said it rained.", "Jon Vik"),
        ("Spokesman for the guild Jon Vik said it rained.", "Jon Vik"),
        ("The ambassador to Denmark, Ada Quill, said it rained.", "Ada Quill"),
        ("Judge Mara Holt, writing for the majority, said it rained.", "Mara Holt"),
        ("Police, quoting witnesses, said it rained.", "Police"),
        ("Merchant said it rained.", "Merchant"),
        ("Several Republicans, among them Sen. Lars Bo of Utah, said it rained.", "Several Republicans"),
        ("The two ministers, Ada Quill and Jon Vik, said it rained.", "Ada Quill"),
    ],
)
def test_the_speaker_is_neither_whom_they_speak_for_nor_whom_they_quote(text: str, source: str) -> None:
    assert sources(text) == [(source, "it rained")]


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("BERGEN — President Jon Vik resigned.", [("President", False)]),
        ("Assistant Attorney General Ada Quill resigned.", [("Assistant Attorney General", False)]),
        ("U.N. Secretary-General Jon Vik resigned.", [("U.N. Secretary-General", False)]),
        ("General Jon Vik resigned.", [("general", True)]),
    ],
)
def test_a_post_before_a_name_has_no_date_line_and_an_attorney_general_no_rank(
    text: str, posts: list[tuple[str, bool]]
) -> None:
    assert [(post.title, post.is_rank) for post in find_all(parse(f"{text}\n")).posts] == posts


def test_an_age_after_a_name_tells_a_person() -> None:
    findings = find_all(parse("Holder, 54, said he was innocent. Marlow, 58, has said it rained.\n"))
    assert [(entity.name, entity.kind) for entity in findings.entities.all] == [
        ("Holder", "person"),
        ("Marlow", "person"),
    ]
    merchant = find_all(parse("Merchant denied it.\n")).entities.all
    assert [(entity.name, entity.is_named) for entity in merchant] == [("Merchant", True)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Danish officials said it rained. Norwegian officials denied it.",
            ["Danish officials", "Norwegian officials"],
        ),
        ("Legal experts say it rained. Security experts say it snowed.", ["Legal experts", "Security experts"]),
        (
            "The French minister said it rained. The German minister denied it.",
            ["The French minister", "The German minister"],
        ),
        ("A senior diplomat said it rained. The diplomat said it snowed.", ["A senior diplomat", "A senior diplomat"]),
        ("The Ministers said it rained. The ministers said it snowed.", ["The Ministers", "The Ministers"]),
        ("The Turkish side said it rained. The Russian side denied it.", ["The Turkish side", "The Russian side"]),
        (
            "Officials said it rained. Residents said it snowed; some complained that it was cold.",
            ["Officials", "Residents", "Residents"],
        ),
        ("The city left. A Danish delegation met officials. They said it rained.", ["A Danish delegation"]),
        ("One adviser said it rained; another said it snowed.", ["One adviser", "another"]),
        ("The bank closed. Ada Quill and Jon Vik left. They said it rained.", ["Ada Quill and Jon Vik"]),
        ("Crowds cheered. One of them, Ada Quill, said it rained.", ["Ada Quill"]),
    ],
)
def test_unnamed_sources_are_the_same_only_if_nothing_tells_them_apart(text: str, names: list[str]) -> None:
    assert [name for name, _ in sources(text)] == names


def test_governments_named_together_are_one_each() -> None:
    findings = find_all(parse("The Swedish and Danish governments sent ships.\n"))
    organizations = [entity.name for entity in findings.entities.all if entity.kind == "organization"]
    assert organizations == ["the government of Sweden", "the government of Denmark"]


def test_a_company_is_one_without_its_ending_and_a_storm_is_no_organization() -> None:
    findings = find_all(
        parse("The carmaker Brandt AG cut its forecast. Shares in Brandt fell. Brandt said it snowed.\n")
    )
    assert [(entity.name, entity.kind, len(entity.mentions)) for entity in findings.entities.all] == [
        ("Brandt AG", "organization", 3)
    ]
    storm = find_all(parse("Hurricane Odette strengthened on Thursday, the center in Miami said.\n"))
    assert [entity.name for entity in storm.entities.all if entity.is_named] == ["Miami"]


def test_the_meeting_here_is_where_the_report_comes_from() -> None:
    text = "BEIJING, May 9 (Xinhua) -- Vice Premier Liu Wen met here Thursday with Robert Lang.\n"
    (meeting,) = find_all(parse(text)).meetings
    assert meeting.place is not None
    assert meeting.place.name == "BEIJING"
