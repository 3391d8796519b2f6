"""What several articles say about one thing side by side, aspect by aspect, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.pages.queried_data.page_queries import rows_by
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.quotation_parts import QuotationPart

CellItem = PageTerm | str | Row | QuotationPart
"""A term, words, a passage's row, or the content of a quotation."""
Cell = tuple[CellItem, ...]
"""What one article says; empty if it says nothing."""


def is_incomparable(_: Cell) -> None:
    """Return nothing to compare: each article has a cell of its own, which is no difference."""


@dataclass(frozen=True)
class Aspect:
    """An aspect: its title (a term or words), a function that reads it from one article's rows, and what to compare."""

    title: PageTerm | str
    read: Callable[[list[Row]], Cell]
    compared: Callable[[Cell], object] = lambda cell: cell


@dataclass(frozen=True)
class ComparisonRow:
    """One aspect, with a cell per column; an article that says nothing about it does not differ from others."""

    title: PageTerm | str
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True)
class ComparisonTable:
    """The columns, each with its statement or event and the row of its article, and the aspects that any has."""

    heads: tuple[tuple[PageTerm, Row], ...]
    rows: tuple[ComparisonRow, ...]


def comparison_table(rows: list[Row], key: str, aspects: Iterable[Aspect]) -> ComparisonTable:
    """Return a table with a column for each value of a variable, in the order of the rows."""
    columns = [*rows_by(rows, key).values()]
    compared = (_row(aspect, columns) for aspect in aspects)
    return ComparisonTable(
        tuple((column[0][key], column[0]) for column in columns), tuple(row for row in compared if any(row.cells))
    )


def _row(aspect: Aspect, columns: list[list[Row]]) -> ComparisonRow:
    cells = tuple(map(aspect.read, columns))
    compared = {value for cell in cells if cell and (value := aspect.compared(cell)) is not None}
    return ComparisonRow(aspect.title, cells, len(compared) > 1)


def terms(name: str, rows: list[Row]) -> Cell:
    """Return the values of a variable."""
    return tuple(dict.fromkeys(row[name] for row in rows if name in row))
