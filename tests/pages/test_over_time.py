"""What is said by and about somebody over time: bars by month, positions that changed, and what became of fears."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, expect

from server.pages.drawings.month_chart import month_chart
from server.pages.terms.page_terms import PageTerm, Row
from tests.pages.conftest import Reader, opened

STRAIT = "https://example.org/strait"
FEARED = (
    "it came true in the closing of the strait by Kelmark\u2019s navy (The strait closed (the third article of an "
    "invented series), 4 October 2034)."
)
PLANNED = (
    "it was called off by Tarrant\u2019s announcement that the patrols are called off (The patrols called off (the "
    "second article of an invented series), 9 June 2034); it came true in the first joint patrol as the reader infers "
    "(The first patrol, and a correction (the fifth article of an invented series), 20 July 2035)."
)
SVG = "{http://www.w3.org/2000/svg}"


def page_of(reader: Reader, path: str) -> str:
    """Return the page of a thing of the series."""
    page = reader.get(f"/about?iri={STRAIT}/{path}")
    assert page.status == 200
    return page.text


def drawn(text: str) -> ET.Element:
    """Return the chart of a page."""
    (figure,) = re.findall(r'<figure class="months">.*?</figure>', text, re.DOTALL)
    return ET.fromstring(re.sub("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', figure))  # noqa: S314


def rows(*articles: tuple[str, int, int]) -> list[Row]:
    """Return rows of articles: their time, and the statements by and about somebody."""
    return [
        {"asOf": PageTerm(time), "said": PageTerm(str(by_them)), "about": PageTerm(str(about_them))}
        for time, by_them, about_them in articles
    ]


def test_what_became_of_something_by_a_statements_word_reads_as_a_sentence(series: Reader) -> None:
    words = series.get("/events?kind=unreal").words
    assert "It came true, according to this statement: Orli\u0107 says that there have been guards" in words
    assert "according to Orli" not in words
    assert "It came true in the closing of the strait" in words


def test_an_agents_page_draws_what_is_said_by_and_about_them_a_month(series: Reader) -> None:
    figure = drawn(page_of(series, "person/lena-orlic"))
    (chart,) = figure.iter(f"{SVG}svg")
    assert chart.get("aria-label") == (
        "May 2034: 3 said by them, 0 about them; June 2034: 3 said by them, 0 about them; "
        "October 2034: 1 said by them, 0 about them; March 2035: 1 said by them, 1 about them"
    )
    bars = {path.get("class"): path.get("d") for path in chart.iter(f"{SVG}path")}
    assert bars == {
        "base": "M0 40H110",
        "by": "M1 40V0h4V40zM11 40V0h4V40zM51 40V26.67h4V40zM101 40V26.67h4V40z",
        "on": "M105 40V26.67h4V40z",
    }
    assert chart.get("viewBox") == "0 0 110 40"
    assert "at most 3" in "".join(figure.itertext())


def test_who_is_in_one_article_alone_has_no_chart(series: Reader) -> None:
    assert '<figure class="months">' not in page_of(series, "article/correction/group/two-sailors")


def test_a_position_that_changed_stands_on_the_page_of_who_changed_it(series: Reader) -> None:
    text = page_of(series, "person/nadia-roux")
    section = text[text.index('id="changed"') :]
    before, after = section.index("Roux is against joint patrols."), section.index("Roux now supports joint patrols.")
    assert before < section.index("21 May 2034") < after < section.index("16 March 2035")
    first = section[before:after]
    assert "said that this is not so:" in first
    assert "/about/article/ferry-fire/passage/" in first
    assert 'id="changed"' not in page_of(series, "person/lena-orlic")


def test_what_an_article_takes_back_is_no_position_that_changed(series: Reader) -> None:
    page = series.get("/disagreements")
    changed, _, corrected = page.words.partition("Who changed position 2")[2].partition("What articles take back 1")
    assert [gist in changed for gist in ("Roux now supports joint patrols.", "Falk takes back that the fire")] == [
        True,
        True,
    ]
    assert "The newspaper withdraws that Vall had counted twenty-six." not in changed
    assert "taken back The newspaper withdraws that Vall had counted twenty-six." in corrected


def test_disagreements_count_pairs_by_what_stands_between_them(series: Reader) -> None:
    page = series.get("/disagreements")
    assert "1 pair of statements that contradict each other, so that both cannot be true, and 4 that oppose" in (
        page.words
    )
    relations = re.findall('class="relation-name">([a-z]+)', page.text)
    assert sorted(relations) == ["contradicts", "opposes", "opposes", "opposes", "opposes"]


def test_what_disagrees_or_supports_names_its_article_and_date(series: Reader) -> None:
    place = "\u00b6 6 The strait closed (the third article of\u2026, 4 October 2034"
    assert f"Vall counts twenty-six people injured. Ines Vall {place}" in series.get("/disagreements").words
    related = series.get("/about/article/patrols-off/statement/injured").words.partition("What speaks for")[2]
    assert place in related.partition("Vall counts twenty-six people injured. Ines Vall inferred why?")[2][:80]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/about/topic/fire", "There is evidence that somebody set the fire. \u00b6 6 A fire on a ferry"),
        ("/about/person/nadia-roux", "passed on by Nadia Roux \u00b6 6 The harbour records opened"),
    ],
)
def test_a_list_of_one_row_names_its_article_where_its_page_is_of_several(
    series: Reader, path: str, words: str
) -> None:
    assert words in series.get(path).words


def test_a_post_that_several_articles_tell_of_is_one_row(series: Reader) -> None:
    text = page_of(series, "person/nadia-roux")
    table = text[text.index('id="posts"') :].partition("</table>")[0]
    rows = [re.sub("<[^>]*>", " ", row) for row in table.split("<tr>")[2:]]
    assert [row.split("  ")[1].strip() for row in rows] == ["chief of the navy of Kelmark", "admiral"]
    assert [rows[0].index(day) for day in ("16 March 2035", "9 June 2034", "21 May 2034")] == sorted(
        rows[0].index(day) for day in ("16 March 2035", "9 June 2034", "21 May 2034")
    )
    assert "The harbour records opened (the fourth" in rows[0]


@pytest.mark.parametrize(("scenario", "words"), [("closure", FEARED), ("patrols", PLANNED)])
def test_what_became_of_what_was_feared_or_planned_is_told_with_how_it_is_known(
    series: Reader, scenario: str, words: str
) -> None:
    page = series.get(f"/about?iri={STRAIT}/article/ferry-fire/scenario/{scenario}")
    assert f"The article does not report that it happened. What became of it: {words}" in page.words
    assert words.partition(" (")[0].removeprefix("it ") in series.get("/events?kind=unreal").words


@pytest.mark.xdist_group("browser")
def test_on_a_telephone_each_account_names_its_article_and_a_difference_is_seen(
    browser: Browser, series: Reader
) -> None:
    with opened(browser, series, 360, 740) as tab:
        tab.goto(f"/about?iri={STRAIT}/article/ferry-fire/event/fire")
        table = tab.locator("table.accounts")
        expect(table.locator("thead")).not_to_be_in_viewport()
        when = [
            [cell.evaluate("cell => getComputedStyle(cell, '::before').content"), cell.inner_text()]
            for cell in table.locator("tr").filter(has_text="When").locator("td").all()
        ]
        backgrounds = [
            table.locator("tr")
            .filter(has_text=words)
            .locator("th")
            .evaluate("th => getComputedStyle(th).backgroundColor")
            for words in ("When", "Where")
        ]
    assert when == [
        ['"this account: "', "some time on 19 May 2034"],
        [
            '"The patrols called off (the second\u2026: "',
            "from 20 May 2034 on; the end is unknown",
        ],
        ['"The strait closed (the third article of\u2026: "', "from 19 May 2034 on; the end is unknown"],
    ]
    assert backgrounds[0] != backgrounds[1] == "rgba(0, 0, 0, 0)"


def listed(reader: Reader, **facets: str) -> set[str]:
    """Return the statements of a list, without their base."""
    text = reader.get(f"/statements?{urlencode(facets)}", "text/csv").text
    return {row["statement"].removeprefix(f"{STRAIT}/article/") for row in csv.DictReader(io.StringIO(text))}


def test_what_rests_on_one_source_is_a_list_of_its_own(series: Reader) -> None:
    links = series.get("/statements").links
    assert {"/statements?support=one+source", "/statements?support=several+independent+sources"} <= {*links}
    several = listed(series, support="several independent sources")
    assert several == {
        "correction/statement/charged",
        "ferry-fire/statement/fire-set",
        "ferry-fire/statement/lamp-oil",
        "harbour-books/statement/fire-set-told",
        "harbour-books/statement/it-was-i",
        "harbour-books/statement/report-fire-set",
        "patrols-off/statement/injured",
        "strait-closed/statement/vall-oil",
        "strait-closed/statement/vall-sailors",
    }
    assert listed(series, support="one source") == listed(series) - several


def test_many_years_are_drawn_by_year() -> None:
    chart = month_chart(
        rows(("2030-12-31", 2, 0), ("2034-01-01", 1, 4), ("2036-03-05T10:00:00Z", 0, 5), ("2036-04-01", 0, 1))
    )
    assert chart is not None
    assert [
        (period.name, period.by_them, period.about_them)
        for period in chart.periods
        if period.by_them or period.about_them
    ] == [
        ("2030", 2, 0),
        ("2034", 1, 4),
        ("2036", 0, 6),
    ]
    assert (chart.is_by_year, len(chart.periods), chart.most) == (True, 7, 6)
    assert chart.bars_by_them == "M1 40V26.67h4V40zM41 40V33.33h4V40z"


def test_articles_of_one_month_are_added_and_make_no_chart_alone() -> None:
    may = (("2034-05-21", 3, 1), ("2034-05-30", 1, 1))
    chart = month_chart(rows(*may, ("2034-06-01", 0, 1)))
    assert chart is not None
    assert chart.words == "May 2034: 4 said by them, 2 about them; June 2034: 0 said by them, 1 about them"
    assert month_chart(rows(*may)) is None
    assert month_chart([]) is None


def test_articles_without_a_time_that_is_one_are_left_out() -> None:
    undated = {"said": PageTerm("9"), "about": PageTerm("9")}
    chart = month_chart(
        [undated, *rows(("soon", 9, 9), ("2034-13-01", 9, 9), ("2034-05-21", 1, 0), ("2034-07-21", 1, 0))]
    )
    assert chart is not None
    assert [(period.name, period.by_them, period.about_them) for period in chart.periods] == [
        ("May 2034", 1, 0),
        ("June 2034", 0, 0),
        ("July 2034", 1, 0),
    ]


def test_a_post_that_is_over_by_a_later_article_is_listed_once(series: Reader) -> None:
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', series.get("/people").text, re.DOTALL)
    posts = {
        person[1]: [(post, bool(over)) for post, over in re.findall(POST, row)]
        for row in rows
        if (person := re.search(r"/about/person/([a-z-]+)", row))
    }
    assert posts["ilse-tarrant"] == [("kelmark-foreign-minister", True)]
    assert posts["nadia-roux"] == [("kelmark-navy-chief", True)]
    assert posts["nils-aker"] == [("kelmark-navy-chief", False)]


POST = r'/about/post/([a-z-]+)"><bdi>[^<]*</bdi></a>( <span class="muted">\(over\))?'


def test_words_in_quotation_marks_are_called_by_their_number_and_article(series: Reader) -> None:
    page = series.get("/about/article/ferry-fire/run/1")
    assert page.status == 200
    title = "A fire on a ferry (the first article of an invented series)"
    assert f"<h1><bdi>words in quotation marks, 1 of {title}</bdi></h1>" in page.text


def test_a_banner_names_once_who_says_a_thing_in_two_statements(series: Reader) -> None:
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page_of(series, "article/ferry-fire/scenario/closure")))
    assert "Feared by Jovan \u0160eri\u0107 in this statement, and in this one. The article" in shown


@pytest.mark.parametrize("path", ["/", "/articles"])
def test_articles_are_listed_the_newest_first(series: Reader, path: str) -> None:
    articles = [link for link in series.get(path).links if re.fullmatch("/about/article/[a-z-]+/", link)]
    assert [article.split("/")[3] for article in articles] == [
        "correction",
        "harbour-books",
        "strait-closed",
        "patrols-off",
        "ferry-fire",
    ]


def test_an_article_has_its_day_of_publication_and_not_the_earliest_that_its_text_allows(series: Reader) -> None:
    page = page_of(series, "article/ferry-fire/")
    assert "carry one. Published 21 May 2034.</p>" in page
    assert "carry one. Published 21 May 2034." in re.findall('<meta name="description"[^>]*>', page)[0]
    for path in ("/", "/articles"):
        days = re.findall("· ((?:published|not before) .*?)</span>", series.get(path).text)
        assert days == [
            "published 20 July 2035",
            "published 16 March 2035",
            "published 4 October 2034",
            "published 9 June 2034",
            "published 21 May 2034",
        ]


@pytest.mark.parametrize(
    ("scenario", "fate"),
    {
        "ferry-fire/scenario/ruin": "open",
        "ferry-fire/scenario/closure": "happened",
        "ferry-fire/scenario/patrols": "happened",  # called off first, and come true later
        "patrols-off/scenario/september-meeting": "failed",
    }.items(),
)
def test_only_what_did_not_happen_has_the_colour_of_that(series: Reader, scenario: str, fate: str) -> None:
    assert re.findall('<div class="banner ([^"]*)"', page_of(series, f"article/{scenario}")) == [fate]
