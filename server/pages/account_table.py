"""The accounts of one occurrence side by side: what each article says about it, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from server.pages.page_queries import rows_by
from server.pages.page_terms import PageTerm, Row
from server.pages.thing_queries import ThingQueries
from server.pages.time_formatting import row_span

Cell = tuple[PageTerm | str, ...]
"""What one account says, as terms and words; empty if it says nothing."""
Aspect = tuple[PageTerm | str, Callable[[list[Row]], Cell]]
"""The title of an aspect, and the function that reads it from the rows of an account."""


@dataclass(frozen=True)
class AccountRow:
    """One aspect of the occurrence, with a cell per account. `title` is a term or words."""

    title: PageTerm | str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Tell whether two accounts differ; an account without a value differs from none.

        Of a capacity the numbers are compared, since each article has nodes of its own for those who took part.
        """
        counted = isinstance(self.title, PageTerm)
        values = {tuple(item for item in cell if not counted or isinstance(item, str)) for cell in self.cells if cell}
        return len(values) > 1


@dataclass(frozen=True)
class AccountTable:
    """The accounts, earliest article first, and what they say about each aspect."""

    heads: tuple[Row, ...]
    rows: tuple[AccountRow, ...]


def account_table(thing: ThingQueries, occurrence: str) -> AccountTable | None:
    """Return the accounts of an occurrence, or None if there are not two that could differ."""
    rows = thing.select("occurrence-accounts", this=f"<{occurrence}>")
    accounts = [*rows_by(rows, "account").values()]
    if len(accounts) <= 1:
        return None
    aspects = (AccountRow(title, tuple(map(read, accounts))) for title, read in (*ASPECTS, *_counted(rows)))
    return AccountTable(tuple(account[0] for account in accounts), tuple(row for row in aspects if any(row.cells)))


def _counted(rows: list[Row]) -> Iterator[Aspect]:
    """Yield an aspect for each capacity of which an account gives a number."""
    for capacity in dict.fromkeys(row["capacity"] for row in rows if "capacity" in row):
        yield capacity, partial(_numbers, capacity)


def _when(rows: list[Row]) -> Cell:
    span = row_span(rows[0])
    return (span.words,) if span.known else ()


def _terms(name: str, rows: list[Row]) -> Cell:
    return tuple(dict.fromkeys(row[name] for row in rows if name in row))


def _numbers(capacity: PageTerm, rows: list[Row]) -> Cell:
    counted = dict.fromkeys((_number(row), row["who"]) for row in rows if row.get("capacity") == capacity)
    return tuple(item for pair in counted for item in pair)


def _number(row: Row) -> str:
    """Return the number that an account gives, as in "23" or "at least 20"."""
    bounds = (("count", ""), ("countAtLeast", "at least "), ("countAtMost", "at most "))
    return ", ".join(f"{words}{row[name].value}" for name, words in bounds if name in row)


ASPECTS: tuple[Aspect, ...] = (
    ("What it was", partial(_terms, "status")),
    ("When", _when),
    ("In words of the text", partial(_terms, "timeWords")),
    ("Where", partial(_terms, "place")),
)


def occurrence_of(event: ThingQueries) -> str:
    """Return the occurrence of which an event is an account, or an empty string."""
    return next((row["value"].value for row in event.values("accountOf")), "")
