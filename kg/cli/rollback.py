"""`kg rollback`: makes a kept version the current one again."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.cli.options import store_option
from kg.store import open_store


@command("Make an old version the current one.", ["kg rollback 000001"])
@click.argument("version")
@store_option
def rollback(version: str, store: Path) -> None:
    """Make a kept VERSION the current one; no version is lost, and `kg rollback` of a later one undoes it."""
    made = open_store(store).rollback(version)
    click.echo(f"Version {made.name} of {store} is current: {made.default:,} triples, written {made.created}.")
