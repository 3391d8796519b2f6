"""The ways to look at an answer, the network's filters and keys, and what stands still for those who want no motion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab

from tests.pages.conftest import BUNDLES, Reader
from tests.pages.test_tools import crowd, editing

pytestmark = [
    pytest.mark.skipif(not (BUNDLES / "sparql.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
CQ = "PREFIX cq: <https://w3id.org/communique/ontology#> "
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
SPANS = f"""{XSD}SELECT * {{ VALUES (?what ?from ?to) {{
  ("talks" "2011-10-20T22:00:00"^^xsd:dateTime "2011-10-21T02:00:00"^^xsd:dateTime)
  ("visit" "2011-10-20"^^xsd:date UNDEF) ("war" UNDEF UNDEF) }} }}"""
NUMBERS = """SELECT * { VALUES (?who ?said) { ("Clinton" 3) ("Kayani" -1) ("nobody" 1e400) ("Khar" "many") } }"""
NOTHING = """SELECT * { VALUES ?word { "a" "b" } }"""
WHY = {
    "graph": "A graph needs rows with two IRIs, or triples.",
    "timeline": "A timeline needs a column of dates.",
    "chart": "A chart needs a column of numbers: COUNT, for instance.",
}


@contextmanager
def desk(browser: Browser, site: Reader, **how: str) -> Iterator[Tab]:
    """Return a tab at the width of a desk's screen, of a browser that is set up otherwise."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1200, "height": 900}, **how)  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()


def answered(tab: Tab, query: str, view: str) -> None:
    """Open the editor with a query, and look at its answer in one of the ways."""
    tab.goto(f"/sparql?query={quote(query)}#as={view}")
    expect(tab.locator("#status")).to_contain_text(" ms.")


def run(tab: Tab, query: str) -> None:
    """Run another query in the editor that is open."""
    editing(tab, query)
    tab.keyboard.press("Control+Enter")


def bars(tab: Tab, selector: str) -> list[tuple[float, float]]:
    """Return where each bar begins and how long it is, in hundredths."""
    boxes: list[list[float]] = tab.locator(selector).evaluate_all(
        "all => all.map(each => [Number(each.getAttribute('x')), Number(each.getAttribute('width'))])"
    )
    return [(round(x, 1), round(width, 1)) for x, width in boxes]


def test_a_timeline_draws_each_row_that_has_a_date_in_its_place(wide: Tab) -> None:
    answered(wide, SPANS, "timeline")
    entries = wide.locator("#look .timeline li")
    expect(entries).to_have_text([re.compile(r"visit\s+2011-10-20$"), re.compile(r"talks\s+2011-10-20 22:00 to")])
    expect(entries.nth(1).get_by_role("img", name="2011-10-20 22:00 to 2011-10-21 02:00", exact=True)).to_be_visible()
    expect(wide.locator("#look .axis span")).to_have_text(["2011-10-20", "2011-10-21 02:00"])
    assert bars(wide, "#look rect.sure") == [(2.0, 0.8), (83.2, 14.8)]


def test_a_timeline_of_the_corpus_has_a_mark_for_every_event_with_a_date(wide: Tab) -> None:
    answered(wide, f"{CQ}SELECT ?n ?t {{ ?e a cq:Event ; cq:name ?n ; cq:earliestBegin ?t }}", "timeline")
    number = int((wide.locator("#status").text_content() or "").split()[0])
    assert number > 3
    expect(wide.locator("#look .timeline li")).to_have_count(number)
    expect(wide.locator("#look").get_by_role("img")).to_have_count(number)


@pytest.mark.parametrize("zone", ["Asia/Karachi", "America/New_York"])
def test_a_timeline_shows_times_as_they_are_written_wherever_it_is_read(
    browser: Browser, site: Reader, zone: str
) -> None:
    with desk(browser, site, timezone_id=zone) as tab:
        answered(tab, SPANS, "timeline")
        expect(tab.locator("#look .timeline .muted").nth(1)).to_have_text("2011-10-20 22:00 to 2011-10-21 02:00")
        assert bars(tab, "#look rect.sure")[1] == (83.2, 14.8)


