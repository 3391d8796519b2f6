"""Support of statements: the facet counts what the statement's own page calls independent sources, and nothing else."""

from __future__ import annotations

import csv
import re

from tests.pages.conftest import Reader

STATEMENT = "https://example.org/strait/article/{}/statement/{}"
SAME, CONFIRMED = "The same is said by other sources", "Confirmed by other sources"


def several(reader: Reader) -> set[str]:
    """Return the statements that the facet says several independent sources for."""
    text = reader.get("/statements?support=several+independent+sources", "text/csv").text
    return {row["statement"] for row in csv.DictReader(text.splitlines())}


def test_the_facet_and_each_page_agree_on_what_has_several_sources(series: Reader) -> None:
    everything = csv.DictReader(series.get("/statements", "text/csv").text.splitlines())
    statements = {row["statement"] for row in everything}
    supported = set()
    for statement in statements:
        path = re.sub(r"^.*?/(?=article/)", "/about/", statement)
        titles = re.findall(r'<h3 class="relation[^"]*">([^<]*) <span class="count">\d', series.get(path).text)
        supported |= {statement} if {SAME, CONFIRMED} & {title.strip() for title in titles} else set()
    assert several(series) == supported
    assert len(supported) == 9


def test_an_article_alone_whose_sources_repeat_themselves_has_no_second_source(site: Reader) -> None:
    assert several(site) == set()


def test_who_confirms_himself_is_no_second_source(series: Reader) -> None:
    supported = several(series)
    assert STATEMENT.format("ferry-fire", "fire-set") in supported
    # Falk, of whom Roux says it, is a source of hers; she says independently what he confesses.
    assert STATEMENT.format("harbour-books", "named") not in supported
    assert STATEMENT.format("harbour-books", "it-was-i") in supported
