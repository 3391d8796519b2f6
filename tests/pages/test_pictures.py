"""What is drawn: lines keep out of names, chains stay in their frame, and each mark of an axis has its label."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab

from tests.pages.conftest import BUNDLES, Reader, opened
from tests.support.chromium import CHROMIUM
from tests.support.waiting import until

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
scripted = pytest.mark.skipif(
    not (BUNDLES / "network.js").is_file(), reason="the pages' scripts are not made (make setup)"
)
ONTOLOGY = "https://w3id.org/communique/ontology#"
PERSON = "https://w3id.org/communique/data/person/"
NO_LETTERS = "for (const name of ['fillText', 'strokeText']) CanvasRenderingContext2D.prototype[name] = () => {}"
DRAWN_UNDER_NAMES = """() => {
  const { view } = document.querySelector('#tool'), { canvas, context, names } = view;
  const ratio = canvas.width / canvas.clientWidth, [red, green, blue] = context.getImageData(1, 1, 1, 1).data;
  const discs = view.discs(), under = [];
  for (const [index, [left, top, right, bottom]] of names) {
    const disc = discs[index];
    if (left < disc[2] && right > disc[0] && top < disc[3] && bottom > disc[1]) continue;
    const box = [left + 1, top + 1, right - left - 2, bottom - top - 2].map(each => Math.round(each * ratio));
    const { data } = context.getImageData(...box);
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4)
      pixels += data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue;
    if (pixels) under.push([view.graph.nodes[index].label, pixels]);
  }
  return under;
}"""
"""The names, other than numbers on their own nodes, with how many pixels beneath them are not the picture's ground."""
KEEP_RELATION = """kept => {
  for (const box of document.querySelectorAll('#filters [name=relation]')) box.checked = box.value === kept;
}"""
NO_POPOVERS = """
delete HTMLElement.prototype.hidePopover;
const all = Document.prototype.querySelectorAll;
Document.prototype.querySelectorAll = function (selector) {
  if (selector.includes(":popover-open")) throw new DOMException(`${selector} is no selector.`, "SyntaxError");
  return all.call(this, selector);
};
"""
CHAIN_IN_FRAME = """() => {
  const { view } = document.querySelector('#tool'), { clientWidth, clientHeight } = view.canvas;
  return view.chain.map(index => view.camera.toScreen(view.placeOf(index)))
    .map(({ x, y }) => x >= 0 && y >= 0 && x <= clientWidth && y <= clientHeight);
}"""
LINES_THROUGH_NAMES = """() => {
  const names = [...document.querySelectorAll('svg.network text')].map(e => [e.textContent, e.getBoundingClientRect()]);
  const { a, d, e, f } = document.querySelector('svg.network').getScreenCTM();
  return [...document.querySelectorAll('svg.network :is(line, path)')].flatMap(line => {
    const step = line.getTotalLength() / 99;
    const points = [...Array(100).keys()].map(number => line.getPointAtLength(number * step));
    return names.filter(([, box]) => points.some(({ x, y }) => {
      const [across, down] = [a * x + e, d * y + f];
      return across > box.left && across < box.right && down > box.top && down < box.bottom;
    })).map(([name]) => name);
  });
}"""
LINES = "document.querySelectorAll('svg.network :is(line, path)').length"
MARKS_AND_LABELS = """() => {
  const shown = selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length)
    .map(e => e.getBoundingClientRect()).map(({ left, right }) => (left + right) / 2);
  return [shown('.ruler a line'), shown('.ruler text.unit')];
}"""
"""Where the marks of the axis and the middles of their labels are that one sees, in pixels from the left."""


def settled_network(tab: Tab, address: str) -> None:
    """Open the network, and wait until everything in it has its place and is drawn at rest."""
    tab.goto(address)
    expect(tab.locator("#tool")).to_have_attribute("data-placed", "")
    tab.wait_for_function("() => document.querySelector('#tool').view.names.size > 0")


