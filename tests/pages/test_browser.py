"""The pages in a real browser: accessible by axe-core, in light and dark, at 360 pixels, by keyboard, and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.pages.addresses import BASE, EVERY_PAGE, FAULTS, OVER_THE_SERIES, TALKS, WHY
from tests.pages.conftest import BUNDLES, Reader, opened
from tests.support.chromium import CHROMIUM

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]

READ = (
    "/about/article/harbour-talks/",
    "/about/article/harbour-talks/?passage=436-463#at-436",
    "/about/article/harbour-talks/passage/436-463",
)
"""Pages that show words of an available text."""
RULES = """{resultTypes: ['violations'], runOnly: {
  type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }}"""
UNREACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex < 0)
  .filter(e => !e.closest('[role=tablist], .cm-editor'))
  .map(e => e.outerHTML.slice(0, 120))"""
"""What is visible and enabled, and yet no stop of the keyboard; of tabs, the chosen one is (ARIA's pattern)."""
STYLE_RULES = """{resultTypes: ['violations'], runOnly: [
  'color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size' ]}"""
"""The rules whose outcome depends on colours and on the width; what the markup says is the same in the dark."""


def look_at(tab: Page, path: str) -> None:
    """Open a page, and wait until its script has made of it what it makes."""
    tab.goto(path)
    # The editor comes with the focus, and without being asked where there is an error to be marked.
    if path.startswith("/sparql"):
        tab.locator("#query:visible, .cm-content").focus()
        expect(tab.locator(".cm-content")).to_be_visible()
        # The field may have been hidden between being found and being focused.
        tab.locator(".cm-content").focus()
    elif path.startswith("/network") and "/chain" not in path:
        expect(tab.locator("#nodes [role=option]").first).to_be_visible()


def violations(tab: Page, rules: str = RULES) -> list[str]:
    """Return what axe-core finds on the page that a tab shows, a line each."""
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    faults = (
        "({violations}) => violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 160)}`))"
    )
    lines: list[str] = tab.evaluate(f"axe.run(document, {rules}).then({faults})")
    return lines


@pytest.fixture(scope="module")
def desk(browser: Browser, site: Reader) -> Iterator[Page]:
    """Return a tab in which one page is looked at after another: opening a tab takes longer than a page."""
    with opened(browser, site, 1200, 900) as tab:
        yield tab


@dataclass
class Telephone:
    """A narrow tab in dark mode, in which pages are opened one after another, with its requests and messages."""

    tab: Page
    requests: list[Request] = field(default_factory=list)
    messages: list[ConsoleMessage] = field(default_factory=list)


@pytest.fixture(scope="module")
def telephone(browser: Browser, site: Reader) -> Iterator[Telephone]:
    """Return a telephone."""
    with opened(browser, site, 360, 740) as tab:
        traced = Telephone(tab)
        tab.emulate_media(color_scheme="dark")
        # Playwright marks the function that it is given, which a method of a list does not let it.
        tab.on("request", lambda request: traced.requests.append(request))  # noqa: PLW0108
        tab.on("console", lambda message: traced.messages.append(message))  # noqa: PLW0108
        yield traced


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci in frontend/)")
@pytest.mark.parametrize("path", [*EVERY_PAGE, *FAULTS])
def test_a_page_has_no_fault_of_accessibility(desk: Page, path: str) -> None:
    look_at(desk, path)
    assert violations(desk) == []


@pytest.mark.parametrize("path", [*EVERY_PAGE, *FAULTS])
def test_a_page_fits_a_telephone_in_the_dark_and_loads_nothing_from_elsewhere(
    telephone: Telephone, site: Reader, path: str
) -> None:
    telephone.requests.clear()
    telephone.messages.clear()
    look_at(telephone.tab, path)
    assert telephone.tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert not AXE.is_file() or violations(telephone.tab, STYLE_RULES) == []
    assert telephone.requests
    assert [event.url for event in telephone.requests if not event.url.startswith(site.address)] == []
    errors = [event.text for event in telephone.messages if event.type == "error"]
    assert [text for text in errors if not re.search(r"\b40[04]\b", text)] == []


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci in frontend/)")
@pytest.mark.parametrize("path", OVER_THE_SERIES)
def test_a_page_over_several_articles_has_no_fault_and_fits_a_telephone(
    browser: Browser, series: Reader, path: str
) -> None:
    with opened(browser, series, 360, 740) as narrow:
        look_at(narrow, path)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(narrow) == []


@pytest.mark.parametrize("path", [*EVERY_PAGE, *FAULTS])
def test_every_control_of_a_page_is_reached_by_keyboard(desk: Page, path: str) -> None:
    look_at(desk, path)
    desk.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    assert desk.evaluate(UNREACHABLE) == []


