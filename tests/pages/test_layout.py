"""Where things stand on a page: labels that do not meet, nothing cut, one after another on a telephone."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from server.pages.rendering.page_rendering import shorten
from tests.pages.conftest import BUNDLES, Reader, opened
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
scripted = pytest.mark.skipif(
    not (BUNDLES / "network.js").is_file(), reason="the pages' scripts are not made (make setup)"
)
WINDOWS = (
    "",
    "?from=2011-10-20T20:00&until=2011-10-21T04:00",
    "?from=2011-10-20T23:00&until=2011-10-25",
    "?from=2011-01-01&until=2012-06-01",
)
BOXES = """shown => [...document.querySelectorAll(shown)].filter(e => e.getClientRects().length)
  .map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })"""
CLIPPED = """() => [...document.querySelectorAll('select, input[placeholder]')]
  .filter(e => e.checkVisibility())
  .filter(e => {
    const style = getComputedStyle(e);
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const words = e.tagName === 'SELECT' ? e.options[e.selectedIndex].text : e.placeholder;
    const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return pen.measureText(words).width > room;
  }).map(e => e.outerHTML.slice(0, 80))"""
EMPTY_PIXELS = """() => [...document.querySelectorAll('.tiles a')].map(box => {
  const words = document.createRange();
  words.selectNodeContents(box);
  return box.getBoundingClientRect().height - words.getBoundingClientRect().height;
})"""
"""How much of the height of each box of a count has no words."""
BETWEEN = "() => [...document.querySelectorAll('.between')].map(e => e.innerText.trim().split('\\n')[0])"
STRUCK_THROUGH = """() => [...document.querySelectorAll('.between > *')].filter(e => {
  const { position, backgroundColor } = getComputedStyle(e);
  return position === 'static' || backgroundColor === 'rgba(0, 0, 0, 0)';
}).map(e => e.innerText)"""
"""What stands between statements without a ground of its own above the line."""
NAMES = "() => { const { view } = document.querySelector('#tool'); return [...view.names.values()] }"
NUMBERED = """() => { const { view } = document.querySelector('#tool');
  return view.graph.nodes.map(({ label }, index) => [label, view.numbers[index]]) }"""
COVERED = """() => {
  const { view } = document.querySelector('#tool'), discs = view.discs();
  return [...view.names].filter(([index, name]) => discs.some((disc, other) => other !== index
    && name[0] < disc[2] && name[2] > disc[0] && name[1] < disc[3] && name[3] > disc[1]))
    .map(([index]) => view.graph.nodes[index].label)
}"""
"""The names that stand over the sign of another node."""

Box = tuple[float, float, float, float]


def boxes(tab: Tab, selector: str) -> list[Box]:
    """Return the boxes of what is visible of a selector: left, top, right and bottom in pixels of the page's frame."""
    boxes: list[Any] = tab.evaluate(BOXES, selector)
    return [(left, top, right, bottom) for left, top, right, bottom in boxes]


def overlaps(placed: list[Box]) -> list[tuple[Box, Box]]:
    """Return the pairs of boxes that overlap by more than a pixel."""
    return [
        (first, second)
        for first, second in combinations(placed, 2)
        if min(first[2], second[2]) - max(first[0], second[0]) > 1
        and min(first[3], second[3]) - max(first[1], second[1]) > 1
    ]


@pytest.mark.parametrize("width", [360, 700, 1000, 1280])
def test_labels_of_the_timeline_do_not_meet_nor_leave_the_page(browser: Browser, site: Reader, width: int) -> None:
    with opened(browser, site, width, 800) as tab:
        for window in WINDOWS:
            tab.goto(f"/timeline{window}")
            labels = boxes(tab, ".ruler text")
            assert len(labels) >= 3, window
            assert overlaps(labels) == [], window
            assert all(left >= 0 and right <= width for left, _, right, _ in labels), window


