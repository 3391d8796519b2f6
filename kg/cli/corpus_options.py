"""The arguments and notes of the commands that read a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from kg.cli.command import note
from kg.cli.options import Command
from kg.mapping import UncheckedArticle
from kg.shipped_files import mappings_folder

REASONERS = ("rules", "owlrl")
VALIDATORS = ("queries", "pyshacl")


def corpus_path(corpus: Path | None) -> Path:
    """Return the path of the corpus, or of the shipped one if none is named."""
    return mappings_folder() if corpus is None else corpus


def reasoner_options(command: Command) -> Command:
    """Add the options that choose the reasoner."""
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


def validator_option(command: Command) -> Command:
    """Add the option that chooses the validator."""
    return click.option(
        "--validator",
        type=click.Choice(VALIDATORS),
        default="queries",
        show_default=True,
        help="Find what may violate a shape by compiled queries, or have pySHACL, the reference, look at everything.",
    )(command)


def article_options(command: Command) -> Command:
    """Add the options of how articles are built."""
    jobs = click.option(
        "--jobs",
        type=click.IntRange(0),
        default=0,
        help="How many processes build articles; 0, the default, for one a core. The result is the same.",
    )
    strict = click.option("--strict", is_flag=True, help="Fail if one article is at fault, rather than leave it out.")
    return jobs(strict(command))


def note_unchecked(articles: Iterable[UncheckedArticle]) -> None:
    """Write to standard error which articles' passages were not checked against a text, and why."""
    for unchecked in articles:
        note(f"Note: the passages of {unchecked.slug} are unchecked: {unchecked.reason}.")
