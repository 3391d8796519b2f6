"""The XML Schema datatypes that RDF uses: their lexical forms, and which values they share with each other.

See XML Schema 1.1 Part 2 and RDF 1.1 Concepts, section 5.1. White space is not stripped: no lexical form of RDF has any
around it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from functools import cache, lru_cache
from xml.parsers import expat

XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LANGUAGE_STRINGS = frozenset({f"{_RDF}langString", f"{_RDF}dirLangString"})
"""Datatypes that only a literal with a language tag has (RDF 1.1 Concepts, section 3.3)."""

_BOUNDS: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
_MAX_BOUNDED_DIGITS = 20
"""Digits of the largest value of a bounded integer; longer texts are not converted, which would be slow."""
_MAX_SHOWN_CHARACTERS = 100
"""Characters of a literal that an error message shows."""

_ZONE = r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
# Hour 24 is the end of a day (XML Schema 1.1 Part 2, section 3.3.7.2).
_CLOCK = (
    r"(?P<hour>[01][0-9]|2[0-3]|24(?=:00:00(?:\.0+)?(?![0-9.])))"
    r":(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
)
# Any part may be missing, but not all of those after a T.
_HOURS = r"T(?=[0-9])(?:(?P<hour>[0-9]+)H)?(?:(?P<minute>[0-9]+)M)?(?:(?P<second>[0-9]+(?:\.[0-9]+)?)S)?"
_SIGN, _YEARS, _DAYS = "(?P<sign>-)?", "(?:(?P<year>[0-9]+)Y)?(?:(?P<month>[0-9]+)M)?", "(?:(?P<day>[0-9]+)D)?"
NAME_START_CHARACTERS = (
    r"A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME_CHARACTERS = rf"{NAME_START_CHARACTERS}\-.0-9\xb7\u0300-\u036f\u203f\u2040"
"""The characters of XML names except the colon, for use in a character class of a regular expression."""
_SIXTY_FOUR = "[A-Za-z0-9+/] ?"

_PATTERNS: Mapping[str, str] = {
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "float": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[+-]?INF|NaN",
    "double": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[+-]?INF|NaN",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE.removesuffix('?')}",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": f"{_CLOCK}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"{_SIGN}P(?=[0-9T]){_YEARS}{_DAYS}(?:{_HOURS})?",
    "yearMonthDuration": rf"{_SIGN}P(?=[0-9]){_YEARS}",
    "dayTimeDuration": rf"{_SIGN}P(?=[0-9T]){_DAYS}(?:{_HOURS})?",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    # The unused bits of the last character before "=" must be zero (section 3.3.16.2).
    "base64Binary": (
        rf"(?:(?:{_SIXTY_FOUR}){{4}})*(?:(?:{_SIXTY_FOUR}){{3}}[A-Za-z0-9+/]"
        rf"|(?:{_SIXTY_FOUR}){{2}}[AEIMQUYcgkosw048] ?=|{_SIXTY_FOUR}[AQgw] ?= ?=)|"
    ),
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "NMTOKEN": f"[:{NAME_CHARACTERS}]+",
    "Name": f"[:{NAME_START_CHARACTERS}][:{NAME_CHARACTERS}]*",
    "NCName": f"[{NAME_START_CHARACTERS}][{NAME_CHARACTERS}]*",
    **dict.fromkeys(_BOUNDS, "(?P<sign>[+-]?)0*(?P<digits>[0-9]+)"),
}
_EXAMPLES: Mapping[str, str] = {
    "boolean": "true or false",
    "decimal": "a number such as 5.25",
    "float": "a number such as 5.25 or 1.0E6",
    "double": "a number such as 5.25 or 1.0E6",
    "dateTime": "a date and time such as 2034-03-14T11:00:00 or 2034-03-14T11:00:00+05:00",
    "dateTimeStamp": "a date and time with an offset such as 2034-03-14T11:00:00Z",
    "date": "a date such as 2034-03-14",
    "time": "a time such as 11:00:00",
    "duration": "a duration such as P1DT12H",
}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Compiled on first use: the patterns of XML names take as long as reading an article, and most programs need none.
    return re.compile(pattern)


def lexical_form(datatype: str) -> re.Pattern[str] | None:
    """Return the pattern of a datatype's lexical forms, or None if the datatype is unknown.

    The groups of moments and durations are named after their parts.
    """
    pattern = _PATTERNS.get(datatype.removeprefix(XSD)) if datatype.startswith(XSD) else None
    return None if pattern is None else _compiled(pattern)


def is_ncname(text: str) -> bool:
    """Return whether a text is an XML name without a colon (Namespaces in XML 1.0)."""
    return _compiled(_PATTERNS["NCName"]).fullmatch(text) is not None


def lexical_fault(text: str, datatype: str) -> str:
    """Return what was expected if a text is not a lexical form of a datatype; an empty string if it is or may be."""
    pattern = lexical_form(datatype)
    if pattern is None:
        return ""
    match, name = pattern.fullmatch(text), datatype.removeprefix(XSD)
    if match is None:
        return _EXAMPLES.get(name, "an integer such as 5" if name in _BOUNDS else f"a lexical form of xsd:{name}")
    if name in _BOUNDS:
        return _bounds_fault(match["sign"], match["digits"], name)
    groups = match.groupdict()
    # Only moments have a day of the month; durations, which have no time zone, may have any number of days.
    has_day_of_month = {"month", "day", "zone"} <= groups.keys()
    return _day_fault(groups.get("year"), groups["month"], groups["day"]) if has_day_of_month else ""


def literal_fault(text: str, datatype: str) -> str:
    """Return a sentence about an ill-typed literal; an empty string if it is well-typed or its datatype is unknown."""
    fault = lexical_fault(text, datatype)
    shown = text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"
    return f'The literal "{shown}"^^<{datatype}> is ill-typed: expected {fault}.' if fault else ""


def is_value_of(text: str, datatype: str, other: str) -> bool:
    """Return whether a literal's value is also a value of another datatype of the same family."""
    if lexical_fault(text, datatype):
        return False
    if datatype == f"{XSD}decimal" and other.removeprefix(XSD) in _BOUNDS:
        whole, _, fraction = text.partition(".")
        return not fraction.strip("0") and not lexical_fault(whole if whole.strip("+-") else "0", other)
    return not lexical_fault(text, other)


