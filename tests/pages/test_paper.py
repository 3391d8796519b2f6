"""Every kind of page on paper: nothing to press, cut or closed, and the address by which it is found again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.addresses import EVERY_PAGE, FAULTS, OVER_THE_SERIES
from tests.pages.conftest import Reader, opened
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
A4_WIDTH, A4_HEIGHT = 794, 1123
"""A4 in CSS pixels."""
TO_PRESS = """() => [...document.querySelectorAll(
    'nav:not(.pager), form, button:not(.as-link), input, select, textarea, .editor, .pager a, .data-menu, .skip')]
  .filter(e => e.checkVisibility() && e.getClientRects().length).map(e => e.outerHTML.slice(0, 120))"""
CUT = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.unseen, svg *'))
  .filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const scrolls = style.display !== 'inline' && box.width > 1 && (
      style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1 ||
      style.overflowY !== 'visible' && e.scrollHeight > e.clientHeight + 1);
    return box.right > document.documentElement.clientWidth + 1 || box.left < -1 || scrolls && !e.closest('svg');
  }).map(e => e.outerHTML.slice(0, 120))"""
"""What reaches beyond the sheet, or has more than it shows."""
CLOSED = """() => [...document.querySelectorAll('main details')].filter(e => e.checkVisibility())
  .filter(e => [...e.children].some(part => part.tagName !== 'SUMMARY' && !part.classList.contains('on-screen')
    && !part.checkVisibility({ contentVisibilityAuto: true })))
  .map(e => e.outerHTML.slice(0, 120))"""
CHOPPED = """() => [...document.querySelectorAll('main :is(tr, li, figure, canvas, svg, dl > div, .statement, .pole)')]
  .filter(e => e.checkVisibility() && !e.closest('svg *') && getComputedStyle(e).breakInside !== 'avoid')
  .concat([...document.querySelectorAll('main :is(h2, h3, thead)')]
    .filter(e => e.checkVisibility() && getComputedStyle(e).breakAfter !== 'avoid'))
  .concat([...document.querySelectorAll('main section')].filter(e => getComputedStyle(e).breakInside === 'avoid'))
  .map(e => e.outerHTML.slice(0, 120))"""
"""What a page's end could go through, or what would leave a page empty by keeping together."""
STATEMENT = "/about/article/haqqani-talks/statement/official-warns-of-militias"


@pytest.fixture(scope="module")
def sheet(browser: Browser, site: Reader) -> Iterator[Page]:
    """Return a tab that shows pages as paper has them."""
    with opened(browser, site, A4_WIDTH, A4_HEIGHT) as tab:
        yield tab


@pytest.fixture(scope="module")
def sheet_of_series(browser: Browser, series: Reader) -> Iterator[Page]:
    """Return a tab that shows the series' pages as paper has them."""
    with opened(browser, series, A4_WIDTH, A4_HEIGHT) as tab:
        yield tab


def faults_on_paper(tab: Page, path: str) -> dict[str, list[str]]:
    """Return what is wrong with a page on paper, by kind."""
    tab.emulate_media(media="screen")
    tab.goto(path)
    tab.emulate_media(media="print")
    looks = {"to press": TO_PRESS, "cut": CUT, "closed": CLOSED, "chopped": CHOPPED}
    return {kind: faults for kind, look in looks.items() if (faults := tab.evaluate(look))}


@pytest.mark.parametrize("path", [*EVERY_PAGE, *FAULTS])
def test_a_page_on_paper_is_whole(sheet: Page, path: str) -> None:
    assert faults_on_paper(sheet, path) == {}


@pytest.mark.parametrize("path", OVER_THE_SERIES)
def test_a_page_over_several_articles_is_whole_on_paper(sheet_of_series: Page, path: str) -> None:
    assert faults_on_paper(sheet_of_series, path) == {}


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("/about/place/islamabad", "/about/place/islamabad (version 000002 of the data)"),
        ("/statements?polarity=negative", "/statements?polarity=negative&version=000002"),
        (STATEMENT, f"{STATEMENT}?version=000002"),
    ],
)
def test_paper_says_by_which_address_and_version_it_is_found_again(
    sheet: Page, site: Reader, path: str, printed: str
) -> None:
    sheet.goto(path)
    sheet.emulate_media(media="print")
    assert sheet.locator(".on-paper").inner_text() == f"This page: {site.address}{printed}"
    sheet.emulate_media(media="screen")
    assert not sheet.locator(".on-paper").is_visible()


def test_words_in_frames_are_explained_in_few_lines(sheet: Page) -> None:
    sheet.goto("/about/article/haqqani-talks/")
    sheet.emulate_media(media="print")
    explained = sheet.locator(".explained dl")
    pairs: list[tuple[float, float]] = explained.locator("> div").evaluate_all(
        "all => all.map(e => [...e.children].map(part => part.getBoundingClientRect().top))"
    )
    assert len(pairs) > 20
    # A word and its meaning stand in one row, and the rows in two columns.
    assert [pair for pair in pairs if abs(pair[0] - pair[1]) > 12] == []
    box = explained.bounding_box()
    assert box
    assert box["height"] < 24 * len(pairs)
    sheet.emulate_media(media="screen")


def test_lists_of_files_are_counted_and_not_listed(sheet_of_series: Page) -> None:
    sheet_of_series.goto("/dataset")
    sheet_of_series.emulate_media(media="print")
    rows = sheet_of_series.locator("tr", has=sheet_of_series.locator("summary"))
    assert rows.count() >= 2
    assert {words.split()[1] for words in rows.locator("summary").all_inner_texts()} == {"files", "graphs"}
    heights: list[float] = rows.evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert max(heights) < 100
    sheet_of_series.emulate_media(media="screen")


def test_paper_is_white_and_tells_sides_apart_without_colours(sheet: Page) -> None:
    sheet.goto("/about/article/haqqani-talks/event/islamabad-talks")
    sheet.emulate_media(media="print", color_scheme="dark")
    style = "(e, name) => getComputedStyle(e)[name]"
    assert sheet.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    grounds = "[document.documentElement, document.body].map(e => getComputedStyle(e).backgroundColor)"
    assert {*sheet.evaluate(grounds)} <= {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}
    names = [sheet.locator(f"main a.thing.side-{side}").first for side in "ab"]
    assert [name.evaluate(style, "textDecorationStyle") for name in names] == ["solid", "double"]
    parties = [sheet.locator(f".party.side-{side}").first for side in "ab"]
    assert [party.evaluate(style, "borderTopStyle") for party in parties] == ["solid", "double"]
    # What only a ground tells is printed where grounds are not.
    sheet.goto("/")
    keys = sheet.locator(".key").evaluate_all("keys => keys.map(e => getComputedStyle(e).printColorAdjust)")
    assert {*keys} == {"exact"}
