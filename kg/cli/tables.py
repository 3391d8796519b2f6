"""Tables for people: boxed and fitted to a terminal, or in plain columns of any width elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

MAX_TABLE_WIDTH = 1_000_000
"""Characters of the widest table that is not on a terminal."""


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[str] = frozenset()) -> None:
    """Write a table to standard output; columns named in `right` hold numbers."""
    console = Console(highlight=False, emoji=False)
    table = Table(box=box.SIMPLE_HEAD if console.is_terminal else box.MARKDOWN)
    for column in columns:
        table.add_column(Text(column), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    if not console.is_terminal:  # rich would fold the columns to 80 characters
        console.width = max(
            1, Measurement.get(console, console.options.update(max_width=MAX_TABLE_WIDTH), table).maximum
        )
    with console.capture() as captured:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines() if line.strip()))
