"""The page of an article: its statements in order, which stretches carry one, and the text where it is at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flask import Response
from rdflib import DCTERMS

from kg.namespaces import CQ
from server.asking import iri
from server.pages.drawing import axis
from server.pages.findings import Findings, distinct
from server.pages.passages import number
from server.pages.rendering import page as html
from server.pages.terms import Row
from server.pages.times import span
from server.site import site


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
    length = int(one[str(CQ.length)].value) if str(CQ.length) in one else max(map(_end, spans), default=0)
    text = site().settings.texts.get(one[str(CQ.digest)].value, "") if str(CQ.digest) in one else ""
    rows = distinct(spans, "statement")
    found = stretches(spans, without, length, text)
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
        "text": bool(text),
        "axis": line,
        "dated": [(row, each, line.bar(each)) for row, each in happened if each.known] if line else [],
    }
    findings.also([name])
    return html("article.html", findings, this=name, **values)


def stretches(spans: Iterable[Row], without: Iterable[Row], length: int, text: str = "") -> list[Stretch]:
    """Return the whole text in stretches: where one ends another begins, and none is empty."""
    listed = [row for row in spans if "start" in row]
    skipped = [(number(row, "start"), number(row, "end")) for row in without]
    ends = {0, length, *(number(row, end) for row in listed for end in ("start", "end"))}
    edges = sorted(each for each in {*ends, *(edge for pair in skipped for edge in pair)} if 0 <= each <= length)
    return [_stretch(a, b, listed, skipped, text) for a, b in pairwise(edges)]


def _stretch(start: int, end: int, listed: list[Row], skipped: list[tuple[int, int]], text: str) -> Stretch:
    here = [row for row in listed if number(row, "start") <= start and end <= number(row, "end")]
    without = any(a <= start and end <= b for a, b in skipped)
    return Stretch(start, end, here, without, text[start:end])


def _end(row: Row) -> int:
    return number(row, "end")
