"""`kg format`: writes mapping documents in a stable order and layout."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.mapping.authoring.document_format import format_document


@command("Write mapping documents in a stable layout.", ["kg format examples/harbour-talks/harbour-talks.yaml --check"])
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing, and end with status 1 if there is something to change.")
@click.pass_context
def format(context: click.Context, documents: tuple[Path, ...], *, check: bool) -> None:  # noqa: A001 -- the command's name
    """Write mapping DOCUMENTS in a stable order and layout, in place.

    Keys are put in the order of the schema, with a blank line before each section, and what is in brackets on one line.
    Items keep their order, and comments stay with their keys; values are unchanged. A second run changes nothing.
    """
    changed = [document for document in documents if format_document(document, write=not check)]
    for document in changed:
        click.echo(f"{document}: {'to be formatted' if check else 'formatted'}.")
    if check and changed:
        context.exit(1)
    unchanged = len(documents) - len(changed)
    if unchanged:
        click.echo(f"{unchanged} as {'they are' if unchanged > 1 else 'it is'}.")
