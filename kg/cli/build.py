"""`kg build`: makes a corpus the current version of a store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from kg.app.build_options import BuildOptions
from kg.app.builds.build import Built
from kg.app.builds.build import build as build_corpus
from kg.app.corpus_dataset import corpus_and_documents
from kg.cli.build_flags import article_options, reasoner_options, validator_option
from kg.cli.command import command, note
from kg.cli.options import corpus_arguments, corpus_path, keep_option, sources_option, store_option
from kg.cli.progress import Steps
from kg.iterables import grouped
from kg.store import EmbeddedStore

BUILD_STEPS = 5
"""Steps that the progress of a build counts."""
INTERRUPTED = 130
"""The status of a command that SIGINT has ended, as shells have it."""
MAX_NAMES_PER_LINE = 5
"""Articles that a line of the output names; of more, it gives the number, and --report has them all."""
MAX_TIME_SECONDS = 253_402_300_799
"""The end of the year 9999, in seconds since 1970."""


@command(
    "Make a corpus a store's current version.",
    ["kg build examples/harbour-talks --store ./harbour --sources examples/harbour-talks"],
)
@corpus_arguments
@store_option
@keep_option
@sources_option()
@reasoner_options
@validator_option
@article_options
@click.option(
    "--cluster",
    metavar="ADDRESS",
    default="",
    help="Have the workers of a Dask cluster build the articles, instead of --jobs processes of this machine: the "
    "address of its scheduler, such as tcp://HOST:8786. Needs the extra `cluster`. The result is the same.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was built and what was left out to this file, as JSON.",
)
@click.option("--force", is_flag=True, help="Build everything, even what has not changed since the last build.")
@click.option(
    "--time",
    type=click.IntRange(0, MAX_TIME_SECONDS),
    metavar="SECONDS",
    envvar="SOURCE_DATE_EPOCH",
    show_envvar=True,
    help="The time to record for the build, in seconds since 1970; without it, no time is recorded.",
)
def build(
    corpus: tuple[Path, ...],
    store: Path,
    keep: int,
    sources: Path | None,
    reasoner: str,
    validator: str,
    jobs: int,
    cluster: str,
    report: Path | None,
    *,
    strict: bool,
    cross_check: bool,
    time: int | None,
    force: bool,
) -> None:
    """Read CORPUS, infer, validate, and make it the store's current version.

    CORPUS is a folder with a corpus.yaml, or that file; by default, the shipped corpus. Or name articles of one corpus,
    to build only these, or an article that is in none. If the build fails, the store is unchanged. Graphs that
    clients created are kept.

    An article with faults is left out of the version, and its faults are reported; the exit status is then 1. If every
    article has faults, or any with --strict, nothing is built.
    """
    build_time = None if time is None else datetime.fromtimestamp(time, UTC)
    corpus_file, documents = corpus_and_documents(corpus or [corpus_path(None)])
    if cluster:  # whose workers have working directories of their own
        corpus_file, sources = corpus_file.resolve(), sources and sources.resolve()
    with Steps(BUILD_STEPS) as steps, reporting_interruption(store):
        options = BuildOptions(
            reasoner, cross_check, build_time, sources, force, jobs, strict, documents, steps.count, validator, cluster
        )
        if cluster and options.is_reference:
            # Refused, and not left to the cluster: each compares or infers over all articles together.
            reference = "--cross-check, --reasoner owlrl and --validator pyshacl build all articles as one graph"
            raise click.UsageError(f"{reference}, which a cluster cannot share: leave out one of them, or --cluster.")
        # Opened by the build: the names of its graphs are known when the corpus has been read.
        built = build_corpus(corpus_file, partial(EmbeddedStore.open, store, keep=keep), options, steps)
    if report is not None:
        report.write_text(json.dumps(_report(built, steps.seconds), indent=1) + "\n", "utf-8")
    print_result(built, store, steps.seconds)
    if built.left_out:
        click.get_current_context().exit(1)


@contextmanager
def reporting_interruption(store: Path) -> Iterator[None]:
    """Say what an interruption (Ctrl-C) leaves, and exit with the status of shells."""
    try:
        yield
    except KeyboardInterrupt:
        articles = "the articles that are done are kept for the next build, which goes on from there"
        click.echo(f"Interrupted: {store} keeps its version, and {articles}.", err=True)
        click.get_current_context().exit(INTERRUPTED)


def print_result(built: Built, store: Path, seconds: float) -> None:
    """Print what the validation found, why articles were left out, and the summary, which is the only output."""
    for sentence in built.report.sentences():
        note(f"Note: {sentence}")
    for reason, slugs in grouped((article.reason, article.slug) for article in built.unchecked).items():
        note(f"Note: the passages of {_listed(slugs)} are unchecked: {reason}.")
    for document in built.left_out.values():
        for reason in document.reasons:
            click.echo(f"Error: {reason}", err=True)
    click.echo(_summary(built, store, seconds))


def _report(built: Built, seconds: float) -> dict[str, object]:
    return {
        "version": built.version.name,
        "changed": built.changed,
        "seconds": round(seconds, 1),
        "read": built.read,
        "asserted": built.asserted,
        "inferred": built.inferred,
        "left_out": [
            {"document": name, "reasons": document.reasons} for name, document in sorted(built.left_out.items())
        ],
        "notes": built.report.sentences(),
        "unchecked": [{"article": article.slug, "reason": article.reason} for article in built.unchecked],
    }


def _summary(built: Built, store: Path, seconds: float) -> str:
    left_out = f" Left out because of faults: {_listed(sorted(built.left_out))}." if built.left_out else ""
    content = f"{built.asserted:,} triples asserted, {built.inferred:,} inferred"
    if not built.changed:
        return f"Nothing has changed: version {built.version.name} of {store} holds this already ({content}).{left_out}"
    return f"Built version {built.version.name} of {store} in {seconds:.1f} s: {content}.{left_out}"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MAX_NAMES_PER_LINE
    return ", ".join(names[:MAX_NAMES_PER_LINE]) + (f" and {rest:,} more" if rest > 0 else "")
