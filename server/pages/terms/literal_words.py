"""Literals as people read them: moments in the order of ISO 8601, durations in words, yes and no, languages."""

from __future__ import annotations

import re
from calendar import month_name

from rdflib import XSD

from kg.datatypes import lexical_form
from kg.moments import Moment
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.terms.word_tables import LANGUAGES
from server.search.time_spans import TimeSpan, moment_text, parse_moment
from server.search.timeline import TIME_PROPERTIES

# xsd:dateTime and xsd:date.
MOMENT = re.compile(
    r"(?P<date>-?\d{4,}-\d\d-\d\d)(?:T(?P<minutes>\d\d:\d\d):(?P<seconds>\d\d(?:\.\d+)?))?(?P<offset>Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
MOMENT_DATATYPES = frozenset(str(XSD[name]) for name in ("dateTime", "dateTimeStamp", "date"))
DURATION_DATATYPES = frozenset(str(XSD[name]) for name in ("duration", "dayTimeDuration", "yearMonthDuration"))
TIME_DATATYPES = MOMENT_DATATYPES | DURATION_DATATYPES
TRUTH_WORDS = {"true": "yes", "1": "yes", "false": "no", "0": "no"}


def literal_words(value: str, datatype: str) -> str:
    """Return a literal as people read it, or its lexical form if that is readable."""
    if datatype in MOMENT_DATATYPES and (stamp := MOMENT.fullmatch(value)):
        return _moment_words(stamp)
    form = lexical_form(datatype) if datatype in DURATION_DATATYPES else None
    if form is not None and (duration := form.fullmatch(value)):
        return _duration_words(duration)
    return TRUTH_WORDS.get(value, value) if datatype == str(XSD.boolean) else value


def _moment_words(moment: re.Match[str]) -> str:
    # A moment that begins a day in local time stands for the day, and is written without the time.
    minutes, seconds, offset = moment["minutes"], moment["seconds"], moment["offset"]
    zone = {"": "", "Z": " UTC"}.get(offset or "", f" UTC{offset}")
    if minutes is None or (not offset and (minutes, float(seconds)) == ("00:00", 0)):
        return f"{moment['date']}{zone}"
    # The last second of a minute is how the data writes that a span ends with that minute.
    is_whole = float(seconds) in (0, 59)
    return f"{moment['date']} {minutes}{'' if is_whole else ':' + seconds}{zone}"


def _duration_words(duration: re.Match[str]) -> str:
    parts = duration.groupdict()
    sign = "minus " if parts.pop("sign") else ""
    words = [f"{number} {unit}{'' if number == '1' else 's'}" for unit, number in parts.items() if number is not None]
    return f"{sign}{' '.join(words)}"


# A date in EDTF that is neither uncertain nor a season or an interval.
DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?)?", re.ASCII)


def row_span(row: Row) -> TimeSpan:
    """Return the span of a row's four time stamps."""
    return TimeSpan(*(_read(row.get(name)) for name in TIME_PROPERTIES))


def statement_span(row: Row) -> TimeSpan:
    """Return the span in which a statement was made."""
    first, last = _read(row.get("saidEarliest")), _read(row.get("saidLatest"))
    return TimeSpan(first, None, None, last)


def moment(value: PageTerm | str | None) -> str:
    """Return a time stamp, such as a version's, in words, or the value itself if it is not a time stamp."""
    text = str(value or "")
    when = parse_moment(text)
    return moment_text(when) if when else text


def date_words(value: PageTerm) -> str:
    """Return an EDTF date in words, as precise as it is, such as "June 2034"; anything else as a moment."""
    date = DATE.fullmatch(value.value)
    if not date:
        return moment(value)
    day, month = date["day"], date["month"]
    return " ".join(filter(None, (day and str(int(day)), month and month_name[int(month)], date["year"])))


def _read(value: PageTerm | None) -> Moment | None:
    return parse_moment(value.value) if value else None


def language_name(tag: str) -> str:
    """Return the name of a tag's language, with the tag if that says more; only the tag if it is unknown."""
    name = LANGUAGES.get(tag.partition("-")[0].lower())
    if name is None:
        return tag
    return f"{name} ({tag})" if "-" in tag else name
