"""The processes of a build: each builds articles independently, and results are returned in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver
from pathlib import Path

from kg.app.builds.article_task import BuiltArticle, build_article
from kg.app.builds.finished_articles import FinishedArticles
from kg.app.schema import Schema, read_schema
from kg.errors import DataError, WorkerError
from kg.mapping.corpora.article_reader import SharedDocuments

Outcome = BuiltArticle | DataError
MAX_WAITING_PER_JOB = 4
"""The maximum articles per process that wait to be built or consumed, so that memory does not grow with the corpus."""
_SHARED: list[tuple[SharedDocuments, Schema, FinishedArticles]] = []
"""The documents and the schema that articles share, in a process of the pool."""


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process_count(articles: int, jobs: int) -> int:
    """Return how many processes build articles, given the number requested or 0 for one per core; 1 is this one."""
    return max(1, min(jobs or usable_cores(), articles))


def start_fork_server() -> None:
    """Start the process that compiles the schema for those of the pool, unless it is running, and do not wait for it.

    Forked from that process rather than from this one, whose engine threads and open store would not survive a fork.
    """
    multiprocessing.set_forkserver_preload(["kg.app.builds.compiled_schema", "kg.app.builds.article_pool"])
    forkserver.ensure_running()


@contextmanager
def built_articles(
    files: Sequence[Path], shared: SharedDocuments, schema: Schema, finished: FinishedArticles, jobs: int
) -> Iterator[Iterator[Outcome]]:
    """Return the outcomes of articles in order, each built in one of `jobs` processes, or in this one.

    The first of them are being built by other processes, if there are any, when this returns. Raises WorkerError if a
    process dies.
    """
    jobs = process_count(len(files), jobs)
    if jobs == 1:
        yield (_named(file, partial(_finished_or_built, file, shared, schema, finished)) for file in files)
        return
    start_fork_server()
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("forkserver"), _start, (shared, finished))
    try:
        yield outcomes_in_order(files, partial(_submit, pool), jobs * MAX_WAITING_PER_JOB)
    finally:
        pool.shutdown(cancel_futures=True)


def outcomes_in_order(
    files: Sequence[Path], start: Callable[[Path], Callable[[], Outcome]], max_waiting: int
) -> Iterator[Outcome]:
    """Start the first `max_waiting` articles, and return the outcomes in order; for each, another article is started.

    `start` returns a function that waits for the outcome.
    """
    waiting = deque(map(start, files[:max_waiting]))

    def outcomes() -> Iterator[Outcome]:
        for file in files[max_waiting:]:
            yield waiting.popleft()()
            waiting.append(start(file))
        while waiting:
            yield waiting.popleft()()

    return outcomes()


def _submit(pool: ProcessPoolExecutor, file: Path) -> Callable[[], Outcome]:
    with _naming_file(file):
        # A pool that has broken in the meantime accepts no more tasks.
        return partial(_named, file, pool.submit(_build_in_pool, file).result)


def _named(file: Path, build: Callable[[], Outcome]) -> Outcome:
    with _naming_file(file):
        return build()


@contextmanager
def _naming_file(file: Path) -> Iterator[None]:
    """Raise WorkerError if a process died or had too little memory."""
    expected = "run it again to go on from here, with fewer --jobs if memory was short"
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerError(f"A build process died while building {file} or the article after it; {expected}.") from error
    except MemoryError as error:
        raise WorkerError(f"A build process ran out of memory on {file}; {expected}.") from error


def _start(shared: SharedDocuments, finished: FinishedArticles) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build's own process ends the pool
    threading.Thread(target=_end_with_build, daemon=True).start()
    _SHARED.append((shared, read_schema(), finished))


def _end_with_build() -> None:
    """Exit when the build's process ends: otherwise, after it is killed, this one would wait for articles for ever."""
    if (build := multiprocessing.parent_process()) is not None:
        build.join()
        os._exit(1)


def _build_in_pool(file: Path) -> Outcome:
    shared, schema, finished = _SHARED[0]
    return _finished_or_built(file, shared, schema, finished)


def _finished_or_built(file: Path, shared: SharedDocuments, schema: Schema, finished: FinishedArticles) -> Outcome:
    outcome: Outcome | None = finished.read(file)
    if outcome is None:
        outcome = build_article(file, shared, schema)
        if isinstance(outcome, BuiltArticle):
            finished.keep(file, outcome)
    return outcome
