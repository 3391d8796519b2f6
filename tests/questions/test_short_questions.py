"""No question needs more than one helper pattern for the place, the side, second hand or the offsets of passages."""

from __future__ import annotations

import re

import pytest

from kg.shipped_files import ontology_folder

QUESTIONS = {file.stem: file for file in sorted((ontology_folder() / "questions").glob("*.rq"))}
SAME_PATTERN = re.compile(r"[^.;{}]+")
NEGATION = re.compile(r"NOT\s+EXISTS\s*")
HELPERS = {
    "place": (re.compile(r"within|containedInPlace|[pP]lace\b|location"), None),
    "side": (None, re.compile(r"(affiliatedWith|memberOf|partOf|postIn|onBehalfOf)\s*[|*+)]|\^cq:onBehalfOf")),
    "second hand": (re.compile(r"relay|byWordOf|sourceInChain"), None),
    "offsets": (None, re.compile(r"hasSelector")),
}
"""The terms of a negation, and of a single pattern, that help to find each."""


def negations(query: str) -> list[str]:
    """Return the blocks of a query that must not match, those inside others apart."""
    blocks = []
    for match in NEGATION.finditer(query):
        depth, end = 0, match.end()
        for end in range(match.end(), len(query)):
            depth += {"{": 1, "}": -1}.get(query[end], 0)
            if not depth:
                break
        blocks.append(query[match.end() : end + 1])
    return blocks


def helper_patterns(query: str) -> dict[str, int]:
    """Return how many patterns of a query only help to find the nearest place, a side, the first hand or offsets."""
    body = "\n".join(line for line in query.splitlines() if not line.startswith(("#", "PREFIX")))
    return {
        name: sum(bool(denied and denied.search(block)) for block in negations(body))
        + sum(bool(alone and alone.search(pattern)) for pattern in SAME_PATTERN.findall(body))
        for name, (denied, alone) in HELPERS.items()
    }


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_needs_one_helper_pattern_at_most(name: str) -> None:
    assert max(helper_patterns(QUESTIONS[name].read_text("utf-8")).values()) <= 1


@pytest.mark.parametrize(
    ("query", "helper"),
    [
        ("FILTER NOT EXISTS { ?e cq:place ?q . ?q cq:within ?p } FILTER NOT EXISTS { ?p cq:place ?r }", "place"),
        ("?s cq:source/cq:affiliatedWith* ?g . ?t cq:source/(cq:memberOf|cq:partOf)* ?g", "side"),
        ("FILTER NOT EXISTS { ?r cq:relays ?s } FILTER NOT EXISTS { ?s cq:relayedBy ?q }", "second hand"),
        ("?p oa:hasSelector ?a . ?q oa:hasSelector ?b", "offsets"),
    ],
)  # fmt: skip
def test_two_helper_patterns_are_counted(query: str, helper: str) -> None:
    assert helper_patterns(query)[helper] == 2


HELPED = {
    "25-outermost-and-innermost",
    "29-only-named-sources",
    "31-opposite-polarity",
    "60-schema-events",
    "71-oa-passages",
    "72-oa-longest",
    "85-agreement-by-content",
}
"""The questions with one such pattern."""


def test_few_questions_need_any() -> None:
    helped = {name for name, file in QUESTIONS.items() if any(helper_patterns(file.read_text("utf-8")).values())}
    assert helped == HELPED
