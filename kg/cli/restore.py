"""`kg restore`: makes a backup the newest version of a store, or a new store."""

from __future__ import annotations

from pathlib import Path

import click

from kg.app.restore import restore_backup
from kg.cli.command import command
from kg.cli.options import store_option
from kg.cli.progress import Steps


@command("Restore a backup.", ["kg restore ./backups/2026-01-31", "kg restore ./backups/harbour --store ./harbour"])
@click.argument("folder", type=click.Path(path_type=Path))
@store_option
def restore(folder: Path, store: Path) -> None:
    """Make the backup in FOLDER the newest version of the store, or a new store if there is none.

    No version is lost: `kg rollback` goes back to any that the store keeps. A server that has the store open answers
    its next request from the restored version. If the backup is damaged, nothing is changed.
    """
    with Steps() as steps:
        steps(f"Restoring {folder}")
        made = restore_backup(folder, store)
    click.echo(f"Version {made.name} of {store} is current: {made.default:,} triples from {folder}.")
