"""The timeline in an index: written from a version's columns, and read as a whole when a page asks for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from kg.moments import Moment
from server.search.index_database import Database
from server.search.property_columns import Columns
from server.search.time_spans import TimeSpan
from server.search.timeline import Timeline, TimelineItem, group_values, read_timeline

SCHEMA = """
CREATE TABLE item (
  part TEXT, rank INTEGER, iri TEXT, kind TEXT, begin TEXT, begun TEXT, over TEXT, end TEXT,
  occasion TEXT, time_words TEXT, occurrence TEXT,
  PRIMARY KEY (part, rank)
) WITHOUT ROWID;
CREATE TABLE item_participant (item TEXT, participant TEXT);
CREATE TABLE item_side (item TEXT, side TEXT);
CREATE TABLE participant (rank INTEGER PRIMARY KEY, iri TEXT, name TEXT);
"""
"""The `part` of an item is `dated`, `undated` or `unreal`; its stamps are seconds and minutes of offset, as text."""


def write_timeline(database: sqlite3.Connection, columns: Columns) -> None:
    """Write the timeline of a version into an index."""
    timeline = read_timeline(columns)
    for part in ("dated", "undated", "unreal"):
        records = ((part, rank, *_record(item)) for rank, item in enumerate(getattr(timeline, part)))
        database.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", records)
    database.executemany("INSERT INTO item_participant VALUES (?, ?)", _pairs(timeline.people))
    database.executemany("INSERT INTO item_side VALUES (?, ?)", _pairs(timeline.sides))
    names = ((rank, *named) for rank, named in enumerate(timeline.names.items()))
    database.executemany("INSERT INTO participant VALUES (?, ?, ?)", names)


def load_timeline(database: Database) -> Timeline:
    """Return the timeline of an index."""
    return Timeline(
        _items(database, "dated"),
        _items(database, "undated"),
        _grouped(database.select("SELECT item, participant FROM item_participant")),
        _grouped(database.select("SELECT item, side FROM item_side")),
        dict(database.select("SELECT iri, name FROM participant ORDER BY rank")),
        _items(database, "unreal"),
    )


def _record(item: TimelineItem) -> tuple[str, ...]:
    span = item.span
    stamps = (_written(stamp) for stamp in (span.begin, span.begun, span.over, span.end))
    return item.iri, item.kind, *stamps, item.occasion, item.time_words, item.occurrence


def _items(database: Database, part: str) -> tuple[TimelineItem, ...]:
    records = database.select("SELECT * FROM item WHERE part = ? ORDER BY rank", part)
    return tuple(
        TimelineItem(iri, kind, TimeSpan(*map(_moment, stamps)), *texts)
        for _, _, iri, kind, *stamps_and_texts in records
        for stamps, texts in ((stamps_and_texts[:4], stamps_and_texts[4:]),)
    )


def _written(moment: Moment | None) -> str:
    return f"{moment.seconds} {'' if moment.offset is None else moment.offset}" if moment else ""


def _moment(written: str) -> Moment | None:
    if not written:
        return None
    # Seconds with decimals are a fraction, which is exact.
    seconds, _, offset = written.partition(" ")
    return Moment(Fraction(seconds) if "/" in seconds else int(seconds), int(offset) if offset else None)


def _pairs(grouped: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    return ((key, value) for key, values in grouped.items() for value in sorted(values))


def _grouped(pairs: Iterable[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return group_values((key, value) for key, value in pairs)
