"""`kg fsck`: checks the integrity of a store, and repairs its pointer on request."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.cli.options import json_option, store_option
from kg.cli.output import write_json
from kg.cli.progress import Steps
from kg.errors import DamagedStoreError
from kg.store import Version, open_store


@command("Check the integrity of a store.", ["kg fsck", "kg fsck --store ./harbour", "kg fsck --repair"])
@store_option
@click.option(
    "--repair", is_flag=True, help="Make the newest intact version current if the file `current` is lost or outdated."
)
@json_option
@click.pass_context
def fsck(ctx: click.Context, store: Path, *, repair: bool, as_json: bool) -> None:
    """Compare every kept version with what was recorded when it was written.

    It compares the digest of each file and the number of triples in each graph, and checks that the default graph is
    the union of its graphs. Each fault is a line, and the status is 1 if there is one. Nothing is changed without
    --repair, and no version is ever removed.
    """
    with Steps() as steps:
        steps(f"Checking every version of {store}")
        faults, count, repaired = _check(store, repair=repair)
    if as_json:
        state = {"whole": not faults, "kept": count, "faults": faults, "repaired": repaired.name if repaired else None}
        write_json(state)
        ctx.exit(1 if faults else 0)
    if repaired is not None:
        click.echo(f"Repaired: version {repaired.name} of {store} is current, the newest that is whole.")
    for fault in faults:
        click.echo(fault)
    if not faults:
        click.echo(f"{store} is whole: {count} {'version' if count == 1 else 'versions'} kept.")
    ctx.exit(1 if faults else 0)


def _check(store: Path, *, repair: bool) -> tuple[list[str], int, Version | None]:
    """Return a store's faults, the number of versions if there are none, and the version that a repair made current.

    Raises RequestError if there is no store, DamagedStoreError if a repair is needed but no version is intact.
    """
    try:
        opened = open_store(store)
    except DamagedStoreError as error:
        return [str(error)], 0, None
    repaired = opened.repair() if repair else None
    faults = [*opened.verify()]
    return faults, 0 if faults else len(opened.names()), repaired