@scripted
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_drawn_under_a_name_of_the_network(browser: Browser, site: Reader, width: int) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.add_init_script(NO_LETTERS)
        settled_network(tab, "/network")
        assert tab.evaluate("document.querySelector('#tool').view.names.size") == 15
        assert tab.evaluate(DRAWN_UNDER_NAMES) == []


@scripted
def test_the_network_is_drawn_on_white_for_paper_and_dark_again_after_it(wide: Tab) -> None:
    wide.emulate_media(color_scheme="dark")
    settled_network(wide, "/network")
    ground = "[...document.querySelector('#canvas').getContext('2d').getImageData(1, 1, 1, 1).data].slice(0, 3)"
    dark = wide.evaluate(ground)
    assert max(dark) < 64
    wide.emulate_media(color_scheme="dark", media="print")
    until(lambda: wide.evaluate(ground) == [255, 255, 255])
    wide.emulate_media(color_scheme="dark", media="screen")
    until(lambda: wide.evaluate(ground) == dark)


@scripted
@pytest.mark.parametrize("relation", ["", "member", "participationIn"])
def test_a_chain_is_drawn_within_its_frame(wide: Tab, relation: str) -> None:
    narrowed = f"&relation={quote(ONTOLOGY + relation, safe='')}" if relation else ""
    settled_network(wide, f"/network?{narrowed.removeprefix('&')}")
    for _ in range(4):
        wide.get_by_role("button", name="Closer").click()
    wide.locator("#from").fill("Hillary Clinton")
    wide.locator("#to").fill("Douglas Lute")
    wide.get_by_role("button", name="Shortest chains").click()
    expect(wide.locator(".hops li").first).to_be_visible()
    wide.wait_for_function(f"() => ({CHAIN_IN_FRAME})().length > 1 && ({CHAIN_IN_FRAME})().every(each => each)")


@scripted
def test_a_chain_that_is_shown_obeys_filters_that_change(wide: Tab) -> None:
    settled_network(wide, f"/network?from={PERSON}hillary-clinton&to={PERSON}douglas-lute")
    words = wide.locator(".hops .words")
    expect(words.first).to_be_visible()
    before = words.all_inner_texts()
    wide.evaluate(KEEP_RELATION, f"{ONTOLOGY}member")
    wide.locator("#filters").dispatch_event("change")
    expect(words.first).to_have_text("is a member of")
    assert "is a member of" not in before[0]


@scripted
def test_filters_that_change_again_before_their_chain_is_there_leave_it_too(wide: Tab) -> None:
    settled_network(wide, f"/network?from={PERSON}hillary-clinton&to={PERSON}douglas-lute")
    words = wide.locator(".hops .words")
    expect(words.first).to_be_visible()
    unanswered: list[Route] = []

    def answer_all_but_the_first(route: Route) -> None:
        if unanswered:
            route.continue_()
        else:
            unanswered.append(route)

    wide.route("**/network/chain?**", answer_all_but_the_first)
    wide.locator("#from").fill("nobody of the kind")
    filters = wide.locator("#filters")
    filters.dispatch_event("change")
    until(lambda: wide.evaluate("document.querySelectorAll('.hops').length") == 0 and len(unanswered) == 1)
    wide.evaluate(KEEP_RELATION, f"{ONTOLOGY}member")
    filters.dispatch_event("change")
    expect(words.first).to_have_text("is a member of")
    unanswered[0].abort()


@scripted
def test_browsers_without_popovers_find_chains_too(wide: Tab) -> None:
    wide.add_init_script(NO_POPOVERS)
    settled_network(wide, "/network")
    wide.locator("#from").fill("Hillary Clinton")
    wide.locator("#to").fill("Douglas Lute")
    wide.get_by_role("button", name="Shortest chains").click()
    expect(wide.locator(".hops li").first).to_be_visible()


