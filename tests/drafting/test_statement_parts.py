"""Conditionals with both halves, whom something is said to, and meetings that a statement plans or denies."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg.app.builds.check import check
from kg.drafting.drafting_tasks import draft_article

pytest.importorskip("spacy", reason="the extra `draft` is not installed")

from kg.drafting.drafted_document import find_all, sections_of
from kg.drafting.text.spacy_parser import parse

CONDITIONALS = {
    "Susan Orlo said that if the records are opened, the ships will leave.": (
        {"condition": "The records are opened.", "consequence": "The ships will leave."}
    ),
    "Susan Orlo said the guild would pay unless the bank refused.": (
        {"unless": "The bank refused.", "consequence": "The guild would pay."}
    ),
    "Susan Orlo said the guild would pay if the bank did not refuse.": (
        {"unless": "The bank did refuse.", "consequence": "The guild would pay."}
    ),
    "Susan Orlo said the ships will not leave if the strait is closed.": (
        {"condition": "The strait is closed.", "rulesOut": "The ships will leave."}
    ),
    "Susan Orlo said the ships will leave.": {},
}
ARTICLE = """London, May 23, 2034

Susan Orlo said that if the records are opened, the ships will leave. She told reporters that Martin Aker will meet
Peter Vale in Oslo. Martin Aker said he would not meet Susan Orlo. Peter Vale met Martin Aker in London.
"""


@pytest.mark.parametrize("text", CONDITIONALS)
def test_a_conditional_has_both_halves_put_positively_and_is_not_negative_as_a_whole(text: str) -> None:
    (statement,) = sections_of(find_all(parse(text)))["statements"]
    says = statement["says"]
    assert isinstance(says, dict)
    halves = {
        key: half["gist"]
        for key in ("condition", "unless", "consequence", "rulesOut")
        if isinstance(half := says.get(key), dict)
    }
    assert (halves, statement["polarity"]) == (CONDITIONALS[text], "positive")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Susan Orlo told Martin Aker on Monday that the bridge would stay closed.", ["Martin Aker"]),
        ("“The bridge is closed,” Susan Orlo told reporters.", ["reporters"]),
        ("Susan Orlo said to Martin Aker that the bridge was closed.", ["Martin Aker"]),
        ("Susan Orlo said that Martin Aker is gone.", []),
    ],
)
def test_whom_something_is_said_to_is_its_addressee(text: str, names: list[str]) -> None:
    assert [[entity.name for entity in entities] for entities in find_all(parse(text)).addressees] == [names]


def test_a_planned_and_a_denied_meeting_are_scenarios_by_the_statement_that_speaks_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    draft_article(tmp_path / "a.txt", tmp_path / "a.yaml")
    assert check(tmp_path / "a.yaml", tmp_path).copies["a"].same
    document = yaml.safe_load((tmp_path / "a.yaml").read_text("utf-8"))
    statements = {item["id"]: item for item in document["statements"]}
    scenarios = [
        (
            scenario["status"],
            {part["participant"] for part in scenario["envisagedParticipants"]},
            statements[scenario["statusBy"]]["polarity"],
            statements[scenario["statusBy"]]["says"]["describes"] == scenario["id"],
        )
        for scenario in document["scenarios"]
    ]
    assert scenarios == [
        ("planned", {"person/martin-aker", "person/peter-vale"}, "positive", True),
        ("denied", {"person/martin-aker", "person/susan-orlo"}, "negative", True),
    ]
    assert document["scenarios"][0]["envisagedPlace"] == "place/oslo"
    assert len(document["events"]) == 1


SENTENCES = {
    "“The records were opened in May. The ships have not left the strait since then,” Susan Orlo said.": [
        "The records were opened in May.",
        "The ships have not left the strait since then,",
    ],
    # What is short, or says nothing by itself, goes with what is beside it.
    "“The ships have left the strait again. I was wrong,” Susan Orlo said.": [
        "The ships have left the strait again. I was wrong,"
    ],
    "“The ships have left the strait again. An end to all of this trouble,” Susan Orlo said.": [
        "The ships have left the strait again. An end to all of this trouble,"
    ],
    "“We have told Mr. Martin Aker of the ships in the strait,” Susan Orlo said.": [
        "We have told Mr. Martin Aker of the ships in the strait,"
    ],
    "“We opened all the records in May [...] Nobody has come to read them,” Susan Orlo said.": [
        "We opened all the records in May",
        "Nobody has come to read them,",
    ],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_each_sentence_of_a_quotation_is_a_statement_of_its_source(text: str) -> None:
    findings = find_all(parse(text))
    first, *others = findings.attributions
    assert [attribution.content[0].of(text) for attribution in (first, *others)] == SENTENCES[text]
    assert {source.entity.name for source in findings.sources if source.entity} == {"Susan Orlo"}
    # The first has the passages that name the source; the others rest on what they say.
    assert (first.span.of(text), bool(first.source_span), bool(first.cue_span)) == (text, True, True)
    for other in others:
        assert (other.span, other.source_span, other.cue_span) == (other.content[0], None, None)
    runs = [statement["quotedRuns"] for statement in sections_of(findings)["statements"]]
    assert runs[1:] == [["run/1"]] * len(others)


@pytest.mark.parametrize(
    ("text", "relays"),
    [
        ("Susan Orlo said that Martin Aker had told her that the guild would pay.", ["statement/2"]),
        ("Susan Orlo said that Martin Aker would say that the guild would pay.", None),
        ("Susan Orlo said that Martin Aker never said that the guild would pay.", None),
        ("Susan Orlo denied that Martin Aker said that the guild would pay.", None),
        ("Susan Orlo said that the findings show that the guild would pay.", None),
        ("Susan Orlo said that the guild would pay.", None),
    ],
)
def test_who_says_that_somebody_has_said_something_passes_it_on(
    text: str, relays: list[str] | None, tmp_path: Path
) -> None:
    outer, *_ = sections_of(find_all(parse(text)))["statements"]
    assert (outer.get("relays"), "says" in outer) == (relays, relays is None)
    (tmp_path / "a.txt").write_text(f"{text}\n", "utf-8")
    draft_article(tmp_path / "a.txt", tmp_path / "a.yaml")
    assert check(tmp_path / "a.yaml", tmp_path).copies["a"].same


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ('Susan Orlo described the talks as "frank and useful."', 'The talks as "frank and useful."'),
        ("Susan Orlo described the talks as “frank and useful.”", "The talks as “frank and useful.”"),
        ("“The talks were frank and useful,” Susan Orlo said.", "The talks were frank and useful."),
    ],
)
def test_a_gist_has_both_marks_of_a_quoted_part(text: str, gist: str) -> None:
    (statement,) = sections_of(find_all(parse(text)))["statements"]
    assert statement["gist"] == gist
