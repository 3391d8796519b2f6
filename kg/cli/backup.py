"""`kg backup`: copies the current version as a separate store while others read and write."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.cli.options import store_option
from kg.cli.progress import Steps
from kg.store import open_store


@command(
    "Copy a store's current version.",
    ["kg backup ./backups/2026-01-31", "kg backup ./backups/harbour --store ./harbour"],
)
@click.argument("folder", type=click.Path(path_type=Path))
@store_option
def backup(folder: Path, store: Path) -> None:
    """Copy the current version into FOLDER, which must not exist, while others read and write the store.

    The copy is a store itself: `kg query --store FOLDER` queries it, `kg restore FOLDER` restores it.
    """
    with Steps() as steps:
        steps(f"Copying the current version of {store}")
        made = open_store(store).back_up(folder)
    click.echo(f"Backed version {made.name} of {store} up into {folder}: {made.default:,} triples.")
