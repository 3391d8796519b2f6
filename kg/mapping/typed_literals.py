"""Typed literals: which texts are values of the context's datatypes (XML Schema 1.1, Datatypes)."""

from __future__ import annotations

import re
from datetime import datetime

from rdflib import XSD, Literal, URIRef

from kg.moments import read

MOMENT = re.compile(
    r"(?P<year>-?[0-9]{4,9})(?P<rest>-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?"
    r"(?:Z|[+-](?P<offset>[0-9]{2}:[0-9]{2}))?"
)
FARTHEST = "14:00"
"""The largest offset from universal time that a dateTime may have (section 3.3.7)."""
LIKE_OURS = 2000
"""A year whose calendar is that of every 400th."""


def typed_literal(value: str, datatype: str) -> Literal | None:
    """Return a text as a literal of a datatype; None where it is none."""
    return Literal(value, datatype=URIRef(datatype)) if not expected_literal(value, datatype) else None


def expected_literal(value: str, datatype: str) -> str:
    """Return what was expected where a text is no value of a datatype; nothing where it is one."""
    if datatype == str(XSD.dateTime):
        return _moment_fault(value)
    if datatype == str(XSD.boolean):
        return "" if value in ("true", "false") else "true or false"
    if datatype == str(XSD.nonNegativeInteger):
        return "" if re.fullmatch(r"0|[1-9][0-9]{0,17}", value) else "a number of at most 18 digits, such as 7301"
    raise ValueError(f"{datatype} is no datatype of a mapping document.")


def _moment_fault(value: str) -> str:
    match = MOMENT.fullmatch(value)
    if match is None:
        return (
            "a date and time such as 2011-10-21T14:00:00, with an offset such as +05:00 only where the text gives one"
        )
    if read(value) is not None:
        return ""
    if (match["offset"] or "") > FARTHEST or (match["offset"] or "").endswith(("6", "7", "8", "9"), 3, 4):
        return f"an offset of at most {FARTHEST}"
    return f"a moment that the calendar and the clock have{_reason(int(match['year']), match['rest'])}"


def _reason(year: int, rest: str) -> str:
    try:
        datetime.fromisoformat(f"{LIKE_OURS + year % 400}{rest}")
    except ValueError as error:
        return f" ({error})"
    return ", with a year as XML Schema writes it"
