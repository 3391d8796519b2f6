"""The ways to look at an answer, the network's filters and keys, and what stands still for those who want no motion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.pages.conftest import BUNDLES, Reader
from tests.pages.test_tools import editing

pytestmark = [
    pytest.mark.skipif(not (BUNDLES / "sparql.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
SLOW = 20_000
"""Milliseconds that a busy machine may take until what is waited for is there."""
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
    expect(tab.locator("#status")).to_contain_text(" ms.", timeout=SLOW)


def run(tab: Tab, query: str) -> None:
    """Run another query in the editor that is open."""
    editing(tab, query)
    tab.keyboard.press("Control+Enter")


def bars(tab: Tab, selector: str) -> list[tuple[float, float]]:
    """Return where each bar begins and how long it is, in hundredths."""
    found: list[list[float]] = tab.locator(selector).evaluate_all(
        "all => all.map(each => [Number(each.getAttribute('x')), Number(each.getAttribute('width'))])"
    )
    return [(round(x, 1), round(width, 1)) for x, width in found]


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
def test_what_a_view_leaves_out_is_said(wide: Tab, view: str, marks: str) -> None:
    days = " ".join(f'({n} "{1700 + n}-01-01"^^xsd:date)' for n in range(250))
    answered(wide, f"{XSD}SELECT * {{ VALUES (?n ?day) {{ {days} }} }}", "table")
    wide.get_by_role("tab", name=view).click()
    expect(wide.locator(f"#look {marks}")).to_have_count(200)
    expect(wide.locator("#look")).to_contain_text("The first 200 of 250; the table has them all.")


@pytest.mark.parametrize("view", WHY)
def test_an_answer_that_a_view_cannot_show_says_why_and_stays_as_it_is(wide: Tab, view: str) -> None:
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
def test_the_next_answer_that_does_not_fit_the_chosen_view_is_a_table_and_says_why(
    wide: Tab, view: str, fit: str
) -> None:
    fitting = f"{CQ}SELECT ?s ?o {fit}" if fit.startswith("{") else fit
    answered(wide, fitting, view)
    expect(wide.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true")
    run(wide, NOTHING)
    expect(wide.locator("#status")).to_have_text(
        re.compile(rf"2 rows in \d+ ms\. {re.escape(WHY[view])}"), timeout=SLOW
    )
    expect(wide.locator("#look table.answer td")).to_have_text(["a", "b"])
    run(wide, fitting)
    expect(wide.get_by_role("tab", name=view)).to_have_attribute("aria-selected", "true", timeout=SLOW)


def test_an_answer_of_yes_or_no_is_said_and_offers_no_picture(wide: Tab) -> None:
    answered(wide, f"{CQ}ASK {{ ?p a cq:Person }}", "chart")
    expect(wide.locator("#look")).to_have_text("Yes.")
    expect(wide.locator("#looks [aria-disabled=true]")).to_have_text(["graph", "timeline", "chart"])


def test_a_graph_says_how_much_it_draws_and_draws_triples_too(wide: Tab) -> None:
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
    expect(wide.locator(".cm-tooltip-autocomplete")).to_be_visible(timeout=SLOW)
    wide.keyboard.press("Escape")
    expect(wide.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    expect(wide.locator("#run")).not_to_be_focused()
    wide.keyboard.press("Escape")
    expect(wide.locator("#run")).to_be_focused()
