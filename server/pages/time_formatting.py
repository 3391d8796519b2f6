"""Moments and spans of time as solutions hold them and pages write them."""

from __future__ import annotations

from kg.moments import Moment
from server.pages.page_terms import Row, Term
from server.search.time_spans import Span, read, said

STAMPS = ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd")


def span(row: Row) -> Span:
    """Return the span that a solution's four stamps give."""
    return Span(*(_read(row.get(each)) for each in STAMPS))


def saying(row: Row) -> Span:
    """Return the span in which a statement was made."""
    first, last = _read(row.get("saidEarliest")), _read(row.get("saidLatest"))
    return Span(first, None, None, last)


def moment(value: Term | None) -> str:
    """Return a time stamp in words; what is no time stamp as it is."""
    found = _read(value)
    return said(found) if found else (value.value if value else "")


def _read(value: Term | None) -> Moment | None:
    return read(value.value) if value else None
