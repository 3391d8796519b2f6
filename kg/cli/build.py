"""`kg build`: a corpus becomes the current version of a store."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from kg.app import BuildOptions, Built
from kg.app import build as build_corpus
from kg.cli.command import Command, note
from kg.cli.corpus_options import corpus_path, note_unchecked, reasoner_options
from kg.cli.options import corpus_argument, keep_option, sources_option, store_option
from kg.cli.progress import Steps
from kg.store import EmbeddedStore

BUILD_STEPS = 5
"""Steps that the progress of a build counts."""
MAX_TIME_SECONDS = 253_402_300_799
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
@click.option("--force", is_flag=True, help="Build everything, even what has not changed since the last build.")
@click.option(
    "--time",
    type=click.IntRange(0, MAX_TIME_SECONDS),
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
    force: bool,
) -> None:
    """Read CORPUS, infer, validate, and make it the store's current version.

    CORPUS is a folder with a corpus.yaml, or that file; the shipped corpus without it. Whatever is wrong with it, the
    store keeps what it had. Graphs that clients made are left alone.
    """
    build_time = None if time is None else datetime.fromtimestamp(time, UTC)
    options = BuildOptions(reasoner, cross_check, build_time, sources, force)
    with Steps(BUILD_STEPS) as steps:
        built = build_corpus(corpus_path(corpus), partial(EmbeddedStore.open, store, keep=keep), options, steps)
    for sentence in built.report.sentences():
        note(f"Note: {sentence}")
    note_unchecked(built.unchecked)
    click.echo(_summary(built, store, steps.seconds))


def _summary(built: Built, store: Path, seconds: float) -> str:
    content = f"{built.asserted:,} triples asserted, {built.inferred:,} inferred"
    if not built.changed:
        return f"Nothing has changed: version {built.version.name} of {store} holds this already ({content})."
    return f"Built version {built.version.name} of {store} in {seconds:.1f} s: {content}."
