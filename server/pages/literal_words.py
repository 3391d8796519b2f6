"""Literals as people read them: moments in the order of ISO 8601, lengths of time in words, yes and no."""

from __future__ import annotations

import re

from rdflib import XSD

# xsd:dateTime and xsd:date.
MOMENT = re.compile(
    r"(?P<date>-?\d{4,}-\d\d-\d\d)(?:T(?P<minutes>\d\d:\d\d):(?P<seconds>\d\d(?:\.\d+)?))?(?P<offset>Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
# xsd:duration and what is derived of it.
DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<year>\d+)Y)?(?:(?P<month>\d+)M)?(?:(?P<day>\d+)D)?"
    r"(?:T(?:(?P<hour>\d+)H)?(?:(?P<minute>\d+)M)?(?:(?P<second>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
MOMENT_DATATYPES = frozenset(str(XSD[name]) for name in ("dateTime", "dateTimeStamp", "date"))
DURATION_DATATYPES = frozenset(str(XSD[name]) for name in ("duration", "dayTimeDuration", "yearMonthDuration"))
TIME_DATATYPES = MOMENT_DATATYPES | DURATION_DATATYPES
TRUTH_WORDS = {"true": "yes", "1": "yes", "false": "no", "0": "no"}


def literal_words(value: str, datatype: str) -> str:
    """Return a literal as people read it, or its lexical form if that is how they do."""
    if datatype in MOMENT_DATATYPES and (moment := MOMENT.fullmatch(value)):
        return _moment_words(moment)
    if datatype in DURATION_DATATYPES and (duration := DURATION.fullmatch(value)):
        return _duration_words(duration) or value
    return TRUTH_WORDS.get(value, value) if datatype == str(XSD.boolean) else value


def _moment_words(moment: re.Match[str]) -> str:
    """Return a date, with its time unless it is a day's beginning in local time: that says a day."""
    minutes, seconds, offset = moment["minutes"], moment["seconds"], moment["offset"]
    zone = {"": "", "Z": " UTC"}.get(offset or "", f" UTC{offset}")
    if minutes is None or (not offset and (minutes, float(seconds)) == ("00:00", 0)):
        return f"{moment['date']}{zone}"
    # The last second of a minute is how the data writes that a span ends with it.
    is_whole = float(seconds) in (0, 59)
    return f"{moment['date']} {minutes}{'' if is_whole else ':' + seconds}{zone}"


def _duration_words(duration: re.Match[str]) -> str:
    parts = duration.groupdict()
    sign = "minus " if parts.pop("sign") else ""
    words = [f"{number} {unit}{'' if number == '1' else 's'}" for unit, number in parts.items() if number is not None]
    return f"{sign}{' '.join(words)}" if words else ""
