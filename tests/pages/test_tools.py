"""The SPARQL editor and the network in a real browser: what an analyst does with them, and that they keep up."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.pages.conftest import BUNDLES, Reader
from tests.support.waiting import until

pytestmark = [
    pytest.mark.skipif(not (BUNDLES / "sparql.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
LINES = """(() => {
  window.lines = [0];
  const { fillRect, lineTo } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillRect = function (...at) { lines.push(0); return fillRect.apply(this, at); };
  CanvasRenderingContext2D.prototype.lineTo = function (...at) { lines[lines.length - 1]++; lineTo.apply(this, at); };
})()"""
"""Counts the lines of each frame of the picture."""
MOST_TRANSFERRED = 85_000
"""Bytes that a browser receives until the editor's page has shown its first answer."""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def editing(tab: Tab, query: str) -> None:
    """Put a query into the editor, as by keyboard."""
    until(lambda: focus_editor(tab))
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(query)


def focus_editor(tab: Tab) -> bool:
    """Click the editor; False if the plain field was clicked just when the editor took its place."""
    try:
        tab.locator("#query:visible, .cm-content").click(timeout=2_000)
        tab.locator(".cm-editor.cm-focused").wait_for(timeout=10_000)
    except PlaywrightError:
        return False
    return True


def test_the_page_is_light_until_its_query_is_edited(wide: Tab) -> None:
    wide.goto("/sparql")
    expect(wide.locator("#look table")).to_be_visible()
    sizes = wide.evaluate("performance.getEntries().map(({ encodedBodySize = 0 }) => encodedBodySize)")
    assert sum(size > 0 for size in sizes) >= 6
    assert sum(sizes) < MOST_TRANSFERRED
    expect(wide.locator(".cm-editor")).to_have_count(0)
    wide.locator("#query").click()
    expect(wide.locator(".cm-editor.cm-focused")).to_be_visible()


def test_an_example_runs_when_it_is_chosen(wide: Tab) -> None:
    wide.goto("/sparql")
    wide.locator("#example").select_option(label="Which statements contradict each other, who made them, and where?")
    expect(wide.locator("#status")).to_contain_text("1 row in")
    expect(wide.locator("#look table")).to_contain_text("Mike Mullen")


def test_a_query_runs_by_keyboard_and_its_address_can_be_shared(wide: Tab) -> None:
    wide.goto("/sparql")
    editing(wide, "PREFIX cq: <https://w3id.org/communique/ontology#> SELECT ?p ?n { ?p a cq:Person ; cq:name ?n }")
    wide.keyboard.press("Control+Enter")
    expect(wide.locator("#status")).to_contain_text("14 rows")
    # No IRI stands where a name is known: both columns have the name.
    expect(wide.locator("#look td", has_text="Ahmed Shuja Pasha")).to_have_count(2)
    assert "query=" in wide.url
    wide.goto(wide.url)
    expect(wide.locator("#status")).to_contain_text("14 rows")


def test_a_syntax_error_is_marked_at_its_place(wide: Tab) -> None:
    wide.goto("/sparql")
    editing(wide, "SELECT ?n {\n  ?p ?o\n}")
    wide.locator("#run").click()
    expect(wide.locator("#status")).to_have_class("status wrong")
    expect(wide.locator("#status")).to_contain_text("line 3")
    expect(wide.locator(".cm-lintRange-error, .cm-lint-marker-error").first).to_be_attached()


CQ = "PREFIX cq: <https://w3id.org/communique/ontology#>\n"
CLASSES = ["agent", "article", "claim"]
PLACES = [
    ("SELECT * { ?s cq:relay", ["relayed by", "relays", "relays eventually"]),
    ("SELECT * { ?s a ", CLASSES),
    (f"{CQ}SELECT * {{ ?s cq:source [ a ", CLASSES),
    (f"{CQ}SELECT * {{ ?s cq:act ", ["assert", "assess", "believe"]),
    (f"{CQ}SELECT * {{ ?m a cq:Meeting ; cq:kind ", ["consult", "accident", "accuse"]),
    (f"{CQ}SELECT * {{ ?o a cq:Organization ; cq:kind ", ["government", "agency", "armed force"]),
    (f"{CQ}SELECT * {{ ?m cq:hasParticipant ?p ; cq:kind ", ["consult", "assault", "agree"]),
    (f"{CQ}SELECT * {{ ?m a cq:Meeting ; cq:place/cq:kind ", ["city", "country", "region"]),
    (f"{CQ}SELECT * {{ ?m cq:place ?p . ?p cq:kind ", ["city", "country", "region"]),
    (f"{CQ}SELECT * {{ ?m cq:place/^cq:place/cq:kind ", ["accident", "accuse", "agency"]),
    (f"{CQ}SELECT * {{ ?s cq:act/^cq:source|cq:polarity ", ["negative", "positive", "underspecified"]),
    (f"{CQ}SELECT * {{ ?s a cq:Statement # of what?\n ; ", ["is about", "span of the quotation", "side of the source"]),
    (f"{CQ}SELECT * {{ ?p a cq:Person . FILTER(?p != 1) OPTIONAL {{ ?p ", ["mention", "affiliated with", "name"]),
    (f"{CQ}SELECT * {{ ?x cq:postIn ?o ; ", ["has holding", "held by", "name"]),
]
"""Queries up to the cursor, and what is offered there first."""


