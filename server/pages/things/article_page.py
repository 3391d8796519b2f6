"""The page of an article: its statements in order, its coverage, and its text if the operator supplies it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rdflib import DCTERMS, SKOS

from kg.mapping.passages.text_spans import TextSpan
from kg.namespaces import CQ
from server.http.parameters import query_parameters, whole_number
from server.pages.drawings.diagrams import time_axis
from server.pages.queried_data.article_texts import ArticleText, article_text
from server.pages.queried_data.page_queries import distinct_rows
from server.pages.queried_data.passage_display import span_in_row
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.thing_queries import ThingQueries, events_with_spans


@dataclass
class TextSegment:
    """A range of characters that are evidence for the same statements; `words` is empty without the article's text."""

    start: int
    end: int
    statements: list[Row] = field(default_factory=list)
    without: bool = False
    words: str = ""


def article_page(article: ThingQueries) -> TemplateCall:
    """Return the page of an article."""
    properties = {row["property"].value: row["value"] for row in article.facts}
    statements, without = article.rows("article-statements"), [*map(span_in_row, article.rows("article-without"))]
    spans = [(span_in_row(row), row) for row in statements if "start" in row]
    events = events_with_spans(article.rows("article-happenings", "happening"))
    axis = time_axis(span for _, span in events)
    length = whole_number(properties[str(CQ.length)].value) if str(CQ.length) in properties else None
    if length is None:
        length = max((span.end for span, _ in spans), default=0)
    text = article_text(PageTerm(article.iri), properties.get(str(CQ.digest)), length, article.version)
    rows = distinct_rows(statements, "statement")
    segments = text_segments(spans, without, length)
    requested = TextSpan.read(query_parameters().get("passage") or "")
    return "article.html", {
        "title": properties.get(str(DCTERMS.title)),
        "language": properties.get(str(DCTERMS.language)),
        "published": properties.get(str(CQ.published)),
        "not_before": properties.get(str(CQ.notBefore)),
        "notes": article.values(str(SKOS.editorialNote)),
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
    """Return the stretches with one statement, with several, and known to have none, under the name of each."""
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
        """Return whether a segment belongs to the requested passage."""
        return bool(self.chosen and self.chosen.takes_in(TextSpan(segment.start, segment.end)))


def _readable_text(
    text: ArticleText, spans: Sequence[tuple[TextSpan, Row]], without: Sequence[TextSpan], requested: TextSpan | None
) -> ReadableText:
    located = ((text.where(span)[0], row) for span, row in spans)
    here = [(span, row) for span, row in located if span]
    nothing = [*filter(None, (text.where(span)[0] for span in without))]
    chosen = text.where(requested)[0] if requested else None
    # Reversed, so that the first of a statement's passages is kept.
    first = {row["statement"].value: span for span, row in reversed(here)}
    segments = text_segments(here, nothing, len(text.text), text.text, [chosen] if chosen else [])
    return ReadableText(segments, first, chosen)


def text_segments(
    spans: Sequence[tuple[TextSpan, Row]],
    without: Sequence[TextSpan],
    length: int,
    text: str = "",
    also: Sequence[TextSpan] = (),
) -> list[TextSegment]:
    """Return adjacent, non-empty segments that cover the whole text; `also` adds further boundaries."""
    bounds = (*(span for span, _ in spans), *without, *also)
    ends = {0, length, *(end for span in bounds for end in (span.start, span.end))}
    # A passage of a damaged graph may lie outside the text.
    parts = [TextSpan(*pair) for pair in pairwise(sorted(end for end in ends if 0 <= end <= length))]
    return [
        TextSegment(
            part.start,
            part.end,
            [row for span, row in spans if span.takes_in(part)],
            any(span.takes_in(part) for span in without),
            part.of(text),
        )
        for part in parts
    ]
