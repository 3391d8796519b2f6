"""The accounts of one occurrence side by side: what each article says about it, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kg.namespaces import SCHEME
from server.pages.terms.literal_words import row_span
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.comparison_table import Aspect, Cell, ComparisonTable, comparison_table, terms
from server.pages.things.thing_queries import ThingQueries

HAPPENED_STATUSES = frozenset(("occurred", "ongoing"))
FAILED_STATUSES = frozenset(("called-off", "denied"))


def account_table(thing: ThingQueries, occurrence: str) -> ComparisonTable | None:
    """Return the accounts of an occurrence, earliest article first, or None if there are fewer than two to compare."""
    rows = thing.select("occurrence-accounts", this=f"<{occurrence}>")
    table = comparison_table(rows, "account", (*ASPECTS, *_counted(rows)))
    return table if len(table.heads) > 1 else None


def _counted(rows: list[Row]) -> Iterator[Aspect]:
    """Yield an aspect for each capacity in which an account counts participants."""
    for capacity in dict.fromkeys(row["capacity"] for row in rows if "capacity" in row):
        yield Aspect(capacity, partial(_numbers, capacity), _numbers_alone)


def _when(rows: list[Row]) -> Cell:
    span = row_span(rows[0])
    return (span.words,) if span.known else ()


def _numbers(capacity: PageTerm, rows: list[Row]) -> Cell:
    counted = dict.fromkeys((_number(row), row["who"]) for row in rows if row.get("capacity") == capacity)
    return tuple(item for pair in counted for item in pair)


def _numbers_alone(cell: Cell) -> object:
    # Each article has nodes of its own for the participants.
    return tuple(item for item in cell if isinstance(item, str))


def _number(row: Row) -> str:
    """Return the number that an account gives, as in "23" or "at least 20"."""
    bounds = (("count", ""), ("countAtLeast", "at least "), ("countAtMost", "at most "))
    return ", ".join(f"{words}{row[name].value}" for name, words in bounds if name in row)


def _happened(cell: Cell) -> object:
    """Return whether an account says that it happened, or that it did not; None if it says neither."""
    # Only this is compared: whoever fears or plans it, or calls it ongoing, does not differ from one who reports it.
    statuses = {item.value.removeprefix(f"{SCHEME}status/") for item in cell if isinstance(item, PageTerm)}
    return True if statuses & HAPPENED_STATUSES else False if statuses & FAILED_STATUSES else None


ASPECTS: tuple[Aspect, ...] = (
    Aspect("What it was", partial(terms, "status"), _happened),
    Aspect("When", _when),
    Aspect("In words of the text", partial(terms, "timeWords")),
    Aspect("Where", partial(terms, "place")),
)
