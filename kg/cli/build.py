"""`kg build`: a corpus becomes the current version of a store."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from kg.app import Built, How, store_for
from kg.app import build as build_corpus
from kg.cli.command import Command, note
from kg.cli.options import corpus_argument, keep_option, sources_option, store_option
from kg.cli.progress import Steps
from kg.cli.reading import reasoner_options, tell_unchecked, the_corpus

STEPS = 5
LAST_SECOND = 253_402_300_799
"""The end of the year 9999, in seconds since 1970."""


@click.command(
    cls=Command,
    short_help="Make a corpus a store's current version.",
    examples=["kg build examples/harbour-talks --store ./harbour --sources examples/harbour-talks"],
)
@corpus_argument
@store_option
@keep_option
@sources_option()
@reasoner_options
@click.option(
    "--time",
    type=click.IntRange(0, LAST_SECOND),
    metavar="SECONDS",
    envvar="SOURCE_DATE_EPOCH",
    show_envvar=True,
    help="When the build is recorded to have been, in seconds since 1970; no time is recorded without it.",
)
def build(
    corpus: Path | None,
    store: Path,
    keep: int,
    sources: Path | None,
    reasoner: str,
    *,
    cross_check: bool,
    time: int | None,
) -> None:
    """Read CORPUS, infer, validate, and make it the store's current version.

    CORPUS is a folder with a corpus.yaml, or that file; the shipped corpus without it. Whatever is wrong with it, the
    store keeps what it had. Graphs that clients made are left alone.
    """
    when = None if time is None else datetime.fromtimestamp(time, UTC)
    how = How(reasoner, cross_check, when, sources)
    with Steps(STEPS) as steps:
        built = build_corpus(the_corpus(corpus), partial(store_for, store, keep=keep), how, steps)
    for sentence in built.report.sentences():
        note(f"Note: {sentence}")
    tell_unchecked(built.corpus)
    click.echo(_told(built, store, steps.seconds))


def _told(built: Built, store: Path, seconds: float) -> str:
    asserted, inferred = len(built.assembled.asserted), len(built.inferred)
    what = f"{asserted:,} triples asserted, {inferred:,} inferred"
    if not built.changed:
        return f"Nothing has changed: version {built.version.name} of {store} holds this already ({what})."
    return f"Built version {built.version.name} of {store} in {seconds:.1f} s: {what}."