@scripted
@pytest.mark.parametrize(("width", "named"), [(360, 15), (1280, 15)])
def test_names_in_the_network_do_not_meet_nor_leave_the_picture(
    browser: Browser, site: Reader, width: int, named: int
) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.goto("/network")
        expect(tab.locator("#tool")).to_have_attribute("data-placed", "")
        tab.wait_for_function(f"() => document.querySelector('#tool').view.names.size >= {named}")
        names = [(left, top, right, bottom) for left, top, right, bottom in tab.evaluate(NAMES)]
        canvas = tab.locator("#canvas").bounding_box()
        assert canvas is not None
        assert overlaps(names) == []
        assert tab.evaluate(COVERED) == []
        # A name without room for it is its number in the list.
        ranks, listed = (tab.locator(f"#nodes {part}").all_inner_texts() for part in (".rank", "bdi"))
        numbers = dict(tab.evaluate(NUMBERED))
        assert numbers == dict(zip(listed, ranks, strict=True))
        assert all(left >= 0 and top >= 0 for left, top, _, _ in names)
        assert all(right <= canvas["width"] and bottom <= canvas["height"] for _, _, right, bottom in names)


@scripted
@pytest.mark.parametrize("width", [360, 1280])
def test_the_network_is_after_its_list_on_a_telephone_and_beside_it_at_a_desk(
    browser: Browser, site: Reader, width: int
) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.goto("/network")
        expect(tab.locator("#nodes [role=option]").first).to_be_visible()
        ((left, top, right, bottom),) = boxes(tab, "#canvas")
        ((_, list_top, _, list_bottom),) = boxes(tab, "#nodes")
        if width == 360:
            assert list_bottom < top
            assert right - left > 300
        else:
            assert top < list_top < list_bottom < bottom


@scripted
def test_a_network_that_does_not_come_says_so_and_is_asked_for_again(tab: Tab) -> None:
    sentence = "The server is busy: expected fewer requests at a time."
    answers = ["busy", "real"]

    def answer(route: Any) -> None:  # noqa: ANN401 -- Playwright's
        if answers.pop(0) == "busy":
            expect(tab.locator("#network-status")).to_have_text("Waiting for the server\u2026")
            expect(tab.locator(".stage")).to_be_hidden()
            route.fulfill(status=503, body=sentence)
        else:
            route.continue_()

    tab.route("**/network/graph*", answer)
    tab.goto("/network")
    expect(tab.locator("#network-status")).to_have_text(sentence)
    expect(tab.locator(".stage")).to_be_hidden()
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator("#nodes li")).to_have_count(15)
    expect(tab.get_by_role("button", name="Try again")).to_be_hidden()
    assert answers == []


@pytest.mark.parametrize("width", [700, 1280])
def test_names_in_the_picture_of_the_first_page_are_within_it_and_do_not_meet(
    browser: Browser, site: Reader, width: int
) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.goto("/")
        ((left, top, right, bottom),) = boxes(tab, "svg.network")
        names = boxes(tab, "svg.network text")
        assert len(names) > 5
        assert overlaps(names) == []
        assert all(name[0] >= left and name[1] >= top for name in names)
        assert all(name[2] <= right and name[3] <= bottom for name in names)


def test_the_first_page_lists_on_a_telephone_what_it_draws_at_a_desk(tab: Tab) -> None:
    tab.goto("/")
    assert boxes(tab, "svg.network") == []
    meeting = tab.locator(".meetings-listed li").first
    expect(meeting).to_contain_text("the talks between the U.S. and Pakistani delegations in Islamabad: ")
    listed = set(meeting.get_by_role("link").all_inner_texts()[1:])
    tab.set_viewport_size({"width": 1280, "height": 900})
    expect(meeting).to_be_hidden()
    drawn = tab.locator("svg.network a title").all_text_contents()
    assert listed == {"Hillary Clinton", "Hina Rabbani Khar"} | listed
    assert listed <= set(drawn)


@pytest.mark.parametrize("path", ["/about/article/haqqani-talks/statement/official-not-in-our-pocket", "/people"])
def test_what_a_page_offers_stands_in_one_row_on_a_telephone_and_opens_within_it(tab: Tab, path: str) -> None:
    tab.goto(path)
    row = boxes(tab, ".page-actions > *")
    assert len(row) == (3 if "statement" in path else 1)
    assert len({round(top) for _, top, _, _ in row}) == 1
    tab.locator(".data-menu summary").click()
    ((left, _, right, _),) = boxes(tab, ".data-menu .panel")
    assert left >= 0
    assert right <= 360


