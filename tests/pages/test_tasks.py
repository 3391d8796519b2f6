"""An analyst's tasks on the pages: each answer is at most four presses from the first page; filling a box is one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Page as Tab

from tests.pages.conftest import Reader, opened
from tests.support.chromium import CHROMIUM

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]
MAX_PRESSES = 4
WORDS_AT_EACH_STEP = (
    "foreign minister",
    "Kelmark\u2019s parliament, the recently retired navy chief",
    "Admiral Per Lunde",
)


@dataclass
class Analyst:
    """Somebody who begins at the first page and counts what is pressed; to fill in a box counts as one."""

    tab: Tab
    presses: int = 0

    def begin(self) -> None:
        """Open the first page."""
        self.tab.goto("/")
        self.presses = 0

    def follow(self, name: str, *, within: str = "body") -> None:
        """Click the first link or button of this name. Fails if it is one press too many."""
        place = self.tab.locator(within)
        self.click(place.get_by_role("link", name=name).or_(place.get_by_role("button", name=name)).first)

    def click(self, place: Locator) -> None:
        """Click something. Fails if it is one press too many."""
        self._count()
        place.click()

    def fill(self, box: Locator, words: str) -> None:
        """Fill in a box. Fails if it is one press too many."""
        self._count()
        box.fill(words)

    def _count(self) -> None:
        self.presses += 1
        assert self.presses <= MAX_PRESSES

    def sees(self, words: str, *, within: str = "main") -> None:
        """Fail if a part of the page does not show these words."""
        expect(self.tab.locator(within).first).to_contain_text(words)


@pytest.fixture(scope="module")
def analyst(browser: Browser, site: Reader) -> Iterator[Analyst]:
    """Return an analyst of the shipped corpus."""
    with opened(browser, site, 1200, 900) as tab:
        yield Analyst(tab)


def test_who_took_part_with_post_and_passage(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("Events", within="nav")
    analyst.follow("the talks between the U.S. and Pakistani delegations")
    analyst.sees("Hillary Clinton, U.S. Secretary of State")
    expect(analyst.tab.locator(".party .passage").nth(11)).to_be_attached()


def test_from_the_second_hand_to_its_words(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("Statements", within="nav")
    analyst.follow("second hand")
    analyst.sees("7 statements")
    analyst.follow("Kayani put the agreement")
    analyst.sees("Hillary Clinton", within=".chain")
    expect(analyst.tab.locator(".passage-figure").first).to_be_visible()


def test_what_the_parties_disagree_on(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("Disagreements", within="nav")
    analyst.sees("whether the Haqqani talks should carry preconditions")
    analyst.sees("denied that this is so:", within=".versus.contradicts")


def test_what_the_chief_of_the_isi_said_is_nothing(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("People", within="nav")
    analyst.follow("head of the ISI")
    analyst.follow("Ahmed Shuja Pasha")
    analyst.sees("report nothing said, thought or wanted by Ahmed Shuja Pasha; named once")


def test_what_was_feared_and_by_whose_word(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("planned, feared or demanded")
    analyst.sees("a security force of over 400,000 is open to Indian influence feared by the Pakistanis")


def test_who_links_two_people_with_words_at_each_step(browser: Browser, with_text: Reader) -> None:
    with opened(browser, with_text, 1200, 900) as tab:
        analyst = Analyst(tab)
        analyst.begin()
        analyst.follow("Network", within="nav")
        analyst.fill(tab.locator("#chain-form input[name=from]"), "Tarrant")
        analyst.fill(tab.locator("#chain-form input[name=to]"), "Lunde")
        analyst.follow("Shortest chains", within="#chain-form")
        # The script shows the chain beside the picture, the form without it on a page of its own.
        steps = tab.locator(".hops > li")
        expect(steps.locator(".step")).to_have_text(
            [
                "Ilse Tarrant holds or held a post in the government of Kelmark",
                "the government of Kelmark has as part the navy of Kelmark",
                "the navy of Kelmark has or had in a post Per Lunde",
            ]
        )
        quoted = [step.locator("q").first.inner_text() for step in steps.all()]
        assert [words in step for words, step in zip(WORDS_AT_EACH_STEP, quoted, strict=True)] == [True] * 3, quoted


def test_what_one_side_said_of_an_organization_as_a_table(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("Statements", within="nav")
    facets = analyst.tab.locator("#facets details.facet")
    for title, value in (("Side of the source", "the government of Pakistan"), ("About", "the Haqqani network")):
        facet = facets.filter(has=analyst.tab.get_by_role("heading", name=title, exact=True))
        analyst.click(facet.get_by_role("link", name=value, exact=True).first)
    with analyst.tab.expect_download() as download:
        analyst.follow("All as a table")
    rows = [*csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8")))]
    assert len({row["statement"] for row in rows}) > 3
    assert all("the government of Pakistan" in row["side"].split("; ") for row in rows)
    assert {"they are not in our pocket"} <= {row["quote"] for row in rows}
    columns = ("sourceName", "actLabel", "polarityLabel", "certaintyLabel", "articleLabel")
    assert all(row[column] for row in rows for column in columns)
    assert "the government of Pakistan" in {row["behalfLabel"] for row in rows}


def test_a_disagreement_is_cited_and_copied(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("Disagreements", within="nav")
    analyst.follow("Cite", within=".versus.contradicts")
    analyst.follow("Copy", within="[aria-labelledby=as-text]")
    # What is copied is selected too, for where a browser does not let pages write to the clipboard.
    selected = analyst.tab.evaluate("getSelection().toString()")
    assert "denied (on behalf of the government of Pakistan) that this is so:" in selected
    assert "This contradicts:" in selected
    expect(analyst.tab.locator("[data-copy=text]")).to_have_text(re.compile("Copied|Ctrl"))


def test_why_somebody_belongs_to_a_government(analyst: Analyst) -> None:
    analyst.begin()
    analyst.follow("Ahmed Shuja Pasha")
    analyst.follow("why?")
    analyst.sees("It follows, since")
    expect(analyst.tab.locator(".proof .passage").first).to_be_attached()


def test_a_query_is_written_by_somebody_who_knows_no_term(analyst: Analyst) -> None:
    analyst.begin()
    for label, words in (
        ("Who", "government of Pakistan"),
        ("did or said what", "denied"),
        ("about or where", "Haqqani network"),
    ):
        analyst.fill(analyst.tab.get_by_label(label, exact=True), words)
    analyst.follow("Ask", within="#builder")
    # The script asks for its rows, the form without it goes to the page with them: both write them as this table.
    analyst.sees("deny", within="table.answer")
    expect(analyst.tab.locator("table.answer").first.locator("tbody tr")).to_have_count(1)
    expect(analyst.tab.locator("#query")).to_have_value(re.compile("a cq:Statement ; cq:source"))


def test_who_changed_position_over_the_series(browser: Browser, series: Reader) -> None:
    with opened(browser, series, 1200, 900) as tab:
        analyst = Analyst(tab)
        analyst.begin()
        analyst.follow("Disagreements", within="nav")
        analyst.sees("Joint patrols of the strait are right.", within="#changed ~ div")
        analyst.sees("21 May 2034", within="#changed ~ div")
        analyst.sees("taken back")
        analyst.follow("Nadia Roux", within="#changed ~ div")
        analyst.sees("Positions that changed 1")
        analyst.sees("16 March 2035", within="#over-time ~ table")
