"""Every kind of page walked by Tab: each control is a stop, shows that it has the focus, and acts by Enter or Space."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.pages.addresses import FAULTS, OVER_THE_SERIES, PAGES
from tests.pages.conftest import Reader, opened
from tests.pages.test_browser import look_at
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
KINDS = (*(address for addresses in PAGES.values() for address in addresses[:1]), *PAGES["things.about"][1:], *FAULTS)
MOST_STOPS = 700
WATCH = """() => {
  const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0)
    .filter(e => !e.closest('.cm-editor') && e.type !== 'hidden');
  const walk = window.walk = { left: new Set(controls), hidden: [], dead: [], stops: 0, back: false };
  const told = e => e.outerHTML.slice(0, 140);
  addEventListener('focusin', ({ target }) => {
    walk.stops += 1;
    walk.left.delete(target);
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
    const ring = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    // The editor is in a shadow tree, of which only the host is told of; the ring is inside.
    if (!ring && !target.closest('.editor')) walk.hidden.push(told(target));
  });
  addEventListener('click', event => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.walk.clicked = event.target;
  }, true);
}"""
"""Counts the stops of the keyboard, notes those that do not show their focus, and keeps clicks from leading away."""
STOP = """() => {
  const at = document.activeElement;
  window.walk.clicked = null;
  if (at.closest('.editor')) return ['Escape', window.walk.left.size];
  const key = at.matches('a[href], button, summary') ? 'Enter' : at.matches('input[type=checkbox], input[type=radio]')
    ? 'Space' : '';
  return [key, window.walk.left.size];
}"""
"""Tells which key acts on what has the focus, and how many controls are left: in one message, not in two."""
STOPS_BEFORE_A_KEY = 8
"""After how many stops one is pressed. Between them nothing is asked, since asking costs more than a stop."""
ACTED = """() => {
  const at = document.activeElement, { walk } = window;
  if (walk.clicked !== at) walk.dead.push(at.outerHTML.slice(0, 140));
}"""


@pytest.fixture(scope="module")
def desk(browser: Browser, site: Reader) -> Iterator[Tab]:
    """Return a tab in which one page is walked after another."""
    with opened(browser, site, 1200, 900) as tab:
        yield tab


def walked(tab: Tab, path: str) -> dict[str, list[str]]:
    """Walk a page by Tab and press every eighth control; return what is no stop, shows no focus, or does nothing."""
    look_at(tab, path)
    tab.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges(); }")
    tab.evaluate(WATCH)
    number = tab.evaluate("walk.left.size")
    assert number > 10
    for _ in range(0, min(number + 40, MOST_STOPS), STOPS_BEFORE_A_KEY):
        for _ in range(STOPS_BEFORE_A_KEY):
            tab.keyboard.press("Tab")
        key, left = tab.evaluate(STOP)
        if key:
            tab.keyboard.press(key)
        if key and key != "Escape":
            tab.evaluate(ACTED)
        if not left:
            break
    kinds = ("left", "hidden", "dead")
    return {
        kind: tab.evaluate(f"[...walk.{kind}].map(e => typeof e === 'string' ? e : e.outerHTML.slice(0, 140))")
        for kind in kinds
    }


NOTHING: dict[str, list[str]] = {"left": [], "hidden": [], "dead": []}


@pytest.mark.parametrize("path", KINDS)
def test_a_page_is_walked_by_tab_and_worked_by_enter_and_space(desk: Tab, path: str) -> None:
    assert walked(desk, path) == NOTHING


@pytest.mark.parametrize("path", OVER_THE_SERIES)
def test_a_page_over_several_articles_is_walked_by_tab(browser: Browser, series: Reader, path: str) -> None:
    with opened(browser, series, 1200, 900) as tab:
        assert walked(tab, path) == NOTHING


def test_menus_and_details_open_by_keyboard_on_a_telephone(tab: Tab) -> None:
    tab.goto("/statements")
    for name, panel in (("Menu", "#menu"), ("Narrow down", "#facets")):
        button = tab.get_by_role("button", name=name, exact=True)
        button.focus()
        tab.keyboard.press("Enter")
        assert tab.locator(panel).evaluate("e => e.matches(':popover-open')")
        tab.keyboard.press("Escape")
        assert not tab.locator(panel).evaluate("e => e.matches(':popover-open')")
    summary = tab.locator(".data-menu summary")
    for key, is_open in (("Space", True), ("Enter", False)):
        summary.press(key)
        assert tab.locator(".data-menu").evaluate("e => e.open") == is_open