def split_at_name(iri: str) -> tuple[str, str]:
    """Split an IRI before the longest XML name at its end; the second part is empty if there is none."""
    # Match name characters from the end, then find the first of them that may begin a name.
    run = _compiled(f"[{NAME_CHARACTERS}]*").match(iri[::-1])
    begin = _compiled(f"[{NAME_START_CHARACTERS}]").search(iri, len(iri) - (run.end() if run else 0))
    at = begin.start() if begin else len(iri)
    return iri[:at], iri[at:]


@lru_cache(maxsize=4096)
def is_read_as_name(text: str) -> bool:
    """Return whether XML parsers of the fourth edition, which allow fewer letters, also read a text as a name."""
    try:
        expat.ParserCreate().Parse(f"<{text}/>", True)  # noqa: FBT003 - expat takes it by position
    except expat.ExpatError:
        return False
    return is_ncname(text)


def _bounds_fault(sign: str, digits: str, name: str) -> str:
    least, most = _BOUNDS[name]
    number = int(digits) if len(digits) <= _MAX_BOUNDED_DIGITS else 10**_MAX_BOUNDED_DIGITS
    value = -number if sign == "-" else number
    if least is not None and value < least:
        return f"a number of at least {least}"
    return f"a number of at most {most}" if most is not None and value > most else ""


def _day_fault(year: str | None, month: str, day: str) -> str:
    """Return what was expected if a month does not have this day; an empty string if it does."""
    # The calendar repeats after 400 years, and `monthrange` only supports the years 1 to 9999.
    same_calendar = 2000 + int(year[-4:]) % 400 if year else 2000
    last_day = monthrange(same_calendar, int(month))[1]
    return f"a day that its month has, of at most {last_day}" if int(day) > last_day else ""
