"""The page of `kg review` shows plain words where the document has identifiers, and takes either if it is typed."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from kg.act_words import CONCEPT_WORDS
from kg.namespaces import SCHEME
from kg.review.document_faults import document_faults
from kg.review.reviewed_terms import reviewed_acts, reviewed_terms
from kg.shipped_files import ontology_folder
from tests.review.conftest import CORPUS, DOCUMENT, Review, ReviewSite, anchored

browser_test = pytest.mark.xdist_group("browser")
IDENTIFIER = re.compile(
    r"\b[a-z]+(?:-[a-z]+)*[/:][a-z]\S*|\b[a-z]+[A-Z]\w*|\b(?:assert|named-person|trade-union|unknown)\b"
)
PLACES = """\
places:
  - {id: place/port-sel, name: Port Sel, kind: place-kind/city, mention: [23-31, 239-247]}

mentions:
  - {id: person:ada-quill, mention: 109-118}

posts:
"""
MORE = """\
  - {id: statement/3, source: person:ada-quill, act: assert, polarity: negative, certainty: unknown, form: mixed, grade: inferable, gist: We will not move., says: {id: proposition/3, gist: We will not move.}, contentSpan: 80-97, at: 79-127}

links:
  - {linkSubject: person/vik, linkPredicate: alliedWith, linkObject: person:ada-quill, grade: inferable, at: 223-275}