def test_a_reader_finds_who_took_part_in_a_meeting(wide: Page) -> None:
    wide.goto("/")
    wide.get_by_role("link", name="Events", exact=True).click()
    wide.get_by_role("link", name="the talks between the U.S. and Pakistani delegations in Islamabad").click()
    party = wide.locator(".party", has=wide.get_by_role("heading", name="the government of Pakistan"))
    expect(party.get_by_role("link", name="Hina Rabbani Khar")).to_be_visible()


def test_a_reader_follows_a_statement_to_its_passage(wide: Page) -> None:
    wide.goto("/statements?q=brinkmanship")
    wide.get_by_role("link", name="A Pakistani military official called what had been going on").click()
    wide.get_by_role("link", name="characters 2217 to 2348").click()
    expect(wide).to_have_url(re.compile("passage/2217-2348"))


def test_a_reader_finds_the_two_statements_that_contradict_each_other(wide: Page) -> None:
    wide.goto("/")
    wide.get_by_role("link", name="Disagreements").click()
    pair = wide.locator(".versus.contradicts")
    expect(pair.locator(".statement")).to_have_count(2)
    expect(pair.locator("a.passage")).to_have_count(2)
    assert pair.locator("a.passage").all_inner_texts() == ["\u00b6\u00a08", "\u00b6\u00a05"]
    pair.locator(".gist a").first.click()
    contradicted = wide.locator("section", has=wide.get_by_role("heading", name="What speaks for and against it"))
    expect(contradicted.get_by_role("heading", name="Contradicts")).to_be_visible()
    wide.wait_for_load_state()
    if not contradicted.get_by_role("link", name="why?").count():
        contradicted.locator(".contradicts + .statements .gist a").click()
    contradicted.get_by_role("link", name="why?").first.click()
    expect(wide.locator("main")).to_contain_text("It follows, since")


def test_a_reader_narrows_statements_down_and_shares_the_address(tab: Page) -> None:
    tab.goto("/statements")
    tab.get_by_role("button", name="Narrow down").click()
    tab.locator("summary", has_text="What is put forward").click()
    tab.get_by_role("link", name="that something is not so", exact=True).click()
    expect(tab).to_have_url(re.compile(r"/statements\?polarity=negative$"))
    shared = tab.inner_text(".found")
    tab.goto(tab.url)
    assert tab.inner_text(".found") == shared


def test_a_reader_downloads_the_rows_as_csv(wide: Page, site: Reader) -> None:
    wide.goto("/statements?act=deny")
    wide.locator(".data-menu summary").click()
    address = wide.get_by_role("link", name="CSV", exact=True).get_attribute("href")
    assert address is not None
    assert site.get(address, "*/*").text.startswith("statement,gist,source")


def test_a_reader_moves_along_the_timeline_by_keyboard_and_shares_the_address(tab: Page) -> None:
    tab.goto("/timeline")
    tab.locator("#ruler").focus()
    whole = tab.inner_text(".window")
    for key in ("+", "ArrowRight", "-", "+"):
        before = tab.inner_text(".window")
        tab.keyboard.press(key)
        tab.wait_for_function("before => document.querySelector('.window').innerText !== before", arg=before)
        assert tab.evaluate("document.activeElement.id") == "ruler"
    shared = tab.inner_text("#drawn")
    tab.goto(tab.url)
    assert tab.inner_text("#drawn") == shared
    tab.locator("#ruler").focus()
    tab.keyboard.press("Home")
    tab.wait_for_function("whole => document.querySelector('.window').innerText === whole", arg=whole)
    assert tab.url.endswith("/timeline")


def test_a_reader_moves_along_the_timeline_by_wheel_and_pointer(wide: Page) -> None:
    wide.goto("/timeline")
    ruler = wide.locator("#ruler svg")
    ruler.scroll_into_view_if_needed()
    box = ruler.bounding_box()
    assert box is not None
    wide.mouse.move(box["x"] + 500, box["y"] + 10)
    wide.mouse.wheel(0, -400)
    wide.wait_for_url("**/timeline?from=*")
    near = wide.inner_text(".window")
    wide.mouse.down()
    wide.mouse.move(box["x"] + 200, box["y"] + 10, steps=4)
    wide.mouse.up()
    wide.wait_for_function("near => document.querySelector('.window').innerText !== near", arg=near)
    assert wide.url.count("/timeline?from=") == 1


