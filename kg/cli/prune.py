"""`kg prune`: removes old versions."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.cli.options import store_option
from kg.store import open_store


@command("Remove old versions.", ["kg prune --keep 30"])
@store_option
@click.option("--keep", type=click.IntRange(1), required=True, help="The number of newest versions to keep.")
def prune(store: Path, keep: int) -> None:
    """Remove all but the newest versions; the current one is always kept.

    A version that is still being read is removed the next time.
    """
    opened = open_store(store)
    removed = opened.prune(keep)
    left = len(opened.versions())
    click.echo(f"Removed {len(removed)} {'version' if len(removed) == 1 else 'versions'} of {store}, {left} kept.")
