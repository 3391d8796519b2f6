"""The passages of source, cue and content in drafts, and what is no statement of its subject's."""

from __future__ import annotations

import pytest

from benchmarks.draft_scores import DraftScores
from benchmarks.news_gold import HELD_OUT, SEEN, read_news
from kg.drafting.drafted_document import find_all, name_entities, sections_of
from kg.drafting.text.spacy_parser import parse
from kg.mapping.passages.text_spans import TextSpan

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def parts(text: str) -> list[tuple[str, str, str]]:
    """Return the words of source, cue and content of each statement of a text."""

    def words(span: TextSpan | None) -> str:
        return span.of(text) if span else ""

    return [
        (words(item.source_span), words(item.cue_span), " … ".join(map(words, item.content)))
        for item in find_all(parse(text)).attributions
    ]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Ada Quill has not said whether the bridge is open.", "has not said"),
        ("Ada Quill declined to say whether the bridge is open.", "declined to say"),
        ("Ada Quill falsely claimed that the bridge was open.", "falsely claimed"),
        ("Ada Quill also said that the bridge was open.", "said"),
        ("The guild is worried that the bridge is shut.", "is worried"),
        ("Ada Quill called for an inquiry.", "called for"),
        ("Ada Quill was quoted as saying that the bridge was open.", "was quoted as saying"),
        ("Ada Quill came to the conclusion that the bridge was shut.", "came to the conclusion"),
    ],
)
def test_a_cue_is_the_whole_group_of_its_verb(text: str, cue: str) -> None:
    assert [phrase for _, phrase, _ in parts(text)] == [cue]


def test_what_somebody_declines_to_say_is_a_refusal_and_silence_is_none() -> None:
    text = (
        "Ada Quill has not said whether the bridge is open. Jon Vik declined to comment on the bridge.\n\n"
        "A clerk, who asked not to be named, said that it was open.\n"
    )
    findings = find_all(parse(text))
    acts = [
        (item.act, source.entity and source.entity.name)
        for item, source in zip(findings.attributions, findings.sources, strict=True)
    ]
    assert acts == [("refuse", "Ada Quill"), ("assert", "A clerk")]


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Ada Quill has not said whether the bridge is open.", "negative"),
        ("Ada Quill does not believe that the bridge is open.", "negative"),
        ("Ada Quill believes that the bridge is open.", "positive"),
    ],
)
def test_what_somebody_does_not_say_or_think_is_negative(text: str, polarity: str) -> None:
    findings = find_all(parse(text))
    name_entities(findings.entities.all)
    assert [statement["polarity"] for statement in sections_of(findings)["statements"]] == [polarity]


@pytest.mark.parametrize(
    ("text", "polarity", "gist", "proposition"),
    [
        ("Ada Quill said the bridge is not open.", "negative", "The bridge is not open.", "The bridge is open."),
        (
            "Ada Quill does not believe that the bridge is not open.",
            "negative",
            "The bridge is not open.",
            "The bridge is not open.",
        ),
    ],
)
def test_the_proposition_of_a_negative_statement_is_put_positively_and_its_gist_is_not(
    text: str, polarity: str, gist: str, proposition: str
) -> None:
    findings = find_all(parse(text))
    name_entities(findings.entities.all)
    (statement,) = sections_of(findings)["statements"]
    says = statement["says"]
    assert isinstance(says, dict)
    assert (statement["polarity"], statement["gist"], says["gist"]) == (polarity, gist, proposition)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Ada Quill, who heads the guild, said that the bridge was shut.", "Ada Quill, who heads the guild"),
        ("“The bridge is shut for the winter,” said Ada Quill in Oslo.", "Ada Quill"),
        ("Orrin al-Vasko said that the bridge was shut.", "Orrin al-Vasko"),
        ("According to the news agency Selpress, the bridge was shut.", "the news agency Selpress"),
        ("Jon Vik was accused by Ada Quill of taking the oil.", "Ada Quill"),
        ("The man who told reporters that the bridge was shut left on Monday.", "The man"),
    ],
)
def test_a_source_has_its_clauses_and_neither_the_cue_nor_the_place_of_speaking(text: str, source: str) -> None:
    assert [phrase for phrase, _, _ in parts(text)] == [source]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("The guild said on Monday it had shut the bridge.", "it had shut the bridge"),
        ("Ada Quill told a briefing that the bridge was shut.", "that the bridge was shut"),
        ("Ada Quill said in a statement that the bridge was shut.", "that the bridge was shut"),
        ("Ada Quill urged the sailors to wait.", "the sailors to wait"),
        ("Jon Vik is expected to resign.", "Jon Vik … to resign"),
        ("Two people died and ten were hurt, according to police.", "Two people died and ten were hurt"),
    ],
)
def test_a_content_has_who_does_it_and_not_when_or_where_it_is_said(text: str, content: str) -> None:
    assert [phrase for _, _, phrase in parts(text)] == [content]


def test_nobody_but_its_agent_says_what_is_said_in_the_passive() -> None:
    text = "Ada Quill is expected to visit the bridge. Asked whether it was open, Jon Vik said that it was.\n"
    findings = find_all(parse(text))
    names = [source.entity.name if source.entity else None for source in findings.sources]
    assert names == [None, "Jon Vik"]


def test_a_clause_before_a_quotation_is_a_statement_too() -> None:
    text = "Ada Quill said the guild was late: “Nobody came to the bridge in time.”\n"
    contents = {content for _, _, content in parts(text)}
    assert contents == {"Nobody came to the bridge in time.", "the guild was late"}


def test_a_quotation_whose_comma_stands_outside_its_marks_is_whole() -> None:
    text = "“We warned the guild about this bridge”, said Ada Quill. “Nobody came.”\n"
    assert next((source, content) for source, _, content in parts(text)) == (
        "Ada Quill",
        "We warned the guild about this bridge",
    )


def test_drafts_of_short_news_have_most_statements_with_their_sources() -> None:
    scores = DraftScores()
    for file in (*SEEN, *HELD_OUT):
        text, gold = read_news(file)
        scores.add(text, gold, find_all(parse(text)))
    floors = {"people": 0.95, "organizations": 0.9, "attributions": 0.95, "attributions with source": 0.9}
    floors |= {"source exact": 0.9, "cue exact": 0.9, "content exact": 0.85}
    assert {
        name: round(scores.scores[name].f1, 2) for name, floor in floors.items() if scores.scores[name].f1 < floor
    } == {}
