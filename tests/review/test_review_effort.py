"""How many clicks and keys it takes to make of a draft what a close reader made of it, in a real browser."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

from kg.drafting.drafting_tasks import draft_article
from kg.mapping.passages.text_spans import TextSpan
from kg.review.document_faults import document_faults
from kg.review.review_folder import ReviewFolder
from kg.review.reviewed_document import ReviewedDocument
from tests.review.conftest import reviewing

pytestmark = pytest.mark.xdist_group("browser")
CORPUS = Path(__file__).parents[2] / "examples" / "wikinews"
ARTICLE = "4-crops"
"""An article of 531 words, mapped by close reading."""
MAX_CLICKS_AND_KEYS = 150
DECISIONS = ("act", "polarity", "certainty", "tense")
AGENTS = ("people", "organizations", "groups")
KEYS = {"people": "p", "organizations": "o", "groups": "g", "places": "l"}
SELECT = """([start, end]) => {
  const pieces = [...document.querySelectorAll('#article-text [data-start]')];
  const place = (position) => {
    const piece = pieces.findLast((other) => Number(other.dataset.start) <= position);
    return [piece.firstChild, [...piece.textContent].slice(0, position - piece.dataset.start).join('').length];
  };
  getSelection().setBaseAndExtent(...place(start), ...place(end));
}"""
"""Selects words as dragging the mouse over them does."""

Node = dict[str, Any]


@dataclass
class Reviewer:
    """A person at the page, whose clicks and keys are counted; the letters of texts that are typed are not."""

    tab: Page
    reviewed: ReviewedDocument
    counts: Counter[str] = field(default_factory=Counter)
    """By what was done: `Control+Enter` is one key, and to choose from a list two clicks."""

    def press(self, key: str) -> None:
        """Press a key."""
        self.counts["keys"] += 1
        self.tab.keyboard.press(key)

    def choose(self, key: str) -> None:
        """Click an item."""
        self.counts["clicks on items"] += 1
        self.tab.locator(f'[data-item="{key}"]').click()
        expect(self.tab.locator(f'[data-item="{key}"][aria-current="true"]')).to_be_visible()

    def drag(self, span: TextSpan) -> None:
        """Drag over words."""
        self.counts["words dragged over"] += 1
        self.tab.evaluate(SELECT, [span.start, span.end])
        expect(self.tab.locator("#selected")).not_to_be_empty()

    def set(self, name: str, value: str) -> None:
        """Open a list and choose one of it, which are two clicks, if it has another value."""
        fields = self.tab.locator(f'#form [name="{name}"]')
        if fields.input_value() != value:
            self.counts["clicks in lists"] += 2
            fields.select_option(value)

    def save(self) -> None:
        """Save the form."""
        self.press("Control+Enter")
        expect(self.tab.locator("#form")).to_have_count(0)

    def items(self) -> dict[str, Node]:
        """Return the items as they are saved."""
        return {item["key"]: item for item in self.reviewed.state()["items"]}


def spans_of(node: Node) -> list[TextSpan]:
    """Return the passages by which items of two documents are compared."""
    passages = node.get("contentSpan") or node.get("mention") or node.get("at") or []
    listed = passages if isinstance(passages, list) else [passages]
    return [span for value in listed if (span := TextSpan.read(value))]


def are_same(first: Node, second: Node) -> bool:
    """Return whether two items share half of the passages of the one that has fewer."""
    ones, others = spans_of(first), spans_of(second)
    common = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in ones for b in others)
    shorter = min(sum(span.end - span.start for span in spans) for spans in (ones, others))
    return 0 < shorter <= 2 * common


def test_a_draft_is_corrected_with_few_clicks_and_keys(tab: Page, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    text = folder / "crops.txt"
    shutil.copy(CORPUS / "texts" / f"{ARTICLE}.txt", text)
    assert len(text.read_text("utf-8").split()) > 500
    draft_article(text, folder / "crops.yaml")
    reading = yaml.load((CORPUS / f"{ARTICLE}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- texts alone
    with reviewing(folder, tmp_path / "store") as site:
        tab.goto(site.page("crops.yaml"))
        tab.locator("main[data-checked]").wait_for()
        reviewer = Reviewer(tab, ReviewedDocument(folder / "crops.yaml", ReviewFolder(folder).source))
        identifiers = review_entities(reviewer, reading)
        review_statements(reviewer, reading, identifiers)
        while any(item["needs_review"] for item in reviewer.items().values()):
            before = tab.locator("#progress").inner_text()
            reviewer.press("n")
            reviewer.press("Shift+A")
            expect(tab.locator("#progress")).not_to_have_text(before)
        made = {key: item["values"] for key, item in reviewer.items().items()}
        assert document_faults(folder / "crops.yaml", folder) == []
    defaults = reading["defaults"]
    for statement in reading["statements"]:
        twin = made[identifiers[statement["id"]]]
        assert are_same(twin, statement)
        expected = {key: statement.get(key, defaults.get(key)) for key in DECISIONS}
        assert {key: twin.get(key, defaults.get(key)) for key in DECISIONS} == expected
        assert twin["source"] == identifiers.get(statement["source"], statement["source"])
    print(f"{reviewer.counts.total()} clicks and keys: {dict(reviewer.counts)}")  # noqa: T201 -- the figure itself
    assert reviewer.counts.total() < MAX_CLICKS_AND_KEYS


def review_entities(reviewer: Reviewer, reading: Node) -> dict[str, str]:
    """Reject what is none, correct sections, and add who is missing; return the identifiers of the reading's agents."""
    identifiers: dict[str, str] = {}
    expected = [(section, node) for section in (*AGENTS, "places") for node in reading.get(section, [])]
    shared = [("places", node) for node in reading.get("mentions", [])]
    for key, item in reviewer.items().items():
        if item["section"] not in KEYS:
            continue
        match = next(
            ((section, node) for section, node in [*expected, *shared] if are_same(item["values"], node)), None
        )
        if match is None:
            reject(reviewer, key)
        elif match[0] != item["section"]:
            reviewer.choose(key)
            reviewer.press("e")
            reviewer.set("section", match[0])
            reviewer.save()
    for section, node in expected:
        key = next((key for key, item in reviewer.items().items() if item["section"] == section and are_same(item["values"], node)), "")  # fmt: skip # noqa: E501
        if not key and section in AGENTS:
            reviewer.drag(spans_of(node)[0])
            key = added(reviewer, KEYS[section])
        identifiers[node["id"]] = key
    return identifiers


