"""Drafts of sentences as agencies, courts and campaigns write them: who speaks, and who holds what post."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all
from kg.drafting.spacy_parser import parse

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
        ("The ambassador to Denmark, Ada Quill, said it rained.", "Ada Quill"),
        ("Judge Mara Holt, writing for the majority, said it rained.", "Mara Holt"),
        ("Police, quoting witnesses, said it rained.", "Police"),
        ("Merchant said it rained.", "Merchant"),
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
