"""What is said, by whom and where has the same typeface on every page, in rows, cards and chains."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.pages.addresses import BASE, EVERY_PAGE, OVER_THE_SERIES, TALKS
from tests.pages.conftest import Reader, opened
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
TYPEFACES = """() => {
  const typefaces = {};
  const note = (family, words) => { (typefaces[family] ??= []).push(words.trim().slice(0, 40)) };
  for (const element of document.querySelectorAll('body, body *')) {
    if (element.closest('code, pre, .iri, #query, .cm-editor, script, style')) continue;
    const texts = [...element.childNodes].filter(each => each.nodeType === Node.TEXT_NODE);
    const own = texts.map(each => each.data).join('');
    const words = own.trim() || element.value || element.placeholder || '';
    if (typeof words === 'string' && words.trim()) note(getComputedStyle(element).fontFamily, words);
    for (const part of ['::before', '::after']) {
      const { content, fontFamily } = getComputedStyle(element, part);
      if (!['none', 'normal', '""'].includes(content)) note(fontFamily, `${part} ${content}`);
    }
  }
  return typefaces;
}"""
"""What is written in each typeface, hidden parts too; code and IRIs left out."""


def typefaces(browser: Browser, site: Reader, addresses: tuple[str, ...]) -> dict[str, dict[str, list[str]]]:
    """Return the pages that have more than one typeface, each with some of what is written in each."""
    mixed = {}
    with opened(browser, site, 1200, 900) as tab:
        for address in addresses:
            tab.goto(address)
            written = tab.evaluate(TYPEFACES)
            assert sum(map(len, written.values())) > 20, address
            if len(written) > 1:
                mixed[address] = {family: words[:3] for family, words in written.items()}
    return mixed


def test_every_page_has_one_typeface(browser: Browser, site: Reader) -> None:
    assert typefaces(browser, site, EVERY_PAGE) == {}


def test_every_page_over_the_series_has_one_typeface(browser: Browser, series: Reader) -> None:
    assert typefaces(browser, series, OVER_THE_SERIES) == {}


def test_the_words_of_an_article_have_the_typeface_of_what_is_beside_them(browser: Browser, with_text: Reader) -> None:
    article = "/about/article/harbour-talks/"
    assert "annotated" in with_text.get(article).text
    assert typefaces(browser, with_text, (article, f"{article}statement/closure-threat")) == {}


def test_a_card_has_one_typeface(site: Reader) -> None:
    iri = f"{BASE}{TALKS.removeprefix('/about/')}/statement/official-not-in-our-pocket"
    assert re.findall(r'font-family="([^"]*)"', site.get(f"/card?iri={iri}").text) == ["system-ui, sans-serif"]