def review_statements(reviewer: Reviewer, reading: Node, identifiers: dict[str, str]) -> None:
    """Correct who says what, and how, in the drafted statements, and add those that are missing."""
    left = [*reading["statements"]]
    for key, item in reviewer.items().items():
        if item["section"] != "statements":
            continue
        statement = next((node for node in left if are_same(item["values"], node)), None)
        if statement is None:
            reject(reviewer, key)
            continue
        left.remove(statement)
        identifiers[statement["id"]] = key
        expected = decisions(statement, reading, identifiers)
        if {name: item["values"].get(name) for name in expected} != expected:
            reviewer.choose(key)
            reviewer.press("e")
            for name, value in expected.items():
                reviewer.set(name, value)
            reviewer.save()
    for statement in left:
        reviewer.drag(max(spans_of(statement), key=lambda span: span.end - span.start))
        identifiers[statement["id"]] = added(reviewer, "s", decisions(statement, reading, identifiers))


def decisions(statement: Node, reading: Node, identifiers: dict[str, str]) -> dict[str, str]:
    """Return what the close reader decided of a statement, with identifiers of the draft."""
    values = {key: str(statement.get(key, reading["defaults"].get(key))) for key in DECISIONS}
    source = str(statement["source"])
    return {"source": identifiers.get(source, source), **values}


def reject(reviewer: Reviewer, key: str) -> None:
    """Reject an item, and what is said before it is done."""
    reviewer.choose(key)
    reviewer.press("r")
    item = reviewer.tab.locator(f'[data-item="{key}"]')
    reviewer.tab.wait_for_function(
        "(key) => document.querySelector('#dialog[open]') || ![...document.querySelectorAll('[data-item]')].some(({dataset}) => dataset.item === key)",  # noqa: E501
        arg=key,
    )
    if reviewer.tab.locator("#dialog[open]").count():
        reviewer.press("Enter")
    expect(item).to_have_count(0)


def added(reviewer: Reviewer, key: str, values: dict[str, str] | None = None) -> str:
    """Add an item of the selected words, with these values; return its key."""
    before = {*reviewer.items()}
    reviewer.press(key)
    expect(reviewer.tab.locator("#form")).to_be_visible()
    for name, value in (values or {}).items():
        reviewer.set(name, value)
    reviewer.save()
    return next(made for made in reviewer.items() if made not in before)
