"""`kg new`: a first mapping document of an article's text."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command, note
from kg.mapping.new_corpus import list_in_corpus
from kg.mapping.new_document import write_new_document


@command("Begin the mapping document of a text.", ["kg new examples/harbour-talks/article.txt -o ./harbour.yaml"])
@click.argument("text", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The document to write. Default: beside the text, with the ending .yaml.",
)
@click.option("--language", default="en", show_default=True, help="The language of the text, as a tag.")
def new(text: Path, output: Path | None, language: str) -> None:
    """Write a mapping document of TEXT with its quotations and names in place, for you to fill in.

    Beside the text goes a file with the words of each passage, which .gitignore keeps out of a repository. One document
    is enough for one article. Beside the document of another, a corpus.yaml and an authority.yaml are written for both;
    a corpus that is there lists the new one. No document is overwritten.
    """
    document = output or text.with_suffix(".yaml")
    for file in write_new_document(text, document, language):
        click.echo(f"Written: {file}")
    if corpus := list_in_corpus(document):
        note(f"{corpus} lists it now.")
