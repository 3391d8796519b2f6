"""Marks explain themselves on hover and focus, and answers to queries name things: passages by paragraph and words."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.pages.addresses import TALKS
from tests.pages.conftest import BUNDLES, Example, Reader, opened
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.skipif(not (BUNDLES / "article.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
SHOWN = "e => getComputedStyle(e, '::after').content"


def test_every_mark_of_an_article_explains_itself_by_its_scheme(wide: Tab, site: Reader) -> None:
    wide.goto(f"{TALKS}/")
    chips = wide.locator(".numbered a.chip")
    assert chips.count() > 60
    expect(wide.locator(".numbered a.chip:not([data-tip])")).to_have_count(0)
    schemes = site.get("/schemes").words
    tips = set(chips.evaluate_all("all => all.map(each => each.dataset.tip)"))
    assert {tip.partition(":")[0] for tip in tips} == {"What is done", "How certain"}
    assert [tip for tip in tips if tip.partition(": ")[2] not in schemes] == []


def test_a_tip_is_shown_on_hover_and_on_focus_alone(wide: Tab) -> None:
    wide.goto(f"{TALKS}/")
    entry = wide.locator(".numbered li", has_text="Clinton warned that unwillingness")
    for mark in (entry.locator("a.chip.act"), entry.locator("a.passage")):
        tip = mark.get_attribute("data-tip")
        assert tip
        assert mark.evaluate(SHOWN) == "none"
        mark.hover()
        assert mark.evaluate(SHOWN).strip('"').replace('\\"', '"') == tip
        wide.mouse.move(0, 0)
        assert mark.evaluate(SHOWN) == "none"
    # The keyboard comes from the mark before: what a script focuses shows its ring only after a key.
    entry.locator("a.chip").last.focus()
    wide.keyboard.press("Tab")
    passage = entry.locator("a.passage")
    expect(passage).to_be_focused()
    assert passage.evaluate(SHOWN) != "none"


def test_on_a_touch_screen_a_passage_shows_the_words_that_it_has_and_nothing_else(
    browser: Browser, site: Reader
) -> None:
    context = browser.new_context(base_url=site.address, has_touch=True, is_mobile=True)
    tab = context.new_page()
    tab.goto(f"{TALKS}/event/islamabad-talks")
    shown = tab.locator("a.passage[data-tip]").evaluate_all(
        "all => all.map(e => [e.dataset.tip, getComputedStyle(e, '::after').content])"
    )
    context.close()
    assert {tip.startswith("Characters ") for tip, _ in shown} == {True, False}
    for tip, content in shown:
        expected = "none" if tip.startswith("Characters ") else tip
        assert content.strip('"').replace('\\"', '"') == expected


TIPPED = "[...document.querySelectorAll('[data-tip]')].filter(e => e.getClientRects().length)"


def tip_box(tab: Tab, number: int) -> tuple[float, float, float, float]:
    """Return the box of the tip of a mark that is hovered, by the mark's number: left, top, right and bottom."""
    session = tab.context.new_cdp_session(tab)
    session.send("DOM.getDocument")
    mark = session.send("Runtime.evaluate", {"expression": f"{TIPPED}[{number}]"})["result"]["objectId"]
    node = session.send("DOM.describeNode", {"objectId": mark})["node"]
    (tip,) = [part for part in node["pseudoElements"] if part["pseudoType"] == "after"]
    corners = session.send("DOM.getBoxModel", {"backendNodeId": tip["backendNodeId"]})["model"]["border"]
    session.detach()
    return min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2])


