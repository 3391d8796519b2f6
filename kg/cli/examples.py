"""`kg examples`: the example corpora that the commands' help names, where those paths lead to them."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from kg.cli.command import Command
from kg.cli.options import FOLDER
from kg.errors import RequestError
from kg.shipped_files import examples_folder


@click.command(
    cls=Command,
    short_help="Copy the example corpora that the help of other commands names.",
    examples=["kg examples", "kg examples ./tutorial"],
)
@click.argument("folder", type=FOLDER, default=Path())
def examples(folder: Path) -> None:
    """Copy the example corpora into FOLDER/examples, by default below this folder.

    What the help of other commands names begins with examples/, and can be pasted there. Nothing is overwritten.
    """
    copied = folder / "examples"
    if copied.exists():
        raise RequestError(f"{str(copied)!r} exists already: expected a folder without examples.")
    shutil.copytree(examples_folder(), copied)
    for corpus in sorted(copied.glob("*/corpus.yaml")):
        click.echo(f"Written: {corpus.parent}")
