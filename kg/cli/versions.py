"""`kg versions`: which versions a store keeps."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import Command
from kg.cli.options import store_option
from kg.cli.tables import show_table
from kg.pipeline import open_store


@click.command(
    cls=Command,
    short_help="List the versions of a store.",
    examples=["kg versions --store ./store"],
)
@store_option
def versions(store: Path) -> None:
    """List the versions that the store keeps, oldest first; the current one is marked."""
    opened = open_store(store)
    current = opened.current().name
    rows = [
        [each.name, each.created, f"{each.default:,}", each.note, "current" if each.name == current else ""]
        for each in opened.versions()
    ]
    show_table(["version", "created", "triples", "note", ""], rows, right=frozenset({"triples"}))