@pytest.mark.parametrize("width", [360, 700, 1000, 1280])
@pytest.mark.parametrize("path", [f"{TALKS}/statement/official-warns-of-militias", f"{TALKS}/event/islamabad-talks"])
def test_a_tip_is_whole_within_the_window_and_beside_its_mark(
    browser: Browser, site: Reader, path: str, width: int
) -> None:
    with opened(browser, site, width, 800) as tab:
        tab.goto(path)
        marks = tab.evaluate_handle(TIPPED)
        rights: list[float] = tab.evaluate("marks => marks.map(e => e.getBoundingClientRect().right)", marks)
        assert len(rights) > 3
        for number in sorted(range(len(rights)), key=lambda number: -rights[number])[:3]:
            mark = tab.evaluate_handle(f"marks => marks[{number}]", marks).as_element()
            assert mark
            mark.scroll_into_view_if_needed()
            mark.hover()
            left, top, right, bottom = tip_box(tab, number)
            assert left >= 0
            assert right <= width
            assert top >= 0
            assert bottom <= 800
            assert right - left > 60
            box = mark.bounding_box()
            assert box
            if width > 640:
                assert min(abs(top - box["y"] - box["height"]), abs(box["y"] - bottom)) < 8
                assert left < box["x"] + box["width"]
                assert right > box["x"]


def test_a_passage_says_the_words_of_its_fragment_where_the_text_is_not_at_hand(wide: Tab) -> None:
    wide.goto(f"{TALKS}/")
    entry = wide.locator(".numbered li", has_text="Clinton warned that unwillingness")
    tip = entry.locator("a.passage").get_attribute("data-tip") or ""
    title = "Pakistan, the United States and the Haqqani network, October 2011"
    assert tip == f'\u201cEarlier \u2026 price."\u201d \u2014 {title}. The text is not here.'


@pytest.mark.parametrize(
    ("path", "heading", "has_posts"),
    [
        ("event/islamabad-talks", "Who was there", True),
        ("event/us-calls", "Who took part", False),
        ("scenario/breakup-of-the-force", "Who would take part", False),
    ],
)
def test_only_a_meeting_has_somebody_there(
    site: Reader,
    path: str,
    heading: str,
    has_posts: bool,  # noqa: FBT001 - a table's column
) -> None:
    page = site.get(f"{TALKS}/{path}")
    assert f'<h2 id="who">{heading}</h2>' in page.text
    assert ("Posts are those held at the article's time." in page.words) == has_posts


def test_a_passage_without_words_says_in_which_paragraph_it_is_and_at_which_characters(site: Reader) -> None:
    page = site.get(f"{TALKS}/event/islamabad-talks")
    title = "Pakistan, the United States and the Haqqani network, October 2011"
    tip = f"Characters 6,808 to 6,848 of {title}. The text is not here."
    assert f'data-tip="{tip}">\u00b6\u00a013<' in page.text


def test_a_passage_says_its_words_where_the_text_is_at_hand(
    browser: Browser, with_text: Reader, example: Example
) -> None:
    with opened(browser, with_text, 1200, 900) as tab:
        tab.goto("/about/article/harbour-talks/")
        tips = tab.locator(".numbered a.passage").evaluate_all(
            "all => all.map(each => [each.href.split('/').at(-1), each.dataset.tip])"
        )
    assert len(tips) > 30
    for span, tip in tips:
        start, end = map(int, span.split("-"))
        words = example.text[start:end]
        shortened = words if len(words) <= 220 else f"{words[:220].rstrip()}\u2026"
        assert tip == f"\u201c{shortened}\u201d"


def test_without_a_script_the_words_in_frames_are_explained_below_the_list(browser: Browser, site: Reader) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    tab = context.new_page()
    try:
        tab.goto(f"{TALKS}/")
        tab.get_by_text("What the words in frames mean").click()
        meaning = tab.locator(".explained dl > div", has=tab.get_by_role("link", name="warned", exact=True))
        expect(meaning).to_be_visible()
        listed = tab.locator(".explained a.chip").evaluate_all("all => all.map(each => each.href)")
        shown = tab.locator(".numbered a.chip").evaluate_all("all => all.map(each => each.href)")
        assert len(listed) == len(set(listed))
        assert set(listed) == set(shown)
    finally:
        context.close()


