"""What helps somebody to write a query: properties offered after a semicolon, and what is wrong with its terms."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.pages.conftest import BUNDLES, Reader
from tests.pages.test_tools import editing

pytestmark = [
    pytest.mark.skipif(not (BUNDLES / "sparql.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
CQ = "PREFIX cq: <https://w3id.org/communique/ontology#>\n"
OFFERS = ".cm-tooltip-autocomplete li .cm-completionLabel"
OF_MEETINGS = ["has participant", "has participation", "before"]
"""What is offered of a meeting before all other properties."""
MISSPELT = "cq:abuot is not a term of the ontology or of its schemes: cq:about?"
UNLIKE = "cq:qqzzqqzz is not a term of the ontology or of its schemes."


def test_properties_are_offered_after_a_semicolon_without_asking(wide: Tab) -> None:
    wide.goto("/sparql")
    for typed in (";", "; ", ";\n  "):
        editing(wide, f"{CQ}SELECT * {{ ?m a cq:Meeting ")
        wide.keyboard.type(typed)
        expect(wide.locator(OFFERS).first).to_have_text(OF_MEETINGS[0])
        assert wide.locator(OFFERS).all_inner_texts()[:3] == OF_MEETINGS, typed
        wide.keyboard.press("Escape")


def test_a_semicolon_and_enter_begin_a_line_on_which_properties_are_offered(wide: Tab) -> None:
    wide.goto("/sparql")
    begun = f"{CQ}SELECT * {{ ?m a cq:Meeting "
    editing(wide, begun)
    wide.keyboard.type(";")
    expect(wide.locator(OFFERS).first).to_have_text(OF_MEETINGS[0])
    wide.keyboard.press("Enter")
    expect(wide.locator("#query")).to_have_value(re.compile(rf"{re.escape(begun)};\n *$"))
    wide.locator(OFFERS).get_by_text(OF_MEETINGS[1], exact=True).click()
    expect(wide.locator("#query")).to_have_value(re.compile(rf"{re.escape(begun)};\n *cq:hasParticipation$"))


@pytest.mark.parametrize(
    ("query", "answer", "warnings"),
    [
        ("SELECT * { ?s cq:abuot ?o }", "0 rows", [MISSPELT]),
        ("SELECT (COUNT(?s) AS ?n) { ?s cq:abuot ?o }", "1 row", [MISSPELT]),
        ("SELECT * { ?s cq:qqzzqqzz ?o ; cq:abuot 1 }", "0 rows", [UNLIKE, MISSPELT]),
        (
            "SELECT ?s { ?s cq:act <https://w3id.org/communique/scheme/act/qqzz> ; cq:gist 'cq:no' } # cq:no",
            "0 rows",
            [],
        ),
    ],
)
def test_an_answer_repeats_what_is_wrong_with_the_terms_of_its_query(
    wide: Tab, site: Reader, query: str, answer: str, warnings: list[str]
) -> None:
    address = f"/sparql?query={quote(CQ + query)}"
    words = site.get(address).words
    if "scheme/act/qqzz" in query:
        assert "<https://w3id.org/communique/scheme/act/qqzz> is not a term of the ontology" in words
    assert [words.count(warning) for warning in warnings] == [1] * len(warnings)
    wide.goto(address)
    expect(wide.locator("#status")).to_have_text(re.compile(rf"^{answer} in .* ms\. ?{re.escape(' '.join(warnings))}"))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("navigator.clipboard.writeText = async text => { window.written = text }", "is on the clipboard."),
        ("navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))", "copy it"),
        ("Object.defineProperty(navigator, 'clipboard', { value: undefined })", "copy it from there."),
    ],
)
def test_the_address_of_a_query_is_shared_with_the_clipboard_and_without_it(
    wide: Tab, script: str, message: str
) -> None:
    faults: list[str] = []
    wide.on("pageerror", lambda fault: faults.append(fault.message))
    wide.add_init_script(script)
    wide.goto("/sparql?query=ASK%20%7B%7D")
    expect(wide.locator("#status")).to_contain_text(" ms.")
    wide.locator("#share").click()
    expect(wide.locator("#status")).to_contain_text(message)
    assert wide.evaluate("window.written ?? location.href") == wide.url
    assert "query=ASK" in wide.url
    assert faults == []
