"""What is said by and about somebody over time: bars by month, positions that changed, and what became of fears."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from server.pages.month_chart import MonthChart, month_chart
from server.pages.page_terms import PageTerm, Row
from tests.pages.conftest import Reader

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


def rows(**months: tuple[int, int]) -> list[Row]:
    """Return rows of months, as `m2034_05=(said, about)`."""
    return [
        {"month": PageTerm(month[1:].replace("_", "-")), "said": PageTerm(str(said)), "about": PageTerm(str(about))}
        for month, (said, about) in months.items()
    ]


def test_an_agents_page_draws_what_is_said_by_and_about_them_a_month(series: Reader) -> None:
    figure = drawn(page_of(series, "person/lena-orlic"))
    (chart,) = figure.iter(f"{SVG}svg")
    assert chart.get("aria-label") == (
        "May 2034: 3 said by them, 0 about them; June 2034: 3 said by them, 0 about them; "
        "October 2034: 1 said by them, 0 about them; March 2035: 1 said by them, 1 about them"
    )
    bars = [
        (bar.get("class"), float(bar.get("x", "")), float(bar.get("height", "")), "".join(bar.itertext()))
        for bar in chart.iter(f"{SVG}rect")
    ]
    third = round(40 / 3, 2)
    assert bars == [
        ("by", 1, 40, "May 2034: 3 said by them"),
        ("by", 11, 40, "June 2034: 3 said by them"),
        ("by", 51, third, "October 2034: 1 said by them"),
        ("by", 101, third, "March 2035: 1 said by them"),
        ("on", 105, third, "March 2035: 1 said about them"),
    ]
    assert chart.get("viewBox") == "0 0 110 40"
    assert "at most 3" in "".join(figure.itertext())


def test_who_is_in_one_article_alone_has_no_chart(series: Reader) -> None:
    assert '<figure class="months">' not in page_of(series, "article/correction/group/two-sailors")


def test_a_position_that_changed_stands_on_the_page_of_who_changed_it(series: Reader) -> None:
    text = page_of(series, "person/nadia-roux")
    section = text[text.index('id="changed"') :]
    before, after = section.index("Roux is against joint patrols."), section.index("Roux now supports joint patrols.")
    assert section.index("21 May 2034") < before < section.index("16 March 2035") < after
    assert 'id="changed"' not in page_of(series, "person/lena-orlic")


@pytest.mark.parametrize(("scenario", "words"), [("closure", FEARED), ("patrols", PLANNED)])
def test_what_became_of_what_was_feared_or_planned_is_told_with_how_it_is_known(
    series: Reader, scenario: str, words: str
) -> None:
    page = series.get(f"/about?iri={STRAIT}/article/ferry-fire/scenario/{scenario}")
    assert f"The article does not report that it happened. What became of it: {words}" in page.words
    assert words.partition(" (")[0].removeprefix("it ") in series.get("/events?kind=unreal").words


def test_what_rests_on_one_source_is_a_list_of_its_own(series: Reader) -> None:
    every = series.get("/statements", "text/csv").text
    facet = next(link for link in series.get("/statements").links if re.search(r"[?&]\w+=one(%20|\+)source", link))
    alone = series.get(facet.replace("&amp;", "&"), "text/csv").text
    assert 0 < alone.count("\n") < every.count("\n")


def test_many_years_are_drawn_by_year() -> None:
    chart = month_chart(rows(m2030_12=(2, 0), m2034_01=(1, 4), m2036_03=(0, 5), m2036_04=(0, 1)))
    assert chart == MonthChart(chart.periods if chart else (), is_by_year=True)
    assert [(period.name, period.said, period.about) for period in chart.periods if period.said or period.about] == [
        ("2030", 2, 0),
        ("2034", 1, 4),
        ("2036", 0, 6),
    ]
    assert (len(chart.periods), chart.most, chart.height(3)) == (7, 6, 20)


def test_one_month_and_times_that_are_none_are_no_chart() -> None:
    assert month_chart([]) is None
    assert month_chart(rows(m2034_05=(3, 1))) is None
    assert month_chart(rows(m2034_05=(3, 1), m2034_13=(1, 1), msoon=(1, 1))) is None
