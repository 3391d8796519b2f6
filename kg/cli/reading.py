"""What the commands that read a corpus share."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.command import note
from kg.cli.options import Command
from kg.mapping import Corpus
from kg.resources import mappings_folder

REASONERS = ("rules", "owlrl")


def the_corpus(corpus: Path | None) -> Path:
    """Return the corpus that was named, or the shipped one."""
    return mappings_folder() if corpus is None else corpus


def reasoner_options(command: Command) -> Command:
    """Let a command choose how to infer."""
    reasoner = click.option(
        "--reasoner",
        type=click.Choice(REASONERS),
        default="rules",
        show_default=True,
        help="Infer by the rules compiled from the ontology, or by owlrl, which is slow.",
    )
    cross_check = click.option(
        "--cross-check/--no-cross-check",
        default=False,
        help="Compare what the rules infer with what owlrl does, which takes about a second a thousand triples.",
    )
    return reasoner(cross_check(command))


def tell_unchecked(corpus: Corpus) -> None:
    """Say on standard error which articles' passages were not held against a text, and why."""
    for each in corpus.unchecked:
        note(f"Note: the passages of {each.slug} are unchecked: {each.reason}.")
