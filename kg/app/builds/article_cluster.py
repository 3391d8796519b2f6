"""Building articles as tasks of a Dask cluster, for corpora that are too large for the cores of one machine.

A worker of the cluster has this program installed and sees the corpus under the same paths, on a shared file system;
both are checked with each article. If a worker dies, the scheduler gives its task to another one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from distributed import Client, Future, KilledWorker, WorkerPlugin, get_worker
from distributed.client import AllExit, FutureCancelledError

from kg.app.builds.article_pool import MAX_WAITING_PER_JOB, Outcome, outcomes_in_order
from kg.app.builds.article_task import BuiltArticle, build_article
from kg.app.builds.build_inputs import program_digest
from kg.app.builds.finished_articles import FinishedArticles
from kg.app.schema import read_schema
from kg.errors import RequestError, WorkerError
from kg.mapping.corpora.article_reader import SharedDocuments

CONNECT_SECONDS = 10
"""The time limit for a scheduler to answer."""
PATIENCE_SECONDS = 5
"""How long to wait for a result before checking whether the cluster still has workers."""
GO_ON = "Run the build again to go on from here"
SAME = "expected a file system that both share, under the same path"
_TASK_LOCK = threading.Lock()
"""Held by the running task: the compiled schema of a process is used by one task at a time."""


@contextmanager
def cluster_articles(
    files: Sequence[Path], shared: SharedDocuments, finished: FinishedArticles, address: str
) -> Iterator[Iterator[Outcome]]:
    """Return the outcomes of articles in order, each built by a worker of the cluster with a scheduler's address.

    Raises RequestError if no scheduler with workers answers there, and WorkerError if an article's workers die
    repeatedly, if no worker is left, or if one has another program or other files.
    """
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        expected = "expected the address that `dask scheduler` prints, such as tcp://127.0.0.1:8786"
        raise RequestError(f"No Dask scheduler answers at {address!r} ({error}): {expected}.") from error
    logging.getLogger("asyncio").addFilter(_has_cause)
    with client:
        if not (threads := sum(client.nthreads().values())):
            raise RequestError(f"The scheduler at {address} has no workers: start one with `dask worker {address}`.")
        articles = _ClusterArticles(client, f"communique-{uuid4().hex}", finished)
        client.register_plugin(_Shared(shared, articles.name))
        try:
            yield outcomes_in_order(files, articles.start, threads * MAX_WAITING_PER_JOB)
        finally:
            client.unregister_worker_plugin(articles.name)


def _has_cause(record: logging.LogRecord) -> bool:
    """Drop the log record that Dask leaves for each abandoned result, an exception that is never awaited."""
    return not (record.exc_info and isinstance(record.exc_info[1], AllExit))


class _Shared(WorkerPlugin):
    """What the articles of one build share; the scheduler passes it to all workers, including those that join later."""

    def __init__(self, shared: SharedDocuments, name: str) -> None:
        self.shared, self.name = shared, name


@dataclass(frozen=True)
class _Task:
    """One article to build, with digests of the program and the document that its worker must have."""

    build: str
    file: Path
    document: str
    program: str


@dataclass(frozen=True)
class _ClusterArticles:
    """The articles that one build has requested from a cluster."""

    client: Client
    name: str
    finished: FinishedArticles

    def start(self, file: Path) -> Callable[[], Outcome]:
        """Request an article unless it is finished, and return a function that waits for its outcome."""
        if article := self.finished.read(file):
            return lambda: article
        task = _Task(self.name, file, self.finished.digests[file], program_digest())
        return partial(self._await, file, self.client.submit(_build, task, pure=False))

    def _await(self, file: Path, future: Future) -> Outcome:
        while True:
            try:
                outcome: Outcome = future.result(timeout=PATIENCE_SECONDS)
            except TimeoutError:
                if not self.client.nthreads():
                    raise WorkerError(f"{file} is not built: the cluster has no worker left. {GO_ON}.") from None
            except KilledWorker as error:
                raise WorkerError(_death(file, error.allowed_failures + 1)) from error
            except (FutureCancelledError, OSError) as error:
                raise WorkerError(f"The scheduler was lost while {file} was built ({error}). {GO_ON}.") from error
            else:
                if isinstance(outcome, BuiltArticle):
                    self.finished.keep(file, outcome)
                return outcome


def _death(file: Path, deaths: int) -> str:
    times = "1 time" if deaths == 1 else f"{deaths} times"
    cause = "It may have had too little memory"
    return f"{file} is not built: its worker died {times}, which is the limit. {cause}. {GO_ON}."


def _build(task: _Task) -> Outcome:
    """Build an article in a worker. Raises WorkerError if the worker has another program or another document."""
    worker = get_worker()
    if task.program != program_digest():
        raise WorkerError(
            f"The worker {worker.address} runs another version of this program: install the build's version there."
        )
    try:
        document = sha256(task.file.read_bytes()).hexdigest()
    except OSError as error:
        raise WorkerError(f"The worker {worker.address} cannot read {task.file} ({error.strerror}): {SAME}.") from error
    if document != task.document:
        raise WorkerError(f"The worker {worker.address} has a different {task.file} from the build's: {SAME}.")
    with _TASK_LOCK:
        shared: SharedDocuments = worker.plugins[task.build].shared
        return build_article(task.file, shared, read_schema())
