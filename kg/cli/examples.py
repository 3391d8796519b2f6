"""`kg examples`: copies the example corpora that the commands' help names to where their paths lead."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from kg.cli.command import command
from kg.errors import RequestError
from kg.shipped_files import examples_folder


@command("Copy the example corpora that the help of other commands names.", ["kg examples", "kg examples ./tutorial"])
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def examples(folder: Path) -> None:
    """Copy the example corpora into FOLDER/examples, by default below this folder.

    The examples in the help of other commands use files below examples/, and can be pasted there. Nothing is
    overwritten.
    """
    copied = folder / "examples"
    if copied.exists():
        raise RequestError(f"{str(copied)!r} already exists: expected a folder without examples.")
    shutil.copytree(examples_folder(), copied)
    for corpus in sorted(copied.glob("*/corpus.yaml")):
        click.echo(f"Written: {corpus.parent}")