CQ = "PREFIX cq: <https://w3id.org/communique/ontology#> "
PASSAGES = f"{CQ}SELECT ?passage (COUNT(?s) AS ?n) {{ ?s cq:evidence ?passage }} GROUP BY ?passage ORDER BY ?passage"
TITLE = "The worked example, an invented report of talks over a strait"
PEN = """window.drawn = [];
const pen = CanvasRenderingContext2D.prototype, { fillText } = pen;
pen.fillText = function (text, ...rest) { drawn.push(text); fillText.call(this, text, ...rest) }"""
DATED = f"{CQ}SELECT ?passage ?at {{ ?e cq:evidence ?passage ; cq:earliestBegin ?at }} ORDER BY ?passage"


def passage_name(text: str, span: str) -> str:
    """Return what a passage is called: its paragraph, counted here, and its first words."""
    start, end = map(int, span.split("-"))
    paragraph = sum(bool(line.strip()) for line in text[: start + 1].split("\n"))
    words = " ".join(text[start:end].split()).strip("\"\u201c\u201d'")
    beginning = words if len(words) <= 50 else f"{words[:50].rpartition(' ')[0]}\u2026"
    return f"\u00b6\u00a0{paragraph}: \u201c{beginning}\u201d ({TITLE})"


@pytest.mark.parametrize(("query", "view"), [(PASSAGES, "table"), (PASSAGES, "chart"), (DATED, "timeline")])
def test_an_answer_names_passages_by_paragraph_and_words(
    browser: Browser, with_text: Reader, example: Example, query: str, view: str
) -> None:
    with opened(browser, with_text, 1200, 900) as tab:
        tab.goto(f"/sparql?query={quote(query)}#as={view}")
        expect(tab.locator("#status")).to_contain_text(" ms.")
        named = tab.locator("#look a").evaluate_all("all => all.map(a => [a.href.split('/').at(-1), a.innerText])")
    assert len(named) > 4
    assert [pair for pair in named if pair[1] != passage_name(example.text, pair[0])] == []


def test_an_answer_without_scripts_names_passages_too(with_text: Reader, example: Example) -> None:
    text = with_text.get(f"/sparql?query={quote(PASSAGES)}").text
    named = re.findall(r'href="/about/article/harbour-talks/passage/([^"]+)"><bdi>([^<]+)</bdi>', text)
    assert len(named) > 30
    assert [pair for pair in named if html.unescape(pair[1]) != passage_name(example.text, pair[0])] == []


def test_a_graph_of_an_answer_has_names_alone(wide: Tab) -> None:
    query = f"{CQ}SELECT ?s ?passage {{ ?s a cq:Statement ; cq:evidence ?passage }} LIMIT 15"
    wide.add_init_script(PEN)
    wide.goto(f"/sparql?query={quote(query)}#as=graph")
    wide.wait_for_function("() => drawn.length > 10")
    words = set(wide.evaluate("drawn"))
    assert any(text.startswith("\u00b6") for text in words)
    assert [text for text in words if ":" in text or "/" in text] == []


def test_an_answer_of_many_things_names_more_than_five_hundred(wide: Tab) -> None:
    kinds = "cq:Passage, cq:Statement, cq:Proposition, cq:Link"
    query = f"{CQ}SELECT ?thing {{ ?thing a ?kind FILTER(?kind IN ({kinds})) }} ORDER BY ?thing"
    wide.goto(f"/sparql?query={quote(query)}")
    expect(wide.locator("#status")).to_contain_text(" ms.")
    rows = int((wide.inner_text("#status")).split()[0].replace(",", ""))
    assert rows > 600
    for shown in (*range(200, rows, 200), rows):
        expect(wide.locator("#look td")).to_have_count(shown)
        if shown < rows:
            wide.get_by_role("button", name=re.compile("^Show .* more")).click()
    cells = wide.locator("#look td").all_inner_texts()
    assert [text for text in cells if text.startswith(("http", "article/"))] == []
