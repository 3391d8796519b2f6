"""`kg fsck`: whether a store is whole."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import Command
from kg.cli.options import store_option
from kg.cli.progress import Steps
from kg.pipeline import open_store


@click.command(
    cls=Command,
    short_help="Look whether a store is whole.",
    examples=["kg fsck", "kg fsck --store ./harbour"],
)
@store_option
@click.pass_context
def fsck(ctx: click.Context, store: Path) -> None:
    """Open every kept version and hold it against what was recorded when it was written.

    The digest of each file, the number of triples in each graph, and that the default graph is the union of the graphs
    that it unites. A line for each fault, and status 1 where there is one; nothing is changed.
    """
    with Steps() as steps:
        steps(f"Looking through every version of {store}")
        opened = open_store(store)
        faults, kept = opened.faults(), opened.versions()
    for fault in faults:
        click.echo(fault)
    if not faults:
        click.echo(f"{store} is whole: {len(kept)} {'version' if len(kept) == 1 else 'versions'} kept.")
    ctx.exit(1 if faults else 0)
