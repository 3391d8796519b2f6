"""The timeline in an index: written from a version's columns, and queried with SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from itertools import chain

from kg.iterables import grouped
from kg.moments import Moment
from server.search.index_database import Database, StoredList, ThingIds
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, NAMED, path, paths
from server.search.time_spans import KEY_DIGITS, KEY_ZERO, TimeSpan, moment_key, moment_of_key
from server.search.timeline import (
    INVOLVING_PROPERTIES,
    TIME_PROPERTIES,
    TimelineFilter,
    TimelineItem,
    event_items,
    involvements,
    sides_of_items,
    statement_items,
)
from server.search.tsv_cells import text

PATHS = (
    *map(path, (*TIME_PROPERTIES, "saidEarliest", "saidLatest", "timeWords", "accountOf", "status", "name")),
    *(path(f"{CLASS}{kind}") for kind in ("Event", "Scenario", "Statement")),
    *paths("occasion", ends=("earliestBegin", "latestEnd")),
    *paths("^participationIn", ends=("participant", "participantSide")),
    path("^participationIn", "participant", NAMED),
    *(path(prop, NAMED) for prop in INVOLVING_PROPERTIES),
    path("sourceSide"),
)
ITEM_COLUMNS = "iri, kind, begin, begun, over, end, occasion, time_words, occurrence"
EVENT_SECTIONS = {
    "dated": ("section = 'dated' AND kind = 'event' AND listed", "opens, closes, iri"),
    "undated": ("section = 'undated' AND kind = 'event' AND listed", "iri"),
    "unreal": ("section = 'unreal' AND listed", "status, closes = '', moments, name, iri"),
}
"""The sections of the list of events: the condition and the order of each."""
MAX_CACHED_PARTS, MAX_CACHED_DENSITIES = 16, 4
"""How many filters' totals, and densities, are cached."""


@dataclass(frozen=True)
class DatedExtent:
    """The number of dated items that match a filter, and their first and last moments; None if there are none."""

    number: int
    first: Moment | None
    last: Moment | None


class ItemList(StoredList[TimelineItem]):
    """The items that meet a condition, in an order."""

    def __init__(self, database: Database, condition: str, order: str, **values: object) -> None:
        super().__init__(database, f"SELECT {ITEM_COLUMNS} FROM item WHERE {condition}", order, _item, **values)
        self._condition = condition

    @property
    def has_offsets(self) -> bool:
        """Return whether any stamp of an item has an offset from UTC."""
        return bool(self._database.value(f"SELECT max(has_offset) FROM item WHERE {self._condition}", **self._values))


def _item(iri: str, kind: str, *rest: str) -> TimelineItem:
    stamps = len(TIME_PROPERTIES)
    return TimelineItem(iri, kind, TimeSpan(*map(_moment, rest[:stamps])), *rest[stamps:])


