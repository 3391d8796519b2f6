"""The page of an article: its statements in order, which stretches carry one, and the text where it is at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flask import Response
from rdflib import DCTERMS

from kg.mapping import TextSpan
from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.http.numbers import whole_number
from server.http.parameters import from_query_string
from server.pages.article_texts import Held, held
from server.pages.diagrams import axis
from server.pages.page_queries import Findings, distinct
from server.pages.page_terms import Row, Term
from server.pages.passage_display import number
from server.pages.rendering import page as html
from server.pages.time_formatting import span


@dataclass
class Stretch:
    """A run of characters that the same statements rest on; `words` only where the text is at hand."""

    start: int
    end: int
    statements: list[Row] = field(default_factory=list)
    without: bool = False
    words: str = ""


def page(name: str, findings: Findings) -> Response:
    """Answer with an article as the graph sees it."""
    this = iri(name)
    facts = findings.facts(name)
    spans = findings.ask("article-statements", this=this)
    without = findings.ask("article-without", this=this)
    happened = [(row, span(row)) for row in distinct(findings.ask("article-happenings", this=this), "happening")]
    line = axis(each for _, each in happened)
    one = {row["property"].value: row["value"] for row in facts}
    length = whole_number(one[str(CQ.length)].value) if str(CQ.length) in one else None
    length = max(map(_end, spans), default=0) if length is None else length
    text = held(Term(name), one.get(str(CQ.digest)), length, findings.version)
    rows = distinct(spans, "statement")
    found = stretches(spans, without, length)
    asked = TextSpan.read(from_query_string().one("passage") or "")
    values: dict[str, Any] = {
        "title": one.get(str(DCTERMS.title)),
        "language": one.get(str(DCTERMS.language)),
        "not_before": one.get(str(CQ.notBefore)),
        "digest": one.get(str(CQ.digest)),
        "length": length,
        "rows": rows,
        "places": {row["statement"].value: place for place, row in enumerate(rows, start=1)},
        "stretches": found,
        "covered": round(100 * sum(each.end - each.start for each in found if each.statements) / max(1, length)),
        "text": text,
        "asked": asked,
        "read": _read(text, spans, without, asked) if text else None,
        "axis": line,
        "dated": [(row, each, line.bar(each)) for row, each in happened if each.known] if line else [],
    }
    findings.also([name])
    return html("article.html", findings, this=name, **values)


@dataclass(frozen=True)
class Reading:
    """A text in stretches: where in it each statement rests first, and the passage that is asked for."""

    stretches: list[Stretch]
    spans: dict[str, TextSpan]
    chosen: TextSpan | None

    def is_chosen(self, stretch: Stretch) -> bool:
        """Tell whether a stretch belongs to the passage that is asked for."""
        return bool(self.chosen and self.chosen.start <= stretch.start and stretch.end <= self.chosen.end)


def _read(text: Held, spans: list[Row], without: list[Row], asked: TextSpan | None) -> Reading:
    """Return a text with what rests on it, as far as that was found in it."""
    here, nothing = (_placed(text, rows) for rows in (spans, without))
    chosen = text.where(asked.start, asked.end)[0] if asked else None
    first = {row["statement"].value: TextSpan(number(row, "start"), number(row, "end")) for row in reversed(here)}
    edge = [{"start": _number(chosen.start), "end": _number(chosen.end)}] if chosen else []
    return Reading(stretches(here, nothing, len(text.text), text.text, edge), first, chosen)


def _placed(text: Held, rows: list[Row]) -> list[Row]:
    """Return solutions with their passage where the text has it; those that it has not are left out."""
    found = ((row, text.where(number(row, "start"), number(row, "end"))[0]) for row in rows if "start" in row)
    return [row | {"start": _number(span.start), "end": _number(span.end)} for row, span in found if span]


def _number(value: int) -> Term:
    return Term(str(value), "literal")


def stretches(
    spans: Iterable[Row], without: Iterable[Row], length: int, text: str = "", also: Iterable[Row] = ()
) -> list[Stretch]:
    """Return the whole text in stretches: where one ends another begins, and none is empty; `also` has more edges."""
    listed = [row for row in spans if "start" in row]
    skipped = [(number(row, "start"), number(row, "end")) for row in without]
    ends = {0, length, *(number(row, end) for row in (*listed, *also) for end in ("start", "end"))}
    edges = sorted(each for each in {*ends, *(edge for pair in skipped for edge in pair)} if 0 <= each <= length)
    return [_stretch(a, b, listed, skipped, text) for a, b in pairwise(edges)]


def _stretch(start: int, end: int, listed: list[Row], skipped: list[tuple[int, int]], text: str) -> Stretch:
    here = [row for row in listed if number(row, "start") <= start and end <= number(row, "end")]
    without = any(a <= start and end <= b for a, b in skipped)
    return Stretch(start, end, here, without, text[start:end])


def _end(row: Row) -> int:
    return number(row, "end")