def test_the_timeline_is_whole_without_a_script(browser: Browser, site: Reader) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    tab = context.new_page()
    try:
        tab.goto("/timeline")
        tab.get_by_role("link", name="Zoom in").click()
        tab.get_by_role("link", name="Show only 21 Oct 00:00").click()
        tab.fill("#person", "Clinton")
        tab.get_by_role("button", name="Show").click()
        expect(tab).to_have_url(re.compile("[?&]from=2011-10-21&"))
        expect(tab.get_by_role("link", name="a press conference in Islamabad")).to_be_visible()
    finally:
        context.close()


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("path", READ)
def test_a_page_that_shows_the_text_fits_and_has_no_fault(
    browser: Browser, with_text: Reader, path: str, width: int
) -> None:
    context = browser.new_context(base_url=with_text.address, viewport={"width": width, "height": 900})
    reading = context.new_page()
    try:
        reading.goto(path)
        assert reading.evaluate("document.documentElement.scrollWidth") <= width
        assert not AXE.is_file() or violations(reading) == []
    finally:
        context.close()


def test_a_reader_goes_from_words_to_statement_and_back(browser: Browser, with_text: Reader) -> None:
    context = browser.new_context(base_url=with_text.address, viewport={"width": 1200, "height": 900})
    reading = context.new_page()
    try:
        reading.goto(READ[0])
        reading.locator(".annotated .words", has_text="The talks opened at 10 p.m.").click()
        entry = reading.locator(".numbered li:target")
        assert "The talks began at ten in the evening" in entry.inner_text()
        later = reading.locator(".numbered li").nth(30)
        later.get_by_role("link", name="in the text").click()
        chosen = reading.locator(".annotated .picked").first
        assert chosen.evaluate("each => each === document.activeElement")
        box, pane = chosen.bounding_box(), reading.locator(".pane").first.bounding_box()
        assert box is not None
        assert pane is not None
        shared = chosen.inner_text()
        reading.wait_for_function(
            "() => { const [a, b] = ['.annotated .picked', '.pane'].map(e => document.querySelector(e)"
            ".getBoundingClientRect()); return b.top <= a.top && a.top <= b.bottom; }"
        )
        reading.goto(reading.url)
        assert reading.locator(".annotated .picked").first.inner_text() == shared
    finally:
        context.close()


def test_the_text_and_its_statements_lead_to_each_other_without_a_script(browser: Browser, with_text: Reader) -> None:
    context = browser.new_context(base_url=with_text.address, java_script_enabled=False)
    reading = context.new_page()
    try:
        reading.goto(READ[0])
        reading.locator(".numbered li").nth(5).get_by_role("link", name="in the text").click()
        assert reading.locator(".annotated .picked").first.inner_text().startswith("The talks opened")
        assert "The talks began" in reading.locator(".numbered .picked").inner_text()
    finally:
        context.close()


