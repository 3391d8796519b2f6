"""`kg watch`: builds a corpus again whenever one of its files is saved."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

import click
import watchfiles

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.app.corpus_dataset import corpus_and_documents
from kg.cli.build import print_result
from kg.cli.build_flags import article_options
from kg.cli.command import command
from kg.cli.options import corpus_arguments, corpus_path, keep_option, sources_option, store_option
from kg.cli.progress import Steps
from kg.errors import CommuniqueError, DataError
from kg.shipped_files import ontology_folder, shapes_folder
from kg.store import EmbeddedStore

QUIET_MILLISECONDS = 50
"""How long nothing more is saved before what was saved is built."""
MAX_DELAY_MILLISECONDS = 400
"""How long after the first save it is built although more is being saved."""
RETRY_MILLISECONDS = 500
"""How long after it a build that could not be made, for no fault of a document, is tried again."""


@command("Build what changes whenever a file is saved.", ["kg watch examples/harbour-talks --store ./harbour"])
@corpus_arguments
@store_option
@keep_option
@sources_option()
@article_options
def watch(corpus: tuple[Path, ...], store: Path, keep: int, sources: Path | None, jobs: int, *, strict: bool) -> None:
    """Build CORPUS as `kg build` does, and then whatever changes when a file is saved, until Ctrl-C.

    A server of the same store shows each new version at once. If there are faults, they are reported, and the store is
    unchanged.
    """
    corpus_file, documents = corpus_and_documents(corpus or [corpus_path(None)])
    options = BuildOptions(sources=sources, jobs=jobs, strict=strict, documents=documents)
    folders = [corpus_file.parent, ontology_folder(), shapes_folder(), *([sources] if sources else [])]
    reported = ""
    with _interruptible() as interrupted:
        for again in _saves(folders, store):
            # What failed for no fault of a document may succeed now, though nothing was saved.
            if again or reported:
                reported = _built(corpus_file, store, keep, options, reported)
            if interrupted.is_set():
                return


@contextmanager
def _interruptible() -> Iterator[Event]:
    """Leave the block at Ctrl-C; the event is set, should the exception be lost in a callback."""
    interrupted = Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with suppress(KeyboardInterrupt):
            yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def _saves(folders: list[Path], store: Path) -> Iterator[bool]:
    """Yield true at the start and whenever something was saved, and false after each pause without."""
    ignored = watchfiles.DefaultFilter(ignore_paths=[store.resolve()])
    changes = watchfiles.watch(
        *(folder.resolve() for folder in folders),
        watch_filter=ignored,
        debounce=MAX_DELAY_MILLISECONDS,
        step=QUIET_MILLISECONDS,
        rust_timeout=RETRY_MILLISECONDS,
        yield_on_timeout=True,
    )
    # Nothing is watched before the first is asked for, and what is saved during the first build is to be built too.
    yield next(changes) is not None
    yield from map(bool, changes)


def _built(corpus_file: Path, store: Path, keep: int, options: BuildOptions, reported: str) -> str:
    """Build, and return the error of a build that is to be tried again without a change."""
    try:
        with Steps() as steps:
            built = build(corpus_file, partial(EmbeddedStore.open, store, keep=keep), options, steps)
    except (CommuniqueError, OSError) as error:
        text = str(error)
        if text != reported:
            click.echo("\n".join(f"Error: {line}" for line in text.splitlines()), err=True)
        return "" if isinstance(error, DataError) else text
    print_result(built, store, steps.seconds)
    return ""