@pytest.mark.parametrize("path", ["/", "/people", "/timeline", "/statements", "/network", "/search"])
def test_no_select_or_hint_of_a_field_is_clipped(tab: Tab, path: str) -> None:
    tab.goto(path)
    for width in (360, 700, 1000, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate(CLIPPED) == [], f"at {width} px"


@pytest.mark.parametrize("width", [1100, 1200, 1280])
def test_a_statement_keeps_apart_from_its_link_into_the_text(
    browser: Browser, series_with_texts: Reader, width: int
) -> None:
    with opened(browser, series_with_texts, width, 800) as tab:
        tab.goto("/about/article/ferry-fire/")
        statements, links = boxes(tab, ".numbered .statement"), boxes(tab, ".numbered .back")
        assert len(statements) == len(links) > 10
        assert min(link[0] - statement[2] for statement, link in zip(statements, links, strict=True)) >= 6


def test_a_count_of_one_is_singular_on_a_telephone(tab: Tab) -> None:
    tab.goto("/people")
    row = tab.locator("tr", has=tab.get_by_role("link", name="Mike Mullen")).first
    labels = row.locator("td.number").evaluate_all("each => each.map(e => `${e.textContent} ${e.dataset.label}`)")
    assert labels == ["1 statement", "1 event"]
    lines = row.locator("td.number").evaluate_all("each => each.map(e => e.getBoundingClientRect().y)")
    assert lines[0] == lines[1]


def test_the_ends_of_an_axis_stand_where_their_moments_do(browser: Browser, site: Reader) -> None:
    with opened(browser, site, 1280, 900) as tab:
        for path, ends, drawing in (
            ("/events", ".axis", ".timeline li:has-text('arrival in Islamabad') .may"),
            ("/about/article/haqqani-talks/event/islamabad-talks", ".span-bar + .axis-ends", ".span-bar .may"),
        ):
            tab.goto(path)
            ((label_left, _, _, _),) = boxes(tab, f"{ends} span:first-child")
            box = tab.locator(drawing).bounding_box()
            assert box
            assert abs(label_left - box["x"]) < 2


def test_no_field_of_the_chains_leaves_its_form_on_a_telephone(tab: Tab) -> None:
    tab.set_viewport_size({"width": 280, "height": 700})
    tab.goto("/network/chain?from=clinton&to=kayani")
    tab.get_by_role("button", name="Other ends or filters").click()
    ((left, _, right, _),) = boxes(tab, ".chain-form")
    fields = boxes(tab, ".chain-form input, .chain-form select")
    assert len(fields) == 6
    assert all(field[0] > left + 8 and field[2] < right - 8 for field in fields)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a plan of the two", "a plan of the two"),
        ("a plan of the two sides", "a plan of the two…"),
        ("a plan of thetwosides", "a plan of…"),
        ("https://example.org/a", "https://example.o…"),
    ],
)
def test_a_label_is_cut_after_a_word(text: str, shown: str) -> None:
    assert shorten(text, 17) == shown


@pytest.mark.parametrize("width", [360, 1280])
def test_no_line_between_two_statements_strikes_its_words_through(browser: Browser, series: Reader, width: int) -> None:
    with opened(browser, series, width, 800) as tab:
        tab.goto("/disagreements")
        assert {"then", "taken back"} <= {*tab.evaluate(BETWEEN)}
        assert tab.evaluate(STRUCK_THROUGH) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_part_of_a_quotation_without_its_words_has_its_passage_beside_it(
    browser: Browser, site: Reader, width: int
) -> None:
    with opened(browser, site, width, 800) as tab:
        tab.goto("/about/article/haqqani-talks/statement/pakistan-fears-oversized-forces")
        titles, passages = boxes(tab, ".quotation dt"), boxes(tab, ".quotation dd")
        assert len(titles) == len(passages) > 1
        assert all(top < below for (_, top, _, _), (_, _, _, below) in zip(passages, titles, strict=True))


@pytest.mark.parametrize("width", [360, 700, 1000, 1280])
def test_no_box_of_a_count_is_half_empty(browser: Browser, site: Reader, width: int) -> None:
    with opened(browser, site, width, 800) as tab:
        tab.goto("/")
        empty = tab.evaluate(EMPTY_PIXELS)
        assert len(empty) == 6
        assert max(empty) < 20
