"""The output of commands: standard output, or a file that is complete or not there; JSON, and tables for people."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from kg.durable_files import errors_naming

MAX_TABLE_WIDTH = 1_000_000
"""Characters of the widest table that is not on a terminal."""


def write_json(value: object) -> None:
    """Write a value as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


class Hashed(Iterator[bytes]):
    """Passes chunks on, and knows their SHA-256 when all have passed."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._digest = chunks, hashlib.sha256()
        self.has_blank_nodes = False

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self._digest.update(chunk)
        self.has_blank_nodes = self.has_blank_nodes or b"_:" in chunk
        return chunk

    @property
    def sha256(self) -> str:
        """Return the digest of the chunks so far, in hexadecimal."""
        return self._digest.hexdigest()


def write(chunks: Iterable[bytes], output: Path | None) -> None:
    """Write bytes to standard output, or to a file that is replaced only once all is written."""
    if output is None:
        with errors_naming("standard output"):
            sys.stdout.flush()  # what click has written through the text layer comes first
            sys.stdout.buffer.writelines(chunks)
            sys.stdout.buffer.flush()
        return
    # Beside the output, since a file is renamed in one step within one file system only.
    new = output.with_name(f".{output.name}.new")
    try:
        with errors_naming(output), new.open("wb") as file:
            file.writelines(chunks)
        new.replace(output)
    finally:
        # There is one only if writing failed: otherwise it has been renamed.
        new.unlink(missing_ok=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[str] = frozenset()) -> None:
    """Write a table, boxed and fitted to a terminal or in plain columns; those named in `right` hold numbers."""
    console = Console(highlight=False, emoji=False)
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else box.MARKDOWN)
    for column in columns:
        # As Text, in which square brackets are no markup.
        table.add_column(Text(column), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    if not console.is_terminal:  # rich would fold the columns to 80 characters
        console.width = max(
            1, Measurement.get(console, console.options.update(max_width=MAX_TABLE_WIDTH), table).maximum
        )
    with console.capture() as captured:
        console.print(table)
    # rich fills each line with spaces, and puts empty ones around the table.
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines() if line.strip()))