"""  # noqa: E501 -- an item is a line


@pytest.fixture
def wordy(review: Review) -> Review:
    """Return a folder whose document refers to the authority and to a kind of its corpus."""
    content = DOCUMENT.replace("posts:\n", PLACES) + MORE
    # The authority has the person that the article had of its own.
    lines = [line for line in content.splitlines(keepends=True) if "{id: person/quill" not in line]
    content = "".join(lines).replace("person/quill", "person:ada-quill").replace("event-kind/consult", "kind:regatta")
    review.document.write_text(anchored(review.document, content, review.folder / "sel.txt"), "utf-8")
    authority = "people:\n  - {id: person:ada-quill, name: Ada Quill, voiceKind: named-person}\n"
    (review.folder / "authority.yaml").write_text(authority, "utf-8")
    kinds = "kinds: [{id: kind:regatta, broader: event-kind/consult, prefLabel: regatta, definition: A race.}]\n"
    (review.folder / "corpus.yaml").write_text(CORPUS + kinds, "utf-8")
    assert document_faults(review.document, review.folder) == []
    return review


def shown(tab: Page) -> str:
    """Return the texts of the page, with all that can be chosen in its form, each on a line."""
    return str(
        tab.evaluate(
            """() => {
              const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
              const texts = [];
              while (walker.nextNode()) texts.push(walker.currentNode.data);
              return texts.join('\\n');
            }"""
        )
    )


def typed(tab: Page, label: str, words: str) -> str:
    """Open the form, type into one of its lists from the first choice on, and return what is chosen."""
    tab.keyboard.press("e")
    field = tab.get_by_label(label, exact=True)
    field.evaluate("(list) => { list.selectedIndex = 0; }")
    field.focus()
    tab.keyboard.type(words)
    return field.input_value()


def saved(tab: Page, key: str) -> None:
    """Save the form, and choose the item again."""
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#form")).to_have_count(0)
    tab.locator(f'[data-item="{key}"]').click()


def test_concepts_have_the_words_of_the_pages() -> None:
    terms = reviewed_terms()
    for iri, words in CONCEPT_WORDS.items():
        key, _, name = iri.removeprefix(SCHEME).partition("/")
        assert terms.get(key, {}).get(name) == words or terms["kind"].get(f"{key}/{name}") == words
    assert terms["kind"]["place-kind/city"] == "city"
    assert terms["rank"]["vice-admiral"] == "vice admiral"
    assert terms["act"]["assert"] == "said"
    definitions = json.loads((ontology_folder() / "mapping.schema.json").read_text("utf-8"))["$defs"]
    assert sorted(terms["kind.events"]) == definitions["event"]["properties"]["kind"]["examples"]
    assert [*terms["kind.events"].values()] == sorted(terms["kind.events"].values())
    assert reviewed_acts()["deny"].polarities["negative"] == ""
    assert reviewed_acts()["assert"].polarities["negative"] == "that something is not so"


@browser_test
@pytest.mark.parametrize("width", [1400, 360])
def test_no_list_and_no_form_shows_an_identifier(tab: Page, wordy: Review, review_site: ReviewSite, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    for key in wordy.items():
        tab.locator(f'[data-item="{key}"]').click()
        expect(tab.locator(f'[data-item="{key}"][aria-current="true"]')).to_be_visible()
        assert IDENTIFIER.findall(shown(tab)) == []
        if tab.get_by_role("button", name="Correct", exact=True).count():
            tab.keyboard.press("e")
            expect(tab.locator("#form")).to_be_visible()
            assert IDENTIFIER.findall(shown(tab)) == []
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            tab.keyboard.press("Escape")
    statement = tab.locator('[data-item="statement/3"]')
    expect(statement).to_contain_text("Ada Quill (said that something is not so): We will not move.")
    expect(tab.locator('[data-item="mentions/person:ada-quill"]')).to_contain_text("Ada Quill")
    expect(tab.locator('[data-item^="links/"]')).to_contain_text("Jon Vik allied with Ada Quill")
    statement.click()
    expect(tab.locator(".chain .here .does")).to_have_text(
        "said that something is not so, not put forward as fact (partly quoted)"
    )


@browser_test
def test_identifiers_are_the_titles_of_their_words(tab: Page, wordy: Review, review_site: ReviewSite) -> None:
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    tab.locator('[data-item="event/meeting"]').click()
    assert titles(tab)["regatta"] == "kind:regatta"
    assert titles(tab)["Ada Quill, Jon Vik"] == "person:ada-quill, person/vik"
    tab.locator('[data-item="organization/guild"]').click()
    assert titles(tab)["trade union"] == "organization-kind/trade-union"
    tab.keyboard.press("e")
    kind = tab.get_by_label("Kind", exact=True)
    expect(kind).to_have_attribute("title", "organization-kind/trade-union")
    kind.select_option("armed force")
    expect(kind).to_have_attribute("title", "organization-kind/armed-force")
    assert kind.evaluate("(list) => [...list.options].every((option) => option.title === option.value)")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#form")).to_have_count(0)
    assert wordy.values("organization/guild")["kind"] == "organization-kind/armed-force"


def titles(tab: Page) -> dict[str, str]:
    """Return the titles of the chosen item's values by their words."""
    rows = tab.locator("#panel dd bdi").all()
    return {row.inner_text(): row.get_attribute("title") or "" for row in rows}


@browser_test
def test_typed_words_and_typed_identifiers_choose_the_concept(
    tab: Page, wordy: Review, review_site: ReviewSite
) -> None:
    tab.goto(review_site.page("sel.yaml"))
    tab.locator("main[data-checked]").wait_for()
    tab.locator('[data-item="event/meeting"]').click()
    for words, kind in (("moving of f", "mobilize"), ("consult", "consult"), ("event-kind/rul", "ruling")):
        assert typed(tab, "Kind", words) == f"event-kind/{kind}"
        tab.keyboard.press("Escape")
    assert typed(tab, "Kind", "talks") == "event-kind/consult"
    saved(tab, "statement/1")
    assert typed(tab, "What the source did", "assert") == "assert"
    expect(tab.locator(".chain .here .does")).to_contain_text("said")
    tab.keyboard.press("Escape")
    choices = {"What the source did": "feare", "What is put forward": "that something is not"}
    for label, words in {**choices, "How the text supports it": "known"}.items():
        typed(tab, label, words)
        saved(tab, "statement/1")
    expect(tab.locator(".chain .here .does")).to_contain_text("feared that something is not so")
    assert wordy.values("event/meeting")["kind"] == "event-kind/consult"
    values = wordy.values("statement/1")
    assert (values["act"], values["polarity"], values["grade"]) == ("fear", "negative", "outside")
