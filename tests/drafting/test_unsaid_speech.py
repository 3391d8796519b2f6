"""Speech that does not take place: nobody's, asked about, supposed, or left unsaid by somebody."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all, name_entities, sections_of
from kg.drafting.text.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def statements(text: str) -> list[tuple[str, str, str, str]]:
    """Return act, polarity, certainty and gist of each statement of a text."""
    findings = find_all(parse(f"{text}\n"))
    name_entities(findings.entities.all)
    return [
        (str(node["act"]), str(node["polarity"]), str(node["certainty"]), str(node["gist"]))
        for node in sections_of(findings)["statements"]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "No one said the bridge was unsafe.",
        "Nobody in the Danish government has claimed that the ferry sank.",
        "Not a single minister warned of the flood.",
        "No minister has promised to resign.",
        "Did Ada Quill say the mine was safe?",
        "Has Norway ever admitted that it shelled the island?",
        "Why would the guild claim that it had no money?",
        "Who said that the bridge was unsafe?",
        "If Ada Quill says the mine is safe, the guild will open it.",
        "Had Jon Vik admitted that he lied, the court would have spared him.",
        "Were Ada Quill to say that it rains, the guild would leave.",
        "It is unclear whether Ada Quill said the mine was safe.",
        "Ada Quill would have said that it rained.",
        "It goes without saying that the pact is dead.",
        "Suffice it to say the clerks are angry.",
        "That said, the dam held.",
        "It is not clear who said the mine was safe.",
        "Hardly anyone said the mine was safe.",
        "There is no suggestion that the king is ill.",
        "Critics may say that the mine is unsafe.",
        "Ada Quill should say that the mine is safe.",
        "Ada Quill would support the dam if it were cheaper.",
        "Was Jon Vik aware that the mine was unsafe?",
        "If Jon Vik is aware that the mine is unsafe, he will close it.",
        "Nobody is willing to wait.",
        "Neither Ada Quill nor Jon Vik is willing to wait.",
        "Neither Ada Quill nor Jon Vik is critical of the dam.",
        "Ada Quill might be critical of the dam.",
        "Did Ada Quill make the claim that the mine was safe?",
        "Ada Quill never made the claim that the mine was safe.",
        "If Ada Quill makes clear that the mine is safe, the guild will open it.",
        "Nobody made clear that the mine was safe.",
        "Ada Quill did not raise concerns about the dam.",
        "If sailors raise concerns about the dam, it will be closed.",
    ],
)
def test_what_nobody_is_reported_to_say_is_no_statement(text: str) -> None:
    assert statements(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Why did Ada Quill say that the mine was safe?",
        "Ada Quill not only said that the mine was safe.",
        "Ada Quill did not just say that the mine was safe.",
        "Ada Quill did not hesitate to say that the mine was safe.",
        "Ada Quill stopped to say that the mine was safe.",
        "Few people said that the mine was safe.",
        "It is said that the mine was safe.",
        "Ada Quill did not repeat her claim that the mine was safe.",
    ],
)
def test_what_only_looks_like_a_question_or_a_denial_is_said(text: str) -> None:
    assert statements(text) == [("assert", "positive", "certain", "The mine was safe.")]


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("Ada Quill did not claim that the mine was safe.", "The mine was safe."),
        ("Ada Quill never warned that the mine was unsafe.", "The mine was unsafe."),
        ("Jon Vik stopped short of saying that the pact was dead.", "The pact was dead."),
        ("Jon Vik avoided saying that the pact was dead.", "The pact was dead."),
        ("Jon Vik stopped saying that the pact was dead.", "The pact was dead."),
        ("Jon Vik failed to mention that the pact was dead.", "The pact was dead."),
        ("Jon Vik left without saying that the pact was dead.", "The pact was dead."),
        ("Neither Ada Quill nor Jon Vik said the dam would hold.", "The dam would hold."),
        ("None of the officials said that the dam would hold.", "The dam would hold."),
        ("Ada Quill never called the deal a disaster.", "The deal a disaster."),
        ("None of the guild's clerks said that the dam would hold.", "The dam would hold."),
        ("Ada Quill has not promised to sign.", "To sign."),
    ],
)
def test_what_somebody_does_not_say_is_left_unsaid(text: str, gist: str) -> None:
    assert [(act, polarity, words) for act, polarity, _, words in statements(text)] == [("refuse", "negative", gist)]


def test_somebody_who_has_yet_to_decide_does_not_intend_it() -> None:
    assert statements("Ada Quill has yet to decide to run.") == [("intend", "negative", "certain", "To run.")]


@pytest.mark.parametrize(
    "text",
    [
        "Jon Vik is not aware that the mine is unsafe.",
        "Jon Vik is not convinced that the mine is unsafe.",
        "Neither Ada Quill nor Jon Vik is sure that the mine is unsafe.",
    ],
)
def test_who_is_not_aware_of_something_does_not_believe_it(text: str) -> None:
    assert statements(text) == [("believe", "negative", "certain", "The mine is unsafe.")]


def test_why_somebody_is_aware_of_something_presupposes_it() -> None:
    assert statements("Why was Jon Vik aware that the mine was unsafe?") == [
        ("believe", "positive", "certain", "The mine was unsafe.")
    ]


def test_who_is_not_only_critical_of_something_is_critical_of_it() -> None:
    assert statements("Ada Quill was not only critical of the dam.") == [
        ("complain", "positive", "certain", "The dam.")
    ]


def test_who_does_not_deny_something_holds_it_to_be_possible() -> None:
    assert statements("Ada Quill has not ruled out a strike.") == [("assert", "positive", "possible", "A strike.")]
    assert statements("Ada Quill did not deny that the mine was unsafe.") == [
        ("assert", "positive", "possible", "The mine was unsafe.")
    ]


def test_who_does_not_deny_that_somebody_said_something_does_not_relay_it() -> None:
    findings = find_all(parse("Ada Quill did not deny that Jon Vik said that the mine was unsafe.\n"))
    name_entities(findings.entities.all)
    outer, _ = sections_of(findings)["statements"]
    assert "relays" not in outer


def test_words_that_somebody_never_spoke_are_left_unsaid() -> None:
    assert statements('Ada Quill never said, "I will resign tomorrow."') == [
        ("refuse", "negative", "certain", "I will resign tomorrow.")
    ]


def test_what_somebody_denies_having_said_is_left_unsaid() -> None:
    acts = [(act, polarity) for act, polarity, _, _ in statements("Jon Vik denied that he had said that it rained.")]
    assert acts == [("deny", "positive"), ("refuse", "negative")]


def test_few_people_are_nobody_named_before() -> None:
    findings = find_all(parse("Greenpeace left. A few said that the dam is old.\n"))
    assert [source.entity for source in findings.sources] == [None]
