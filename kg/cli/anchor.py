"""`kg anchor`: replaces an author's words for passages by offsets and stamps digests."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command
from kg.cli.options import sources_option
from kg.mapping.authoring.anchoring import anchor_document


@command(
    "Turn the words of passages into offsets.",
    ["kg anchor examples/harbour-talks/harbour-talks.yaml --sources examples/harbour-talks"],
)
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@sources_option(required=True)
@click.option("--words", is_flag=True, help="Write the words of each passage into a file beside the text.")
def anchor(documents: tuple[Path, ...], sources: Path, *, words: bool) -> None:
    """Turn the words of passages into offsets in mapping DOCUMENTS, in place, and stamp their digests.

    With --words, the words that each passage such as `mention: 393-438` stands for are written into a file .passages
    beside the text; an existing one is always updated. .gitignore keeps it out of a repository.
    """
    for document in documents:
        report = anchor_document(document, sources, words=words)
        for passage in report.anchored:
            click.echo(f"{passage.location}: {passage.written!r} is {passage.span}")
        state = "anchored" if report.changed else "nothing to change"
        click.echo(f"{document}: {state}; {report.passages} passages of {report.source}.")
