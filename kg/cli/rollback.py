"""`kg rollback`: a kept version becomes the current one again."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import Command
from kg.cli.options import store_option
from kg.store import open_store


@click.command(
    cls=Command,
    short_help="Make an old version the current one.",
    examples=["kg rollback 000001"],
)
@click.argument("version")
@store_option
def rollback(version: str, store: Path) -> None:
    """Make a kept VERSION the current one; no version is lost, and `kg rollback` of a later one undoes it."""
    made = open_store(store).rollback(version)
    click.echo(f"Version {made.name} of {store} is current: {made.default:,} triples, written {made.created}.")