class TimelinePart:
    """The items that match a filter."""

    def __init__(self, database: Database, chosen: TimelineFilter) -> None:
        self._database = database
        tests = {
            "kind": "kind = :kind",
            "person": "id IN (SELECT item FROM item_participant JOIN participant ON participant.id = participant "
            "WHERE participant.iri = :person)",
            "side": "id IN (SELECT item FROM item_side WHERE side = :side)",
        }
        self._values = {field: value for field in tests if (value := getattr(chosen, field))}
        self._tests = "".join(f" AND {tests[field]}" for field in self._values)
        # On the object rather than the class, which would keep the indexes of old versions.
        self.density = lru_cache(MAX_CACHED_DENSITIES)(self._density)

    @cached_property
    def extent(self) -> DatedExtent:
        """Return how many items have a time, and the time that they span."""
        query = f"SELECT count(*), min(opens), max(closes) FROM item WHERE section = 'dated'{self._tests}"
        ((number, first, last),) = self._database.select(query, **self._values)
        return DatedExtent(number, moment_of_key(first), moment_of_key(last)) if number else DatedExtent(0, None, None)

    @property
    def dated(self) -> ItemList:
        """Return the items with a known time, in chronological order."""
        return self._list("section = 'dated'", "opens, closes, iri")

    def within(self, first: Moment, last: Moment) -> ItemList:
        """Return the items whose known time overlaps an interval."""
        condition = "section = 'dated' AND opens <= :last AND closes >= :first"
        return self._list(condition, "opens, closes, iri", first=moment_key(first), last=moment_key(last))

    def undated(self, kind: str) -> ItemList:
        """Return the items of a kind that have neither a time nor words of the text for it."""
        return self._list("section = 'undated' AND kind = :which AND time_words = ''", "iri", which=kind)

    def in_words(self) -> ItemList:
        """Return the items without a time for which the text has words."""
        return self._list("section = 'undated' AND time_words <> ''", "kind, iri")

    def _density(self, columns: int, seconds: int | Fraction) -> list[int]:
        """Return how many items are in each of these columns, which together span `seconds` from the first moment on.

        An item is in all columns from that of its first to that of its last moment.
        """
        # Grouped by SQL, so that the rows to read grow with the columns of the picture and not with the items. The last
        # moment of all would fall into a column after the last.
        counts, first = [0] * columns, self.extent.first
        if first is None:
            return counts
        query = f"""
            SELECT min(:columns - 1, ({_seconds("opens")} - :first) * :columns / :seconds) AS a,
              min(:columns - 1, ({_seconds("closes")} - :first) * :columns / :seconds) AS b, count(*)
            FROM item WHERE section = 'dated'{self._tests} GROUP BY a, b"""
        # The resolution of the picture is a second.
        scale = {"columns": columns, "first": int(first.seconds // 1), "seconds": max(1, int(seconds))}
        for opening, closing, number in self._database.select(query, **self._values, **scale):
            for column in range(opening, closing + 1):
                counts[column] += number
        return counts

    def _list(self, condition: str, order: str, **values: object) -> ItemList:
        return ItemList(self._database, condition + self._tests, order, **self._values, **values)


class Timeline:
    """Dated and undated items with their participants and sides, and scenarios, which nobody reports as real."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # On the object rather than the class, which would keep the indexes of old versions.
        self.part = lru_cache(MAX_CACHED_PARTS)(partial(TimelinePart, database))

    def events(self, section: str) -> ItemList:
        """Return the events of a section, `dated`, `undated` or `unreal`, with only one account of each occurrence."""
        return ItemList(self._database, *EVENT_SECTIONS[section])

    def name(self, participant: str) -> str | None:
        """Return the name of a participant, None if there is no participant with this IRI."""
        name: str | None = self._database.value("SELECT name FROM participant WHERE iri = ?", participant)
        return name

    def names(self, number: int) -> list[tuple[str, str]]:
        """Return at most `number` participants with their names, sorted by name."""
        query = "SELECT iri, name FROM participant ORDER BY folded, iri LIMIT ?"
        return [(iri, name) for iri, name in self._database.select(query, number)]

    def participant(self, words: str) -> str | None:
        """Return the participant with a name, else that with most items whose name has the words; None if none has."""
        query = (
            "SELECT iri FROM participant WHERE instr(folded, :words) ORDER BY folded <> :words, items DESC, iri LIMIT 1"
        )
        participant: str | None = self._database.value(query, words=words.casefold())
        return participant

    def sides(self, items: Iterable[TimelineItem]) -> dict[str, list[str]]:
        """Return the sides of items, by the items' IRIs."""
        query = (
            "SELECT DISTINCT iri, side FROM item JOIN item_side ON item = id "
            "WHERE section IN ('dated', 'undated') AND kind IN ('event', 'statement') AND iri IN ({})"
        )
        return grouped((iri, side) for iri, side in self._database.select_among(query, (item.iri for item in items)))


def renew_timeline(database: sqlite3.Connection, columns: Columns, _: ThingIds) -> None:
    """Rewrite an index's items that are due, and their participants."""
    occurrences, participants = _remove_items(database, columns)
    happened = chain(event_items(columns, "Event"), statement_items(columns))
    by_what = columns.first("status"), columns.first("name")
    items = [item for item in chain(happened, event_items(columns, "Scenario")) if columns.is_due(f"<{item.iri}>")]
    records = ((*_record(item), not item.occurrence, *_scenario_order(item, *by_what)) for item in items)
    database.executemany(f"INSERT INTO item VALUES (NULL{', ?' * ITEM_VALUES})", records)
    _list_accounts(database, occurrences.union(item.occurrence for item in items))
    ids = _ids_of_due_items(database, columns)
    _write_participants(database, columns, ids, participants)
    sides = {(side, id_) for item, side in sides_of_items(columns) for id_ in ids.get(item, ())}
    database.executemany("INSERT INTO item_side VALUES (?, ?)", sorted(sides))


def _remove_items(database: sqlite3.Connection, columns: Columns) -> tuple[set[str], set[int]]:
    """Remove the items that are due; return the occurrences that they are accounts of, and their participants."""
    occurrences, participants = set[str](), set[int]()
    for iri in _due_iris(columns):
        # Fetched completely, since the loop deletes the rows.
        for id_, _, occurrence in database.execute(ITEMS_OF_IRI, [iri]).fetchall():
            involved = database.execute("SELECT participant FROM item_participant WHERE item = ?", [id_])
            participants.update(chain.from_iterable(involved))
            occurrences.add(occurrence)
            for table, key in (("item_participant", "item"), ("item_side", "item"), ("item", "id")):
                database.execute(f"DELETE FROM {table} WHERE {key} = ?", [id_])
    return occurrences, participants


def _list_accounts(database: sqlite3.Connection, occurrences: Iterable[str]) -> None:
    """List only one account of each occurrence, separately for what happened and for scenarios."""
    for occurrence in filter(None, occurrences):
        for section in ("section <> 'unreal'", "section = 'unreal'"):
            # A dated account is preferred, so that the occurrence is listed among the dated items.
            listed = f"SELECT id FROM item WHERE occurrence = :of AND {section} ORDER BY closes = '', iri LIMIT 1"
            query = f"UPDATE item SET listed = (id = ({listed})) WHERE occurrence = :of AND {section}"
            database.execute(query, {"of": occurrence})


ITEM_VALUES = 17
"""The number of columns of an item besides its id."""
# Every section and kind is named so that SQLite can use `item_by_iri`, in which they come before the IRI: otherwise it
# would read the whole table.
ITEMS_OF_IRI = (
    "SELECT id, iri, occurrence FROM item WHERE section IN ('dated', 'undated', 'unreal') "
    "AND kind IN ('event', 'scenario', 'statement') AND iri = ?"
)


def _record(item: TimelineItem) -> tuple[object, ...]:
    span = item.span
    stamps = (_written(stamp) for stamp in (span.begin, span.begun, span.over, span.end))
    ends = map(moment_key, item.ends) if span.known else ("", "")
    section = "unreal" if item.kind == "scenario" else "dated" if span.known else "undated"
    has_offset = any(moment.offset is not None for moment in span.known)
    return section, item.kind, item.iri, *stamps, item.occasion, item.time_words, item.occurrence, *ends, has_offset


def _scenario_order(item: TimelineItem, statuses: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, str, str]:
    """Return what a scenario is sorted by, besides whether its time is known; empty for other items."""
    if item.kind != "scenario":
        return "", "", ""
    status, name = (values.get(f"<{item.iri}>", "") for values in (statuses, names))
    return status, "".join(f"{moment_key(moment)} " for moment in item.span.known), name


def _write_participants(
    database: sqlite3.Connection, columns: Columns, ids: Mapping[str, Sequence[int]], participants: Iterable[int]
) -> None:
    """Write the participants of the items with these ids, and update those whose items or names have changed."""
    cells = columns.first("name")
    pairs = {(who, id_) for item, who in involvements(columns) if f"<{who}>" in cells for id_ in ids.get(item, ())}
    known = {who for who, _ in pairs}
    database.executemany(
        "INSERT OR IGNORE INTO participant VALUES (NULL, ?, NULL, NULL, 0)", ((who,) for who in sorted(known))
    )
    database.executemany(
        "INSERT INTO item_participant SELECT id, ? FROM participant WHERE iri = ?", ((id_, who) for who, id_ in pairs)
    )
    # A thing that is due may have another name now, without taking part in anything that is due.
    for who in known.union(_due_iris(columns)):
        name = text(cells[f"<{who}>"]) if f"<{who}>" in cells else None
        database.execute(
            "UPDATE participant SET name = ?, folded = ? WHERE iri = ?", (name, name and name.casefold(), who)
        )
    # Including those of removed items, who may no longer take part in anything.
    changed = {*participants}
    for who in known:
        changed.update(chain.from_iterable(database.execute("SELECT id FROM participant WHERE iri = ?", [who])))
    involving = "FROM item_participant JOIN item ON item.id = item WHERE participant = :who"
    for number in changed:
        database.execute(
            f"UPDATE participant SET items = (SELECT count(*) {involving} AND section = 'dated') WHERE id = :who",
            {"who": number},
        )
        database.execute(
            f"DELETE FROM participant WHERE id = :who AND NOT EXISTS (SELECT 1 {involving})", {"who": number}
        )


def _due_iris(columns: Columns) -> list[str]:
    return [columns.iri(cell) for cell in columns.due or ()]


def _ids_of_due_items(database: sqlite3.Connection, columns: Columns) -> dict[str, list[int]]:
    everything = database.execute("SELECT id, iri FROM item") if columns.due is None else ()
    of_due = (record for iri in _due_iris(columns) for record in database.execute(ITEMS_OF_IRI, [iri]))
    return grouped((iri, id_) for id_, iri, *_ in chain(everything, of_due))


def _seconds(key: str) -> str:
    """Return an SQL expression for the whole seconds of a moment's key."""
    return f"CAST(substr({key}, 1, {KEY_DIGITS}) AS INTEGER) - {KEY_ZERO}"


def _written(moment: Moment | None) -> str:
    # Text, since SQLite has no exact fractions, and a moment may be a fraction of a second.
    return f"{moment.seconds} {'' if moment.offset is None else moment.offset}" if moment else ""


def _moment(written: str) -> Moment | None:
    if not written:
        return None
    # Seconds with decimals are written as a fraction, which is exact.
    seconds, _, offset = written.partition(" ")
    return Moment(Fraction(seconds) if "/" in seconds else int(seconds), int(offset) if offset else None)