def by_keyboard(tab: Page, name: str, most: int = 90) -> None:
    """Go to a link by the keyboard alone, and follow it."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent.trim()").startswith(name):
            assert tab.evaluate("document.activeElement.matches(':focus-visible')")
            tab.keyboard.press("Enter")
            return
    pytest.fail(f"The keyboard came to no link {name!r} within {most} stops of {tab.url}.")


def test_a_reader_does_it_all_by_keyboard_on_a_telephone(tab: Page) -> None:
    tab.goto("/")
    by_keyboard(tab, "Menu")
    by_keyboard(tab, "Events")
    tab.wait_for_url("**/events")
    by_keyboard(tab, "the talks between")
    tab.wait_for_url("**/event/islamabad-talks")
    by_keyboard(tab, "Kayani suggested in the meetings")
    tab.wait_for_url("**/statement/*")
    by_keyboard(tab, "characters 2662 to 2808")
    tab.wait_for_url("**/passage/2662-2808")
    by_keyboard(tab, "Menu")
    by_keyboard(tab, "Disagreements")
    tab.wait_for_url("**/disagreements")
    by_keyboard(tab, "The military official said that the Haqqanis")
    tab.wait_for_url("**/statement/official-not-in-our-pocket")
    expect(tab.get_by_role("heading", name="Contradicts")).to_be_visible()


def test_nothing_moves_with_reduced_motion(browser: Browser, site: Reader) -> None:
    context = browser.new_context(base_url=site.address, reduced_motion="reduce")
    tab = context.new_page()
    try:
        tab.goto("/")
        slow = "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
        assert tab.evaluate(f"{slow}.length") == 0
        tab.emulate_media(reduced_motion="no-preference")
        assert tab.evaluate(f"{slow}.length") > 0
    finally:
        context.close()


def test_paper_shows_all_of_a_text_and_its_statements(browser: Browser, with_text: Reader) -> None:
    context = browser.new_context(base_url=with_text.address, viewport={"width": 1200, "height": 900})
    tab = context.new_page()
    try:
        tab.goto(READ[0])
        tab.emulate_media(media="print")
        assert tab.evaluate("[...document.querySelectorAll('.pane')].every(e => e.scrollHeight <= e.clientHeight + 1)")
    finally:
        context.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(tab: Page) -> None:
    tab.goto("/people")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_the_data_menu_opens_by_keyboard(wide: Page) -> None:
    wide.goto("/people")
    wide.locator(".data-menu summary").focus()
    wide.keyboard.press("Enter")
    expect(wide.get_by_role("link", name="Turtle")).to_be_visible()


@pytest.mark.skipif(not (BUNDLES / "menu.js").is_file(), reason="the pages' scripts are not made (make setup)")
def test_the_data_menu_closes_by_escape_and_by_a_press_outside(wide: Page) -> None:
    wide.goto("/people")
    summary, panel = wide.locator(".data-menu summary"), wide.locator(".data-menu .panel")
    summary.click()
    panel.get_by_role("link", name="Turtle").focus()
    wide.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    panel.locator("h2").first.click()
    expect(panel).to_be_visible()
    wide.locator("h1").click()
    expect(panel).to_be_hidden()


def test_what_has_the_focus_shows_it(wide: Page) -> None:
    wide.goto("/people")
    for _ in range(4):
        wide.keyboard.press("Tab")
    assert wide.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_paper_has_no_navigation(wide: Page) -> None:
    wide.goto(f"{TALKS}/statement/official-brinkmanship")
    wide.emulate_media(media="print")
    assert not wide.get_by_role("navigation", name="Main").is_visible()
    assert wide.get_by_role("heading", name="Who says so").is_visible()


def test_paper_repeats_no_address_that_is_a_link_s_own_words(wide: Page) -> None:
    wide.goto(f"/cite?iri={quote(f'{BASE}article/haqqani-talks/scenario/breakup-of-the-force', safe='')}")
    wide.emulate_media(media="print")
    after = "e => getComputedStyle(e, '::after').content"
    assert wide.locator("main a.permalink").first.evaluate(after) == "none"


CITED = f"/cite?iri={quote(f'{BASE}article/haqqani-talks/scenario/breakup-of-the-force', safe='')}"
PRESSED = re.compile(
    r"Cite|Copy|Earlier|Later|why\?|as a file|All as a table \(CSV\)|SVG|GraphML|"
    r"Everything said on it, by party|[↓\u00d7]"
)
"""The words of controls that do something only where they are pressed."""


ON_PAPER = (
    *("/network", "/timeline", "/sparql", "/statements", "/statements?polarity=negative", "/disagreements"),
    *(CITED, WHY),
    *(
        "/examples/30-contradictions",
        "/about/person/ashfaq-parvez-kayani",
        "/about/place/islamabad",
        "/examples/03-talks-when",
    ),
)


@pytest.mark.parametrize("path", ON_PAPER)
def test_paper_has_nothing_to_press(wide: Page, path: str) -> None:
    look_at(wide, path)
    on_screen = wide.locator("main").inner_text()
    wide.emulate_media(media="print")
    printed = wide.locator("main").inner_text()
    pressed = "main :is(button:not(.as-link), input, select, textarea, .editor)"
    assert wide.locator(pressed).filter(visible=True).count() == 0
    assert [line for line in printed.split("\n") if PRESSED.fullmatch(line.strip())] == []
    assert "why?" not in printed
    assert not re.search("[↓\u00d7]", printed)
    # What is closed on the screen is printed.
    assert wide.locator("main details").count() or len(printed) < len(on_screen)


def test_paper_has_the_names_of_whom_a_person_is_linked_to(wide: Page) -> None:
    look_at(wide, f"/network?around={BASE}person/ashfaq-parvez-kayani")
    wide.emulate_media(media="print")
    expect(wide.locator("#about")).to_contain_text("took part in the talks between the U.S. and Pakistani delegations")
    names = wide.locator("#about .as-link")
    assert names.count() == names.filter(visible=True).count() == 12
    assert wide.locator("#nodes").evaluate("e => e.scrollHeight <= e.clientHeight + 1")


@pytest.mark.parametrize("path", ["/examples/03-talks-when", f"/sparql?query={quote('SELECT ?n { BIND (7 AS ?n) }')}"])
def test_paper_has_the_query_beside_its_answer(wide: Page, path: str) -> None:
    look_at(wide, path)
    wide.emulate_media(media="print")
    query = wide.locator("#asked, main details pre")
    assert "SELECT ?" in query.inner_text()
    size = query.bounding_box()
    assert size
    assert size["height"] > 16
    assert query.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
    assert wide.locator("table.answer:visible").count() == 1