def test_what_is_offered_fits_the_place_in_the_query(wide: Tab) -> None:
    wide.goto("/sparql")
    offers = wide.locator(".cm-tooltip-autocomplete li .cm-completionLabel")

    def is_closed() -> bool:
        if offers.count():  # what was typed may have been offered completions by itself
            wide.keyboard.press("Escape")
        return offers.count() == 0

    for query, first in PLACES:
        editing(wide, query)
        until(is_closed)
        wide.keyboard.press("Control+Space")
        expect(offers.first).to_have_text(first[0])
        assert offers.all_inner_texts()[:3] == first, query


def test_a_name_in_quotation_marks_becomes_the_iri_of_what_has_it(wide: Tab) -> None:
    wide.goto("/sparql")
    for name, thing in (("Kay", "ashfaq-parvez-kayani"), ("Pasha", "ahmed-shuja-pasha")):
        editing(wide, "SELECT * { ?s ?p ")
        wide.keyboard.type(f'"{name}')
        expect(wide.locator(".cm-tooltip-autocomplete")).to_contain_text(f"person/{thing}")
        wide.locator(".cm-tooltip-autocomplete li").first.click()
        iri = f"<https://w3id.org/communique/data/person/{thing}>"
        expect(wide.locator("#query")).to_have_value(f"SELECT * {{ ?s ?p {iri}")


def test_an_unknown_term_is_marked_where_it_stands(wide: Tab) -> None:
    wide.goto("/sparql")
    deny = "<https://w3id.org/communique/scheme/act/denny>"
    editing(wide, f"{CQ}SELECT * {{ ?s cq:sorce ?o ; cq:act {deny} ; cq:gist 'cq:no' }} # cq:no")
    marks = wide.locator(".cm-lintRange-warning")
    expect(marks).to_have_text(["cq:sorce", deny])
    marks.first.hover()
    wide.get_by_role("button", name="Write cq:source").click()
    expect(marks).to_have_text([deny])
    assert "?s cq:source ?o" in wide.locator("#query").input_value()


def test_an_address_holds_the_query_its_error_the_view_and_the_version(wide: Tab) -> None:
    wide.goto("/sparql")
    expect(wide.locator("#look table")).to_be_visible()
    editing(wide, "SELECT ?n {\n  ?p ?o\n}")
    wide.keyboard.press("Control+Enter")
    for _ in range(2):
        expect(wide.locator("#status")).to_contain_text("line 3")
        expect(wide.locator("#result")).to_be_hidden()
        expect(wide.locator("#query")).to_have_value("SELECT ?n {\n  ?p ?o\n}")
        expect(wide.locator(".cm-lintRange-error, .cm-lint-marker-error").first).to_be_attached()
        wide.goto(wide.url)
    editing(wide, f"{CQ}SELECT ?s ?o {{ ?s cq:contradicts ?o }}")
    wide.locator("#version").check()
    wide.get_by_role("tab", name="graph").click()
    expect(wide.locator("#look canvas")).to_be_visible()
    assert "&version=" in wide.url
    wide.goto("/")
    wide.go_back()
    expect(wide.locator("#look canvas")).to_be_visible()
    expect(wide.locator("#version")).to_be_checked()


def test_what_the_data_holds_is_counted_and_written_by_a_click(wide: Tab) -> None:
    wide.goto("/sparql")
    wide.get_by_text("Classes and properties in the data").click()
    person = wide.locator("#overview .panel > ul > li", has=wide.get_by_role("button", name="Write cq:Person"))
    expect(person).to_contain_text("person 14 for instance")
    person.get_by_text("its 10 properties").click()
    editing(wide, "SELECT * { ?s ")
    person.get_by_role("button", name="Write cq:affiliatedWith").click()
    expect(wide.locator("#query")).to_have_value(f"{CQ}SELECT * {{ ?s cq:affiliatedWith")


