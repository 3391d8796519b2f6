"""Named things in a table: a CSV file with a header and one thing per row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from kg.errors import PayloadError
from kg.reconciliation.candidates import NamedThing
from kg.reconciliation.known_things import KINDS_OF_THINGS

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "label", "title"),
    "identifier": ("iri", "uri", "id", "identifier", "qid"),
    "kind": ("kind", "type", "class"),
    "aliases": ("alias", "aliases"),
    "posts": ("post", "posts", "position", "role"),
    "begin": ("begin", "from", "since", "born"),
    "end": ("end", "until", "to", "died"),
    "neighbours": ("neighbours", "organization", "affiliation", "employer", "party", "place", "country"),
    "description": ("description", "note"),
}
"""The possible headers of each column."""
SEVERAL = ";"
"""Separates several values in a cell."""
DELIMITERS = ",;\t"
MAX_CELL_CHARACTERS = 100_000


def read_rows(text: str, file: str) -> Iterator[NamedThing]:
    """Yield the things of a table. Raises PayloadError, with file and line, if it is not a table with names."""
    header = text.partition("\n")[0]
    # Detected from the header only, since cells with prose contain commas.
    delimiter = max(DELIMITERS, key=header.count)
    # An unclosed quotation mark turns the rest of the file into one cell.
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader, []), file)
        for row in reader:
            if thing := _thing(columns, row, f"{file}:{reader.line_num}"):
                yield thing
    except csv.Error as error:
        raise PayloadError(
            f"{file}:{reader.line_num}: this is not CSV: {error}. Expected a header and rows."
        ) from error


def _columns(header: list[str], file: str) -> dict[str, list[int]]:
    # Spreadsheets write a byte order mark before the first column.
    names = [name.strip().lower().lstrip("\ufeff") for name in header]
    columns = {
        column: [number for number, name in enumerate(names) if name in headers] for column, headers in COLUMNS.items()
    }
    if not columns["name"]:
        shown = ", ".join(names)[:200] or "nothing"
        raise PayloadError(
            f"{file}:1: its columns are {shown}: expected one of {', '.join(COLUMNS['name'])} among them."
        )
    return columns


def _thing(columns: Mapping[str, list[int]], row: list[str], place: str) -> NamedThing | None:
    def cells(column: str) -> list[str]:
        return [row[number].strip() for number in columns[column] if number < len(row) and row[number].strip()]

    def values(column: str) -> tuple[str, ...]:
        return tuple(value.strip() for cell in cells(column) for value in cell.split(SEVERAL) if value.strip())

    names = (*cells("name"), *values("aliases"))
    if not names:
        return None
    return NamedThing(
        next(iter(cells("identifier")), ""),
        names,
        _kind(next(iter(cells("kind")), "")),
        values("posts"),
        next(iter(cells("begin")), ""),
        next(iter(cells("end")), ""),
        values("neighbours"),
        place,
        " ".join(cells("description")),
    )


def _kind(word: str) -> str:
    kinds = {*KINDS_OF_THINGS.values()}
    return word.lower() if word.lower() in kinds else KINDS_OF_THINGS.get(word, "")
