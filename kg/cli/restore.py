"""`kg restore`: a backup becomes the newest version of a store, or a store where there is none."""

from __future__ import annotations

from pathlib import Path

import click

from kg.app import restore_backup
from kg.cli.command import Command
from kg.cli.options import store_option
from kg.cli.progress import Steps


@click.command(
    cls=Command,
    short_help="Bring a backup back.",
    examples=["kg restore ./backups/2026-01-31", "kg restore ./backups/harbour --store ./harbour"],
)
@click.argument("folder", type=click.Path(path_type=Path))
@store_option
def restore(folder: Path, store: Path) -> None:
    """Make what the backup in FOLDER holds the newest version of the store, or a new store where there is none.

    Nothing is lost: the versions that the store keeps stay, and `kg rollback` leads back to any of them. A server that
    has the store open answers from the restored version with its next request. A damaged backup changes nothing.
    """
    with Steps() as steps:
        steps(f"Bringing {folder} back")
        made = restore_backup(folder, store)
    click.echo(f"Version {made.name} of {store} is current: {made.default:,} triples from {folder}.")
