"""The page of an article: its statements in order, its coverage, and its text if the operator supplies it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from rdflib import DCTERMS

from kg.mapping import TextSpan
from kg.namespaces import CQ
from server.http.parameters import query_parameters, whole_number
from server.pages.article_texts import ArticleText, article_text
from server.pages.diagrams import time_axis
from server.pages.page_queries import distinct_rows
from server.pages.page_terms import PageTerm, Row
from server.pages.passage_display import number_in_row
from server.pages.rendering import TemplateCall
from server.pages.thing_queries import ThingQueries, events_with_spans


@dataclass
class TextSegment:
    """A range of characters that evidence the same statements; `words` is empty without the article's text."""

    start: int
    end: int
    statements: list[Row] = field(default_factory=list)
    without: bool = False
    words: str = ""


def article_page(article: ThingQueries) -> TemplateCall:
    """Return the page of an article."""
    properties = {row["property"].value: row["value"] for row in article.facts}
    spans, without = article.rows("article-statements"), article.rows("article-without")
    events = events_with_spans(article.rows("article-happenings", "happening"))
    axis = time_axis(span for _, span in events)
    length = whole_number(properties[str(CQ.length)].value) if str(CQ.length) in properties else None
    if length is None:
        length = max((number_in_row(row, "end") for row in spans), default=0)
    text = article_text(PageTerm(article.iri), properties.get(str(CQ.digest)), length, article.version)
    rows = distinct_rows(spans, "statement")
    segments = text_segments(spans, without, length)
    requested = TextSpan.read(query_parameters().get("passage") or "")
    return "article.html", {
        "title": properties.get(str(DCTERMS.title)),
        "language": properties.get(str(DCTERMS.language)),
        "not_before": properties.get(str(CQ.notBefore)),
        "digest": properties.get(str(CQ.digest)),
        "length": length,
        "rows": rows,
        "places": {row["statement"].value: place for place, row in enumerate(rows, start=1)},
        "coverage": coverage(segments),
        "covered": round(100 * sum(part.end - part.start for part in segments if part.statements) / max(1, length)),
        "text": text,
        "requested": requested,
        "readable": _readable_text(text, spans, without, requested) if text else None,
        "axis": axis,
        "dated": [(row, span, axis.bar(span)) for row, span in events if span.known] if axis else [],
    }


def coverage(segments: Iterable[TextSegment]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Return the stretches with one statement, with many, and known to be without, under the name of each."""
    stretches: dict[str, list[tuple[int, int]]] = {"some": [], "many": [], "without": []}
    for segment in segments:
        if segment.statements or segment.without:
            number = len(segment.statements)
            stretches["many" if number > 1 else "some" if number else "without"].append((segment.start, segment.end))
    return [*stretches.items()]


@dataclass(frozen=True)
class ReadableText:
    """A text in segments, with the first passage of each statement and the requested passage."""

    segments: list[TextSegment]
    spans: dict[str, TextSpan]
    chosen: TextSpan | None

    def is_chosen(self, segment: TextSegment) -> bool:
        """Tell whether a segment belongs to the requested passage."""
        return bool(self.chosen and self.chosen.start <= segment.start and segment.end <= self.chosen.end)


def _readable_text(text: ArticleText, spans: list[Row], without: list[Row], requested: TextSpan | None) -> ReadableText:
    here, nothing = (_located_rows(text, rows) for rows in (spans, without))
    chosen = text.where(requested.start, requested.end)[0] if requested else None
    # Reversed, so that the first of a statement's passages is the one that is kept.
    first = {
        row["statement"].value: TextSpan(number_in_row(row, "start"), number_in_row(row, "end"))
        for row in reversed(here)
    }
    edge = [{"start": _number(chosen.start), "end": _number(chosen.end)}] if chosen else []
    return ReadableText(text_segments(here, nothing, len(text.text), text.text, edge), first, chosen)


def _located_rows(text: ArticleText, rows: list[Row]) -> list[Row]:
    """Return rows with the offsets of their passages in this text, without rows whose passage was not found."""
    located = (
        (row, text.where(number_in_row(row, "start"), number_in_row(row, "end"))[0]) for row in rows if "start" in row
    )
    return [row | {"start": _number(span.start), "end": _number(span.end)} for row, span in located if span]


def _number(value: int) -> PageTerm:
    return PageTerm(str(value), "literal")


def text_segments(
    spans: Iterable[Row], without: Iterable[Row], length: int, text: str = "", also: Iterable[Row] = ()
) -> list[TextSegment]:
    """Return adjacent, non-empty segments that cover the whole text; `also` adds further boundaries."""
    listed = [row for row in spans if "start" in row]
    skipped = [(number_in_row(row, "start"), number_in_row(row, "end")) for row in without]
    ends = {0, length, *(number_in_row(row, end) for row in (*listed, *also) for end in ("start", "end"))}
    # A passage of a damaged graph may lie outside of the text.
    edges = sorted(edge for edge in {*ends, *(edge for pair in skipped for edge in pair)} if 0 <= edge <= length)
    return [_text_segment(a, b, listed, skipped, text) for a, b in pairwise(edges)]


def _text_segment(start: int, end: int, listed: list[Row], skipped: list[tuple[int, int]], text: str) -> TextSegment:
    here = [row for row in listed if number_in_row(row, "start") <= start and end <= number_in_row(row, "end")]
    without = any(a <= start and end <= b for a, b in skipped)
    return TextSegment(start, end, here, without, text[start:end])
