"""Filters in the queries of lists, so that a list's rows and triples are those of its page."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import XSD

from kg.moments import Moment


def with_filters(text: str, filters: Iterable[str]) -> str:
    """Return a query with more patterns at the end of its WHERE clause."""
    # Solution modifiers have no braces: the last one closes the WHERE clause.
    head, _, tail = text.rpartition("}")
    return "\n  ".join((head.rstrip(), *filters)) + "\n}" + tail


def in_utc(variable: str) -> str:
    """Return an expression that adds UTC if a moment has no offset: SPARQL cannot compare the two kinds."""
    dated = f'STRDT(CONCAT(STR(<{XSD.dateTime}>({variable})), "Z"), <{XSD.dateTime}>)'
    return f'IF(TZ({variable}) = "", {dated}, {variable})'


def moment_in_query(when: Moment) -> str:
    """Return a moment in SPARQL syntax."""
    return f'"{when}"^^<{XSD.dateTime}>'
