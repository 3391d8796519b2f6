"""`kg fsck`: checks the integrity of a store, and repairs its pointer on request."""

from __future__ import annotations

from pathlib import Path

import click

from kg.app.fsck import check_store
from kg.cli.command import command
from kg.cli.options import json_option, store_option
from kg.cli.output import write_json
from kg.cli.progress import Steps


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
        check = check_store(store, repair=repair)
    if as_json:
        repaired = check.repaired.name if check.repaired else None
        state = {"whole": not check.faults, "kept": check.version_count, "faults": check.faults, "repaired": repaired}
        write_json(state)
        ctx.exit(1 if check.faults else 0)
    if check.repaired is not None:
        click.echo(f"Repaired: version {check.repaired.name} of {store} is current, the newest that is whole.")
    for fault in check.faults:
        click.echo(fault)
    if not check.faults:
        count = check.version_count
        click.echo(f"{store} is whole: {count} {'version' if count == 1 else 'versions'} kept.")
    ctx.exit(1 if check.faults else 0)
