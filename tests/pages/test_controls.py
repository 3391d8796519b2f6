"""Every kind of control of every kind of page, pressed with the mouse: something comes of it, and nothing fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Download, Frame, Locator, Response, expect
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page as Tab
from playwright.sync_api import TimeoutError as BrowserTimeoutError

from tests.pages.addresses import PAGES
from tests.pages.conftest import BUNDLES, Reader, opened
from tests.pages.test_browser import look_at
from tests.support.chromium import CHROMIUM, PATIENCE_MILLISECONDS

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.skipif(not (BUNDLES / "network.js").is_file(), reason="the pages' scripts are not made (make setup)"),
    pytest.mark.xdist_group("browser"),
]
KINDS = (*(addresses[0] for addresses in PAGES.values()), *PAGES["things.about"][1:])
CONTROLS = """() => {
  const name = e => [e.getAttribute('aria-label'), e.labels?.[0]?.innerText, e.innerText, e.id].find(Boolean);
  const key = e => e.type === 'checkbox' ? `checkbox ${e.name}` : e.matches('.facet *') ? `${e.localName} of a facet`
    : `${e.localName} ${name(e).trim().split('\\n')[0]}`;
  const controls = {};
  const shown = 'main :is(button, summary, select, input[type=checkbox], [role=option])';
  document.querySelectorAll(shown).forEach((e, i) => {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled || e.ariaDisabled === 'true') return;
    if (e.closest('.cm-editor')) return;
    controls[key(e)] ??= i;
    e.dataset.control = i;
  });
  return controls;
}"""
"""The controls, each of its kind once: a page has as many boxes as it has statements, and facets as it has values."""
STATE = """() => JSON.stringify([
  location.href, document.body.outerHTML.replace(/ data-control="\\d+"/g, ''), String(getSelection()),
  [...document.querySelectorAll('input, select, textarea')].map(e => [e.value, e.checked]),
  [...document.querySelectorAll('canvas')].map(e => e.toDataURL()),
  document.activeElement.matches(':invalid') ? document.activeElement.name : '',
])"""
"""What pressing can change: the address, what is shown or chosen, a drawing, or which field is to be filled in."""
WITHOUT_EFFECT = {"button Whole", "button Table", "button Stop"}
"""What the page shows already, and what stops a query while one runs."""
ATTEMPTS = 12
CLICK_MILLISECONDS = 10_000


@dataclass
class Desk:
    """A tab, and what came of pressing: what was saved, whether a page was opened, and what went wrong."""

    tab: Tab
    downloads: list[Download] = field(default_factory=list)
    visits: list[Frame] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch the tab."""
        self.tab.on("download", self._save)
        self.tab.on("framenavigated", self._visit)
        self.tab.on("response", self._check)
        self.tab.on("console", self._note)
        self.tab.on("pageerror", self._fail)

    def _save(self, download: Download) -> None:
        self.downloads.append(download)

    def _visit(self, frame: Frame) -> None:
        self.visits.append(frame)

    def _check(self, answer: Response) -> None:
        if answer.status >= 400:
            self.faults.append(f"{answer.status} {answer.url}")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def _fail(self, error: BrowserError) -> None:
        self.faults.append(str(error))

    def open(self, path: str) -> dict[str, int]:
        """Open a page and return its controls, the number of each by its kind."""
        look_at(self.tab, path)
        if path == "/network":
            expect(self.tab.locator("#tool")).to_have_attribute("data-placed", "")
        controls: dict[str, int] = self.tab.evaluate(CONTROLS)
        return controls

    def press(self, path: str, name: str) -> bool:
        """Press a control, or choose another value, and return whether anything came of it."""
        for _ in range(ATTEMPTS):
            try:
                marked = self.tab.evaluate(CONTROLS)
                number = (marked if name in marked else self.open(path))[name]
                self.downloads.clear()
                self.visits.clear()
                before = self.tab.evaluate(STATE)
                _use(self.tab.locator(f'[data-control="{number}"]'))
            except BrowserTimeoutError:  # The page has written this part again meanwhile, and the mark is gone.
                continue
            except BrowserError:  # What was pressed before leaves the page only now.
                self.open(path)
                continue
            return self._has_changed(before)
        raise AssertionError(f"{name} could not be pressed in {ATTEMPTS} attempts")

    def _has_changed(self, before: str) -> bool:
        for _ in range(PATIENCE_MILLISECONDS // 20):
            try:
                if self.downloads or self.visits or self.tab.evaluate(STATE) != before:
                    return True
            except BrowserError:  # A page that is left answers no more.
                return True
            self.tab.wait_for_timeout(20)
        return False


def _use(control: Locator) -> None:
    if control.evaluate("e => e.localName", timeout=CLICK_MILLISECONDS) == "select":
        others = "e => [...e.options].filter(option => !option.selected).map(option => option.value)"
        control.select_option(control.evaluate(others)[-1], timeout=CLICK_MILLISECONDS)
    else:
        control.click(timeout=CLICK_MILLISECONDS)


@pytest.fixture(scope="module")
def desk(browser: Browser, site: Reader) -> Iterator[Desk]:
    """Return a desk at which one page is worked after another."""
    with opened(browser, site, 1280, 900) as tab:
        yield Desk(tab)


@pytest.mark.parametrize("path", KINDS)
def test_something_comes_of_every_control_and_nothing_fails(desk: Desk, path: str) -> None:
    desk.faults.clear()
    controls = desk.open(path)
    left = False
    for name in [*controls]:
        if name in WITHOUT_EFFECT:
            continue
        if left:
            desk.open(path)
        assert desk.press(path, name), name
        # What opens over the page is closed again, since it covers other controls.
        assert not name.startswith("summary") or desk.press(path, name), name
        # The network's list is written again, later, when its picture changes.
        left = bool(desk.visits) or path == "/network"
    assert desk.faults == []