def test_the_boxes_of_a_question_are_completed_and_a_name_that_nothing_has_is_told(wide: Tab) -> None:
    wide.goto("/sparql")
    expect(wide.locator("#look table")).to_be_visible()
    wide.get_by_label("Who", exact=True).press_sequentially("pasha")
    expect(wide.locator("#who-names option")).to_have_attribute("value", "Ahmed Shuja Pasha")
    wide.get_by_label("about or where").fill("Nowhere")
    wide.get_by_role("button", name="Ask").click()
    expect(wide.locator("#status")).to_contain_text("'Nowhere': expected a name")
    expect(wide.locator("#result")).to_be_hidden()
    wide.get_by_label("Who", exact=True).fill("")
    wide.get_by_label("about or where").fill("Islamabad")
    wide.get_by_role("button", name="Ask").click()
    expect(wide.locator("#look table")).to_contain_text("a press conference in Islamabad")
    assert "data/place/islamabad>" in wide.locator("#query").input_value()


def test_the_box_of_a_question_is_completed_by_what_may_stand_in_it(wide: Tab) -> None:
    wide.goto("/examples/18-clinton-said")
    box, offers = wide.get_by_label("instead of Hillary Clinton"), wide.locator("#thing1-names option")
    expect(offers.first).to_be_attached()
    box.fill("")
    box.press_sequentially("islamabad")
    expect(offers).to_have_text(["organization · Islamabad", "group"])
    box.fill("kayani")
    expect(offers).to_have_text(["person · Kayani"])
    box.press("Enter")
    expect(wide.get_by_text("Asked of Ashfaq Parvez Kayani instead of Hillary Clinton.")).to_be_visible()


def test_stop_ends_the_query_on_the_server(wide: Tab, site: Reader) -> None:
    wide.goto("/sparql")
    expect(wide.locator("#run")).to_be_enabled()
    editing(wide, ENDLESS)
    wide.locator("#run").click()
    assert until(lambda: busy(site) == 1)
    wide.locator("#stop").click()
    expect(wide.locator("#status")).to_contain_text("Stopped")
    assert until(lambda: busy(site) == 0)


def busy(site: Reader) -> int:
    """Return how many workers answer a query."""
    (line,) = re.findall(r"^communique_queries_busy (\S+)$", site.get("/metrics", "*/*").text, re.MULTILINE)
    return int(float(line))


def test_an_answer_is_shown_in_each_way_that_fits_it(wide: Tab) -> None:
    wide.goto("/sparql")
    editing(wide, "SELECT ?s ?o { ?s <https://w3id.org/communique/ontology#contradicts> ?o }")
    wide.keyboard.press("Control+Enter")
    expect(wide.locator("#look table")).to_be_visible()
    wide.get_by_role("tab", name="raw").click()
    expect(wide.locator("#look pre")).to_contain_text("bindings")
    wide.get_by_role("tab", name="graph").click()
    expect(wide.locator("#look canvas")).to_be_visible()
    wide.keyboard.press("ArrowLeft")
    expect(wide.get_by_role("tab", name="raw")).to_have_attribute("aria-selected", "true")


def test_an_answer_is_downloaded_whole(wide: Tab, tmp_path: Path) -> None:
    wide.goto("/sparql")
    expect(wide.locator("#status")).to_contain_text("rows")
    wide.locator("#result .data-menu summary").click()
    with wide.expect_download() as download:
        wide.locator("#downloads").get_by_role("link", name="CSV", exact=True).click()
    download.value.save_as(tmp_path / "answer.csv")
    rows = [*csv.DictReader(io.StringIO((tmp_path / "answer.csv").read_text("utf-8")))]
    assert rows[0]["who"] == "the article"


@pytest.mark.parametrize("kind", ["GraphML", "SVG", "PNG"])
def test_the_network_is_saved_as_a_file(wide: Tab, tmp_path: Path, kind: str) -> None:
    wide.goto("/network?most=100")
    expect(wide.locator("#tool")).to_have_attribute("data-placed", "")
    with wide.expect_download() as download:
        wide.get_by_role("button", name=kind).click()
    file = tmp_path / "network"
    download.value.save_as(file)
    if kind == "PNG":
        assert file.read_bytes().startswith(b"\x89PNG")
    else:
        text = file.read_text("utf-8")
        tags = [element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()]  # noqa: S314 -- ours
        assert tags.count("node" if kind == "GraphML" else "text") > 20
        # What is planned or feared is called so where the page and its legend are left behind.
        if kind == "SVG":
            assert "dashed: planned, feared or demanded, not reported to have happened" in text
            assert f"{wide.url.replace('&', '&amp;')}</text>" in text