@scripted
def test_what_a_node_is_expanded_by_comes_into_sight(wide: Tab) -> None:
    settled_network(wide, "/network")
    wide.locator("#nodes li").first.click()
    wide.get_by_role("button", name="Expand").click()
    expect(wide.locator("#network-status")).to_contain_text("more around")
    wide.wait_for_function(
        """() => { const { view } = document.querySelector('#tool'), { clientWidth, clientHeight } = view.canvas;
          return view.near.size > 15 && [...view.near].map(index => view.camera.toScreen(view.placeOf(index)))
            .every(({ x, y }) => x >= 0 && y >= 0 && x <= clientWidth && y <= clientHeight) }"""
    )


@scripted
def test_the_network_tells_the_paragraphs_and_words_of_passages(wide: Tab) -> None:
    settled_network(wide, f"/network?from={PERSON}ashfaq-parvez-kayani&to={PERSON}barack-obama")
    passages = wide.locator(".hops a.passage")
    expect(passages.first).to_be_visible()
    shown: list[list[str]] = passages.evaluate_all("all => all.map(e => [e.textContent, e.dataset.tip])")
    assert [place for place, _ in shown if not place.startswith("\u00b6\u00a0")] == []
    assert [tip for _, tip in shown if "October 2011" not in tip] == []


@pytest.mark.parametrize("width", [700, 1280])
def test_no_line_of_who_met_whom_runs_through_a_name(browser: Browser, site: Reader, width: int) -> None:
    with opened(browser, site, width, 900) as tab:
        tab.goto("/")
        assert tab.evaluate(LINES) > 10
        assert tab.evaluate(LINES_THROUGH_NAMES) == []


@pytest.mark.parametrize("width", [360, 600, 1000, 1280])
def test_every_mark_of_the_timeline_has_its_label(browser: Browser, site: Reader, width: int) -> None:
    with opened(browser, site, width, 800) as tab:
        for window in ("", "?from=2011-10-20T20:00&until=2011-10-21T04:00", "?from=2011-01-01&until=2012-06-01"):
            tab.goto(f"/timeline{window}")
            marks, labels = tab.evaluate(MARKS_AND_LABELS)
            assert len(marks) >= 3, window
            assert labels == pytest.approx(marks, abs=2), window


def test_lanes_show_the_marks_of_the_axis(wide: Tab) -> None:
    wide.goto("/timeline")
    marks, _ = wide.evaluate(MARKS_AND_LABELS)
    lane = wide.locator(".lane .span-bar").first
    box = lane.bounding_box()
    assert box
    # A lane's drawing reaches over the marks that it shows by reference: what it refers to has a box of its own.
    first, last = lane.locator("use").evaluate("e => { const b = e.getBoundingClientRect(); return [b.left, b.right] }")
    assert (first, last) == pytest.approx((marks[0], marks[-1]), abs=1)


def test_an_address_of_days_has_no_hours(site: Reader) -> None:
    page = site.get("/timeline?from=2011-01-01&until=2012-01-01")
    windows = [dict(parse_qsl(urlsplit(link).query)) for link in page.links if link.startswith("/timeline?from")]
    assert {"from": "2011-04-01", "until": "2011-07-01"} in windows
    days = [date.fromisoformat(window[end]) for window in windows for end in ("from", "until")]
    assert len(days) > 12
    assert 'name="from" inputmode="numeric"' in page.text
    assert 'value="2011-01-01"' in page.text
    assert "1 January 2011 to 1 January 2012, 00:00" in page.words


@scripted
def test_the_fields_of_the_timeline_are_as_exact_as_what_is_shown(wide: Tab) -> None:
    wide.goto("/timeline?from=2011-01-01&until=2012-01-01")
    wide.locator("#ruler").focus()
    wide.keyboard.press("+")
    expect(wide).to_have_url(re.compile(r"/timeline\?from=2011-02-25&until=2011-11-07$"))
    assert [wide.input_value(f"#{name}") for name in ("from", "until")] == ["2011-02-25", "2011-11-07"]
    wide.goto("/timeline?from=2011-10-20T10:20&until=2011-10-20T20:40")
    wide.locator("#ruler").focus()
    wide.keyboard.press("ArrowRight")
    expect(wide.locator("#from")).to_have_value("2011-10-20T12:55")