@pytest.mark.parametrize(
    ("written", "kind", "read"),
    [
        ("2011-10-20+05:00", "date", "2011-10-20"),
        ("2011-10-20Z", "date", "2011-10-20"),
        ("2011-10-20T22:00:00+05:00", "dateTime", "2011-10-20 17:00"),
        ("2011-10-20T22:00:30.5Z", "dateTime", "2011-10-20 22:00"),
        ("-0044-03-15", "date", "-000044-03-15"),
    ],
)
def test_a_timeline_reads_every_way_to_write_a_date(
    browser: Browser, site: Reader, written: str, kind: str, read: str
) -> None:
    with desk(browser, site, timezone_id="Asia/Karachi") as tab:
        answered(tab, f'{XSD}SELECT * {{ VALUES ?when {{ "{written}"^^xsd:{kind} }} }}', "timeline")
        expect(tab.locator("#look .timeline .muted")).to_have_text(read)


def test_a_chart_draws_a_bar_for_each_finite_number(wide: Tab) -> None:
    answered(wide, NUMBERS, "chart")
    chart = wide.get_by_role("table", name="said", exact=True)
    expect(chart.get_by_role("rowheader")).to_have_text(["Clinton", "Kayani"])
    expect(chart.locator("td.number")).to_have_text(["3", "-1"])
    assert bars(wide, "#look .chart-bar rect") == [(25.0, 75.0), (0.0, 25.0)]


def test_a_chart_of_the_corpus_counts_as_the_table_does(wide: Tab) -> None:
    answered(wide, f"{CQ}SELECT ?k (COUNT(?s) AS ?n) {{ ?s cq:act ?k }} GROUP BY ?k ORDER BY DESC(?n)", "table")
    table = wide.locator("#look td.number").all_text_contents()
    wide.get_by_role("tab", name="chart").click()
    expect(wide.locator("#look table.chart td.number")).to_have_text(table)
    widths = [width for _, width in bars(wide, "#look .chart-bar rect")]
    assert widths[0] == 100
    assert widths == [pytest.approx(100 * int(n) / int(table[0]), abs=0.1) for n in table]


@pytest.mark.parametrize(("view", "marks"), [("timeline", ".timeline li"), ("chart", ".chart tr")])
def test_a_view_counts_what_it_leaves_out(wide: Tab, view: str, marks: str) -> None:
    days = " ".join(f'({n} "{1700 + n}-01-01"^^xsd:date)' for n in range(250))
    answered(wide, f"{XSD}SELECT * {{ VALUES (?n ?day) {{ {days} }} }}", "table")
    wide.get_by_role("tab", name=view).click()
    expect(wide.locator(f"#look {marks}")).to_have_count(200)
    expect(wide.locator("#look")).to_contain_text("The first 200 of 250; the table has them all.")


@pytest.mark.parametrize("view", WHY)
def test_an_answer_that_a_view_cannot_show_stays_a_table_with_the_reason(wide: Tab, view: str) -> None:
    answered(wide, NOTHING, "raw")
    tab = wide.get_by_role("tab", name=view)
    expect(tab).to_have_attribute("aria-disabled", "true")
    expect(tab).to_have_accessible_description(WHY[view])
    tab.click(force=True)
    expect(wide.locator("#status")).to_have_text(WHY[view])
    expect(wide.locator("#look pre")).to_be_visible()
    wide.get_by_role("tab", name="table").click()
    expect(wide.locator("#status")).to_have_text(re.compile(r"2 rows in \d+ ms\.$"))


