"""The processes of a build: each builds articles by itself, and results come back in the order of the articles."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from kg.app.article_task import ArticleFault, BuiltArticle, build_article
from kg.app.schema import Schema
from kg.errors import WorkerError
from kg.mapping import SharedDocuments

Outcome = BuiltArticle | ArticleFault
MAX_WAITING_PER_JOB = 4
"""Articles a process that are built or wait to be taken, so that memory does not grow with the corpus."""
_SHARED: list[SharedDocuments] = []
"""What the articles share, in a process of the pool."""


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def built_articles(
    files: Sequence[Path], shared: SharedDocuments, schema: Schema, jobs: int
) -> Iterator[Iterator[Outcome]]:
    """Return the outcomes of articles in their order, each built in one of so many processes, or in this one.

    Raises WorkerError if a process dies.
    """
    jobs = min(jobs or usable_cores(), len(files))
    if jobs <= 1:
        yield (build_article(file, shared, schema) for file in files)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kg.app.compiled_schema", "kg.app.article_pool"])
    pool = ProcessPoolExecutor(jobs, context, _start, (shared,))
    try:
        yield _in_order(pool, files, jobs * MAX_WAITING_PER_JOB)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, files: Sequence[Path], max_waiting: int) -> Iterator[Outcome]:
    waiting: deque[tuple[Path, Future[Outcome]]] = deque()
    for file in files:
        waiting.append((file, pool.submit(_build, file)))
        if len(waiting) >= max_waiting:
            yield _outcome(*waiting.popleft())
    while waiting:
        yield _outcome(*waiting.popleft())


def _outcome(file: Path, future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool as error:
        expected = "run it again, with fewer --jobs if memory was short"
        raise WorkerError(f"A process of the build died while {file} or the next was built; {expected}.") from error


def _start(shared: SharedDocuments) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build's own process ends the pool
    _SHARED.append(shared)


def _build(file: Path) -> Outcome:
    from kg.app.compiled_schema import SCHEMA  # noqa: PLC0415 -- compiled where processes are forked, not in the build's

    return build_article(file, _SHARED[0], SCHEMA)
