"""`kg new`: writes a first mapping document of an article's text."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import command, note
from kg.mapping.authoring.new_corpus import list_in_corpus
from kg.mapping.authoring.new_document import write_new_document


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

    The words of each passage are written to a file beside the text, which .gitignore keeps out of a repository. One
    article needs no other document. If the folder has the document of another article, a corpus.yaml and an
    authority.yaml are written for both; an existing corpus lists the new document. No document is overwritten.
    """
    document = output or text.with_suffix(".yaml")
    for file in write_new_document(text, document, language):
        click.echo(f"Written: {file}")
    if corpus := list_in_corpus(document):
        note(f"{corpus} lists it now.")