@pytest.mark.parametrize(("view", "fit"), [("graph", "{ ?s cq:act ?o }"), ("timeline", SPANS), ("chart", NUMBERS)])
def test_the_next_answer_that_does_not_fit_the_chosen_view_is_a_table_with_the_reason(
    wide: Tab, view: str, fit: str
) -> None:
    fitting = f"{CQ}SELECT ?s ?o {fit}" if fit.startswith("{") else fit
    answered(wide, fitting, view)
    expect(wide.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true")
    run(wide, NOTHING)
    expect(wide.locator("#status")).to_have_text(re.compile(rf"2 rows in \d+ ms\. {re.escape(WHY[view])}"))
    expect(wide.locator("#look table.answer td")).to_have_text(["a", "b"])
    run(wide, fitting)
    expect(wide.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true")


def test_a_boolean_answer_is_shown_without_a_picture(wide: Tab) -> None:
    answered(wide, f"{CQ}ASK {{ ?p a cq:Person }}", "chart")
    expect(wide.locator("#look")).to_have_text("Yes.")
    expect(wide.locator("#looks [aria-disabled=true]")).to_have_text(["graph", "timeline", "chart"])


def test_the_graph_view_counts_what_it_draws_and_draws_triples_too(wide: Tab) -> None:
    answered(wide, f"{CQ}CONSTRUCT WHERE {{ ?s cq:contradicts ?o }}", "graph")
    number = int((wide.locator("#status").text_content() or "").split()[0])
    picture = wide.locator("#look").get_by_role("img")
    expect(picture).to_have_accessible_name(re.compile(rf"^\d+ things and {number} links between them"))


def test_the_tabs_are_walked_by_keys_past_those_that_do_not_fit(wide: Tab) -> None:
    answered(wide, NUMBERS, "table")
    wide.get_by_role("tab", name="table").focus()
    for name in ("raw", "chart", "table"):
        wide.keyboard.press("ArrowRight")
        expect(wide.get_by_role("tab", name=name)).to_be_focused()
        expect(wide.get_by_role("tabpanel")).to_have_accessible_name(name)


def test_escape_closes_the_completion_and_then_leaves_the_editor(wide: Tab) -> None:
    answered(wide, NOTHING, "table")
    editing(wide, "SELECT * { ?s cq:relay")
    wide.keyboard.press("Control+Space")
    expect(wide.locator(".cm-tooltip-autocomplete")).to_be_visible()
    wide.keyboard.press("Escape")
    expect(wide.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    expect(wide.locator("#run")).not_to_be_focused()
    wide.keyboard.press("Escape")
    expect(wide.locator("#run")).to_be_focused()


GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
RELATION = "https://w3id.org/communique/ontology#"
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
FONT_PIXELS = 13
Edge = tuple[str, str, str, str]
"""The name it leads from, the name it leads to, the relation, and whether it is real."""
PEN = """(() => {
  window.places = {}; window.ways = {}; window.frame = {};
  const write = CanvasRenderingContext2D.prototype.fillText, clear = CanvasRenderingContext2D.prototype.fillRect;
  CanvasRenderingContext2D.prototype.fillRect = function (...at) {
    // A name has a ground of its own; that of a frame is as wide as the picture.
    if (at[2] === this.canvas.width) [window.places, window.frame] = [{}, {}];
    return clear.apply(this, at);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    window.places[text] = [x, y];
    (window.widths ??= {})[text] = this.measureText(text).width;
    const here = `${x.toFixed(1)} ${y.toFixed(1)}`;
    (window.ways[text] ??= []).push(here);
    (window.frame[text] ??= new Set()).add(here);
    return write.call(this, text, x, y);
  };
})()"""
"""Keeps where each name stands in the last frame of the picture, its width, and wherever it stood before."""
CHOSEN = """() => {
  const { view } = document.querySelector('#tool'), { x, y } = view.camera.toScreen(view.placeOf(view.selected));
  return [x, y, view.names.has(view.selected)];
}"""
"""Where the chosen node stands in the picture, and whether its name does."""
RESTED = "new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 200))"
"""Ends when a picture at rest has been drawn whole, however busy the machine: the page asks for that 130 ms after the
last move, by a timer of the same thread, so one of 200 ms that is set later ends later; two frames on, it is drawn."""


@pytest.fixture
def picture(wide: Tab) -> Tab:
    """Return a tab with the whole network in it, its nodes in their places."""
    wide.add_init_script(PEN)
    wide.goto("/network?most=100")
    placed(wide)
    return wide


def placed(tab: Tab) -> None:
    """Wait until the nodes have found their places, and all has been drawn that is drawn at rest."""
    expect(tab.locator("#tool")).to_have_attribute("data-placed", "")
    tab.evaluate(RESTED)


def says(tab: Tab, sentence: str | re.Pattern[str]) -> None:
    """Expect a sentence in the network's status."""
    expect(tab.locator("#network-status")).to_have_text(sentence)


def drawn(tab: Tab) -> tuple[dict[str, str], set[Edge]]:
    """Return what is in the picture, as its GraphML says: each node's kind by its name, and the edges."""
    with tab.expect_download() as download:
        tab.get_by_role("button", name="GraphML").click()
    root = ET.fromstring(download.value.path().read_text("utf-8"))  # noqa: S314 -- ours
    attributes = {element: {data.get("key"): data.text or "" for data in element} for element in root.iter()}
    nodes = {element.get("id"): attributes[element] for element in root.iter(f"{GRAPHML}node")}
    edges = [*root.iter(f"{GRAPHML}edge")]
    ends = [
        (nodes[element.get("source")]["label"], nodes[element.get("target")]["label"], attributes[element])
        for element in edges
    ]
    kinds = {element["label"]: element["kind"] for element in nodes.values()}
    return kinds, {(start, end, of["relation"].removeprefix(RELATION), of["real"]) for start, end, of in ends}


def uncheck(tab: Tab, *but: str) -> None:
    """Uncheck every relation but these."""
    for box in tab.locator("#filters [name=relation]").all():
        if (box.get_attribute("value") or "").removeprefix(RELATION) not in but:
            box.uncheck()


def test_the_network_is_narrowed_to_some_relations(picture: Tab) -> None:
    _, all_of_them = drawn(picture)
    uncheck(picture, "affiliatedWith", "partOf")
    expected = {edge for edge in all_of_them if edge[2] in ("affiliatedWith", "partOf")}
    ends = {end for edge in expected for end in edge[:2]}
    says(picture, f"All {len(ends)}.")
    nodes, edges = drawn(picture)
    assert edges == expected
    assert nodes.keys() == ends
    assert len(picture.locator("#nodes [role=option]").all()) == len(ends)


def test_an_empty_network_is_announced_and_cannot_be_saved(picture: Tab) -> None:
    uncheck(picture)
    says(picture, "Nothing is connected in that way.")
    expect(picture.locator("#canvas")).to_be_hidden()
    for name in ("PNG", "SVG", "GraphML"):
        expect(picture.get_by_role("button", name=name)).to_be_hidden()
    picture.locator("#filters [name=relation]").first.check()
    says(picture, re.compile(r"^All [1-9]"))
    expect(picture.get_by_role("button", name="GraphML")).to_be_enabled()


@pytest.mark.parametrize(
    ("since", "until", "missing"),
    [
        ("2011-10-21", "", {"Clinton's arrival in Islamabad", "Clinton's stay in Kabul"}),
        ("2011-10-20", "2011-10-20", {"Clinton's remarks to reporters on Friday", "a press conference in Islamabad"}),
    ],
)
def test_the_network_is_narrowed_to_some_days(picture: Tab, since: str, until: str, missing: set[str]) -> None:
    before, _ = drawn(picture)
    picture.locator("#since").fill(since)
    picture.locator("#until").fill(until)
    picture.locator("#until").press("Tab")
    says(picture, f"All {len(before) - len(missing)}.")
    nodes, edges = drawn(picture)
    assert before.keys() - nodes.keys() == missing
    assert not missing & {end for edge in edges for end in edge[:2]}


def test_the_network_is_narrowed_to_what_happened_and_to_what_did_not(picture: Tab) -> None:
    before, _ = drawn(picture)
    happened = sum(kind in ("event", "meeting") for kind in before.values())
    scenarios = sum(kind == "scenario" for kind in before.values())
    picture.locator("#real").select_option("yes")
    says(picture, f"All {len(before) - scenarios}.")
    nodes, edges = drawn(picture)
    assert "scenario" not in nodes.values()
    assert {edge[3] for edge in edges} == {"true"}
    picture.locator("#real").select_option("no")
    says(picture, f"All {len(before) - happened}.")
    nodes, edges = drawn(picture)
    assert not {"event", "meeting"} & {*nodes.values()}
    assert "scenario" in nodes.values()
    assert {nodes[edge[1]] for edge in edges if edge[3] == "false"} == {"scenario"}


def test_an_answer_that_comes_late_does_not_replace_a_later_one(picture: Tab) -> None:
    late: list[Route] = []
    rest = f"All {sum(kind not in ('event', 'meeting') for kind in drawn(picture)[0].values())}."

    def keep(route: Route) -> None:
        late.append(route)

    picture.route(re.compile("/network/graph.*real=yes"), keep)
    picture.locator("#real").select_option("yes")
    picture.locator("#real").select_option("no")
    says(picture, rest)
    with picture.expect_response(re.compile("real=yes")) as late_response:
        late[0].continue_()
    late_response.value.finished()
    picture.evaluate(RESTED)
    says(picture, rest)
    assert "scenario" in drawn(picture)[0].values()


def test_what_is_chosen_stays_chosen_when_a_filter_leaves_it(picture: Tab) -> None:
    before, _ = drawn(picture)
    entry = picture.get_by_role("option", name=re.compile("^the government of Pakistan "))
    entry.click()
    picture.locator("#real").select_option("yes")
    says(picture, f"All {sum(kind != 'scenario' for kind in before.values())}.")
    expect(picture.locator("#nodes [aria-selected=true] bdi")).to_have_text("the government of Pakistan")
    expect(picture.locator("#about h2")).to_have_text("the government of Pakistan")
    _, edges = drawn(picture)
    links = sum("the government of Pakistan" in edge[:2] for edge in edges)
    expect(picture.get_by_role("button", name=f"Expand: all {links} links")).to_be_visible()
    uncheck(picture, "advises")
    expect(picture.locator("#about h2, #nodes [aria-selected=true]")).to_have_count(0)


def test_expanding_a_node_brings_its_neighbours_in(wide: Tab) -> None:
    wide.goto("/network")
    says(wide, "The 15 best connected of 94. Choose one and expand it, or show more.")
    tabbed(wide, "nodes")
    wide.keyboard.press("Home")
    name = wide.locator("#about h2").text_content() or ""
    links = int(re.findall(r"all (\d+) links", wide.locator("#about button").first.text_content() or "")[0])
    wide.keyboard.press("Enter")
    says(wide, re.compile(rf"^\d+ more around {re.escape(name)}\.$"))
    expect(wide.locator("#nodes")).to_be_focused()
    nodes, edges = drawn(wide)
    says(wide, f"{len(nodes) - 15} more around {name}.")
    assert len(nodes) > 15
    assert sum(name in edge[:2] for edge in edges) == links


def test_an_address_around_a_node_adds_its_neighbours(wide: Tab) -> None:
    wide.goto("/network?around=https%3A%2F%2Fw3id.org%2Fcommunique%2Fdata%2Fperson%2Fashfaq-parvez-kayani")
    says(wide, re.compile(r"^[1-9]\d* more around .*Kayani\.$"))
    expect(wide.locator("#about h2")).to_contain_text("Kayani")


def tabbed(tab: Tab, name: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(120):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == name:
            return
    pytest.fail(f"Tab does not reach {name}")


def test_the_list_is_walked_by_keys(picture: Tab) -> None:
    labels = picture.locator("#nodes [role=option] bdi").all_text_contents()
    tabbed(picture, "nodes")
    walk = [("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", -1), ("ArrowDown", -1)]
    for key, to in [*walk, ("Home", 0), ("ArrowUp", 0)]:
        picture.keyboard.press(key)
        expect(picture.locator("#nodes [aria-selected=true] bdi")).to_have_text(labels[to])
        expect(picture.locator("#about h2")).to_have_text(labels[to])
        active = picture.locator("#nodes").get_attribute("aria-activedescendant")
        expect(picture.locator(f"#{active} bdi")).to_have_text(labels[to])


def test_a_node_chosen_by_keys_is_centred(picture: Tab) -> None:
    tabbed(picture, "nodes")
    picture.keyboard.press("End")
    picture.evaluate(RESTED)
    size = picture.locator("#canvas").bounding_box()
    assert size
    x, y, is_named = picture.evaluate(CHOSEN)
    assert (x, y) == pytest.approx((size["width"] / 2, size["height"] / 2), abs=2)
    assert is_named


def test_a_name_that_is_looked_for_is_reached_by_keys(picture: Tab) -> None:
    tabbed(picture, "filter")
    picture.keyboard.type("kayani")
    expect(picture.locator("#nodes [role=option]")).to_have_count(1)
    tabbed(picture, "nodes")
    picture.keyboard.press("ArrowDown")
    expect(picture.locator("#about h2")).to_contain_text("Kayani")


def test_keys_move_from_neighbour_to_neighbour(picture: Tab) -> None:
    tabbed(picture, "nodes")
    picture.keyboard.press("ArrowDown")
    for _ in range(3):
        here = picture.locator("#about h2").text_content() or ""
        for _past in ("the name", "Expand", "the first neighbour"):
            picture.keyboard.press("Tab")
        name = picture.evaluate("document.activeElement.textContent")
        assert name != here
        picture.keyboard.press("Enter")
        expect(picture.locator("#about h2")).to_have_text(name)
        expect(picture.locator("#about h2")).to_be_focused()
        expect(picture.locator("#nodes [aria-selected=true] bdi")).to_have_text(name)


def test_the_button_that_expands_keeps_the_focus_beside_it(wide: Tab) -> None:
    wide.goto("/network")
    says(wide, "The 15 best connected of 94. Choose one and expand it, or show more.")
    tabbed(wide, "nodes")
    wide.keyboard.press("Home")
    wide.keyboard.press("Tab")
    wide.keyboard.press("Tab")
    expect(wide.get_by_role("button", name="Expand")).to_be_focused()
    wide.keyboard.press("Space")
    says(wide, re.compile(r"^[1-9]\d* more around "))
    expect(wide.locator("#about h2")).to_be_focused()


def seen(tab: Tab) -> dict[str, tuple[float, float]]:
    """Return where the names in the picture stand once it has come to rest."""
    tab.evaluate(RESTED)
    places: dict[str, tuple[float, float]] = tab.evaluate("places")
    return places


@pytest.mark.parametrize(
    ("key", "x", "y"), [("ArrowLeft", 60, 0), ("ArrowRight", -60, 0), ("ArrowUp", 0, 60), ("ArrowDown", 0, -60)]
)
def test_arrows_move_the_picture(picture: Tab, key: str, x: int, y: int) -> None:
    tabbed(picture, "canvas")
    before = seen(picture)
    picture.keyboard.press(key)
    after = seen(picture)
    both = before.keys() & after.keys()
    assert len(both) > 5
    moves = [(round(after[name][0] - before[name][0]), round(after[name][1] - before[name][1])) for name in both]
    # A name moves with its node, but for those that come to stand on another side of it where there is room.
    assert Counter(moves).most_common(1)[0][0] == (x, y)
    assert moves.count((x, y)) > len(both) / 2


SPAN = """() => {
  const { camera, places } = document.querySelector('#tool').view;
  const across = [...places].filter((_, index) => index % 2 === 0).map((x) => camera.toScreen({ x, y: 0 }).x);
  return Math.max(...across) - Math.min(...across);
}"""
"""How far the outermost nodes lie apart from left to right, in pixels; names may change sides."""


@pytest.mark.parametrize(
    ("element", "key", "factor"),
    [
        ("canvas", "+", 1.25),
        ("canvas", "=", 1.25),
        ("canvas", "-", 0.8),
        ("closer", "Enter", 1.4),
        ("farther", "Space", 1 / 1.4),
    ],
)
def test_keys_zoom_the_picture(picture: Tab, element: str, key: str, factor: float) -> None:
    tabbed(picture, element)
    names, before = seen(picture), picture.evaluate(SPAN)
    picture.keyboard.press(key)
    assert seen(picture) != names
    assert picture.evaluate(SPAN) / before == pytest.approx(factor, rel=0.01)


def test_a_key_restores_the_whole_picture(picture: Tab) -> None:
    before = seen(picture)
    tabbed(picture, "canvas")
    for key in ("+", "+", "ArrowLeft", "ArrowUp"):
        picture.keyboard.press(key)
    assert seen(picture) != before
    tabbed(picture, "whole")
    picture.keyboard.press("Enter")
    assert seen(picture) == before


@pytest.mark.parametrize("key", ["Control+=", "Control+-", "Alt+ArrowLeft", "Meta+ArrowUp"])
def test_the_browser_keeps_its_own_keys(picture: Tab, key: str) -> None:
    tabbed(picture, "canvas")
    picture.evaluate("addEventListener('keydown', (event) => { window.taken = event.defaultPrevented; })")
    before = seen(picture)
    picture.keyboard.press(key)
    picture.evaluate(RESTED)
    assert picture.evaluate("window.taken") is False
    assert seen(picture) == before


def test_a_chain_is_asked_for_and_read_by_keys(picture: Tab) -> None:
    picture.locator("#nodes [role=option]").first.click()
    expect(picture.locator("#nodes [aria-selected=true]")).to_have_count(1)
    tabbed(picture, "from")
    picture.keyboard.type("Kayani")
    tabbed(picture, "to")
    picture.keyboard.type("Obama")
    picture.keyboard.press("Enter")
    says(picture, re.compile(r"are \d steps apart"))
    expect(picture.locator("#about h2")).to_be_focused()
    picture.keyboard.press("Tab")
    assert "/passage/" in picture.evaluate("document.activeElement.href")
    expect(picture.locator("#nodes [aria-selected=true]")).to_have_count(0)


def test_a_picture_at_rest_shows_every_name_that_there_is_room_for_and_none_over_another(wide: Tab) -> None:
    wide.add_init_script(PEN)
    wide.route("**/network/graph*", lambda route: route.fulfill(json=crowd(600)))
    wide.goto("/network")
    placed(wide)
    places = seen(wide)
    assert len(places) > 40
    widths = wide.evaluate("widths")
    boxes = [(x - widths[name] / 2, y, x + widths[name] / 2, y + FONT_PIXELS) for name, (x, y) in places.items()]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


def overlap(box: Box, other: Box) -> bool:
    """Return whether two boxes have a part in common."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def stands(tab: Tab) -> list[int]:
    """Return at how many places each line of a name was drawn so far; one more than once where names share a line."""
    counts: list[int] = tab.evaluate(
        "Object.entries(ways).map(([text, all]) => new Set(all).size - (frame[text]?.size ?? 1) + 1)"
    )
    return counts


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_network_stands_still_with_reduced_motion(browser: Browser, site: Reader, motion: str) -> None:
    with desk(browser, site, reduced_motion=motion) as tab:
        tab.add_init_script(PEN)
        tab.goto("/network?most=100")
        placed(tab)
        counts = stands(tab)
        assert len(counts) > 20
        assert max(counts) == 1 if motion == "reduce" else max(counts) > 2


def test_neighbours_appear_without_animation_with_reduced_motion(browser: Browser, site: Reader) -> None:
    with desk(browser, site, reduced_motion="reduce") as tab:
        tab.add_init_script(PEN)
        tab.goto("/network")
        placed(tab)
        tabbed(tab, "nodes")
        tab.keyboard.press("Home")
        tab.evaluate(RESTED)
        tab.evaluate("ways = {}")
        tab.keyboard.press("Enter")
        says(tab, re.compile(r"^[1-9]\d* more around "))
        placed(tab)
        assert len(stands(tab)) > 10
        assert max(stands(tab)) <= 3, "before, in the middle, and in the new place"