def test_the_network_begins_with_fifteen_and_its_address_says_what_it_has_grown_to(wide: Tab) -> None:
    wide.goto("/network")
    entries = wide.locator("#nodes li")
    expect(entries).to_have_count(15)
    wide.locator("#since").fill("2011-10-20")
    wide.locator("#since").press("Tab")
    expect(wide).to_have_url(re.compile(r"/network\?since=2011-10-20$"))
    entries.first.click()
    wide.get_by_role("button", name="Expand").click()
    expect(wide).to_have_url(re.compile("expand="))
    grown = entries.all_inner_texts()
    assert len(grown) > 15
    expect(wide.locator(".data-menu .pin")).to_have_attribute("href", re.compile("since=2011-10-20.*&version=000002$"))
    wide.goto(wide.url)
    expect(entries).to_have_count(len(grown))
    assert sorted(entries.all_inner_texts()) == sorted(grown)
    expect(wide.locator("#about h2")).to_be_visible()


def test_the_network_address_has_what_is_looked_at(wide: Tab) -> None:
    wide.goto("/network")
    expect(wide.locator("#tool[data-placed]")).to_be_attached()
    wide.get_by_role("button", name="Closer").click()
    expect(wide).to_have_url(re.compile(r"view=-?\d+%2C-?\d+%2C\d\.\d\d$"))
    address, looked = wide.url, "() => document.querySelector('#tool').view.camera.looked()"
    before = wide.evaluate(looked)
    wide.goto(address)
    expect(wide.locator("#tool[data-placed]")).to_be_attached()
    until(lambda: wide.evaluate(looked)[:2] == pytest.approx(before[:2], abs=0.6))
    assert wide.evaluate(looked)[2] == pytest.approx(before[2], abs=0.006)
    expect(wide).to_have_url(address)
    wide.get_by_role("button", name="Whole").click()
    expect(wide).to_have_url(re.compile("/network$"))


@pytest.mark.parametrize("view", ["NaN,NaN,NaN", "1e308,-1e308,8", ",,1", "10,10,0x1"])
def test_the_network_shows_itself_where_the_address_has_no_view_of_it(wide: Tab, view: str) -> None:
    wide.goto(f"/network?view={view}")
    expect(wide.locator("#tool[data-placed]")).to_be_attached()
    expect(wide).to_have_url(re.compile("/network$"))
    names = "() => document.querySelector('#tool').view.names.size"
    until(lambda: wide.evaluate(names) > 0)


def test_a_chain_is_found_by_names(wide: Tab) -> None:
    wide.goto("/network")
    wide.locator("#chain-form input[name=from]").fill("Kayani")
    wide.locator("#chain-form input[name=to]").fill("Obama")
    wide.get_by_role("button", name="Shortest chain").click()
    expect(wide.locator(".hops li").first).to_be_visible()


def test_five_thousand_nodes_move_without_their_lines_and_have_them_at_rest(wide: Tab) -> None:
    wide.route("**/network/graph*", lambda route: route.fulfill(json=crowd(5000)))
    wide.add_init_script(LINES)
    wide.goto("/network")
    expect(wide.locator("#tool")).to_have_attribute("data-placed", "")
    wide.locator("#tool canvas").hover()
    wide.evaluate("lines = [0]")
    for step in range(8):
        wide.mouse.wheel(0, -120 if step % 4 < 2 else 120)
        wide.evaluate("new Promise(requestAnimationFrame)")
    assert 0 in wide.evaluate("lines.slice(1)")
    # A function, since a bare expression is evaluated by eval when it has to be asked again, and the pages forbid that.
    wide.wait_for_function("() => lines.at(-1) >= 10000")


def crowd(size: int) -> dict[str, object]:
    """Return a network of so many people in the form for the page's script, each joined to two others."""
    relation = "https://w3id.org/communique/ontology#participationIn"
    nodes = [(f"urn:p{n}", f"Person {n}", "person", "ab"[n % 2], f"/about/p{n}") for n in range(size)]
    edges = [(n, (n * 7 + k) % size, relation, 1) for n in range(size) for k in (1, 13)]
    words = {relation: ("took part in", "had as participant")}
    return {"nodes": nodes, "edges": edges, "relations": words, "degrees": [4] * size, "all": size}


def test_results_lead_to_the_very_thing_whatever_its_iri_holds(wide: Tab) -> None:
    base = "https://w3id.org/communique/data/"
    rests = ("person/a", "a%2Fb", "a?b=1", "a/../b", "josé", "a#b", "a//b")
    wide.goto("/sparql")
    editing(wide, f"SELECT ?x {{ VALUES ?x {{ {' '.join(f'<{base}{rest}>' for rest in rests)} }} }}")
    wide.keyboard.press("Control+Enter")
    expect(wide.locator("#look table a")).to_have_count(len(rests))
    links = [link.get_attribute("href") for link in wide.locator("#look table a").all()]
    assert links == ["/about/person/a", *(f"/about?iri={quote(base + rest, safe='')}" for rest in rests[1:])]
