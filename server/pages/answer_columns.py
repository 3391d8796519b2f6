"""The columns of an answer as people read them: a thing once, by its name, and a passage without its offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from server.pages.page_terms import PageTerm, Row
from server.pages.thing_names import Names

PASSAGE_OFFSETS = re.compile(r"/passage/(\d+)-(\d+)$")


def things_in(rows: Iterable[Row]) -> set[str]:
    """Return the IRIs in rows."""
    return {value.value for row in rows for value in row.values() if value.is_iri}


def columns_of_things(rows: Iterable[Row]) -> set[str]:
    """Return the variables that have an IRI in some row."""
    return {name for row in rows for name, value in row.items() if value.is_iri}


def readable_columns(variables: Iterable[str], rows: Sequence[Row], names: Names) -> list[str]:
    """Return the variables that a table shows of rows, in its order: those with a value that no thing beside it tells.

    A query selects a thing and its name, or a passage and its offsets. The thing stands where the first of these did,
    since a table has the names of things.
    """
    columns = [name for name in variables if any(name in row for row in rows)]
    things = columns_of_things(rows)
    for thing in [name for name in columns if name in things]:
        repeated = [name for name in columns if name != thing and _tells(thing, name, rows, names)]
        if thing in columns and repeated:
            place = min(columns.index(name) for name in (*repeated, thing))
            columns = [name for name in columns if name not in repeated and name != thing]
            columns.insert(place, thing)
    return columns


def _tells(thing: str, other: str, rows: Iterable[Row], names: Names) -> bool:
    """Tell whether in every row the name of a thing, its offsets or the thing itself is the value of another column."""
    return all(other not in row or (thing in row and _is_told(row[other], row[thing], names)) for row in rows)


def _is_told(value: PageTerm, thing: PageTerm, names: Names) -> bool:
    if value.is_iri or not thing.is_iri:
        return value == thing
    offsets = PASSAGE_OFFSETS.search(thing.value)
    return value.value == names[thing.value].label or (offsets is not None and value.value in offsets.groups())
