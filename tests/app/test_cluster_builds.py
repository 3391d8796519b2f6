"""Builds by a real Dask cluster on this machine: the same bytes, whatever happens to its workers."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg import formats
from kg.app.export import export_graphs
from kg.store import open_store
from tests.support.command_line import Ran, here, kg
from tests.support.tiny_corpus import TINY
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
ARTICLES = 6
FAILURES = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"
DIE_AT = """
import os, signal
from pathlib import Path
from kg.app.builds import article_task
read = article_task.read_article

def read_article(file, shared):
    flag = Path({flag!r})
    if file.name == "copy-3.yaml" and not flag.exists():
        if {once}:
            flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read(file, shared)

article_task.read_article = read_article
"""
HIDE = """
from pathlib import Path
read_bytes = Path.read_bytes

def read_what_is_here(self):
    if self.name == "copy-3.yaml":
        raise FileNotFoundError(2, "No such file or directory")
    return read_bytes(self)

Path.read_bytes = read_what_is_here
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of six copies of the tiny article."""
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("cluster") / "corpus"))
    text = (folder / "bridge.yaml").read_text("utf-8")
    names = [f"copy-{number}.yaml" for number in range(ARTICLES)]
    for name in names:
        article = text.replace("article: bridge", f"article: {name.removesuffix('.yaml')}", 1)
        (folder / name).write_text(article, "utf-8")
    listed = (folder / "corpus.yaml").read_text("utf-8").replace("[bridge.yaml]", f"[{', '.join(names)}]")
    (folder / "corpus.yaml").write_text(listed, "utf-8")
    return folder


class Cluster:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder: Path, failures: int) -> None:
        self._folder, self._failures = folder, str(failures)
        self._processes: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._run("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        assert until(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
        self.file = file
        self.address = file.read_text().partition('"address": "')[2].partition('"')[0]

    def add_worker(self, patch: str = "", path: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start a worker of one process and one thread, whose Python runs a patch first."""
        place = self._folder / f"worker-{len(self._processes)}"
        place.mkdir()
        (place / "sitecustomize.py").write_text(patch)
        options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--local-directory", str(place))
        return self._run("worker", *options, self.address, path=f"{place}:{path}")

    def await_workers(self, number: int) -> None:
        """Wait until so many workers are known to the scheduler."""
        logs = [self._folder / f"worker-{place}.log" for place in range(1, number + 1)]
        assert until(lambda: all("Registered to:" in log.read_text() for log in logs))

    def close(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.kill()
            process.wait()

    def _run(self, *arguments: str, path: str = str(ROOT)) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": path, FAILURES: self._failures}
        command = [str(Path(sys.executable).with_name("dask")), *arguments, "--no-dashboard"]
        with (self._folder / f"{arguments[0]}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self._folder)
        self._processes.append(process)
        return process


@contextmanager
def running(folder: Path, failures: int = 3) -> Iterator[Cluster]:
    cluster = Cluster(folder, failures)
    try:
        yield cluster
    finally:
        cluster.close()


def last_error(ran: Ran) -> str:
    """Return the sentence that a build failed with, which follows its progress."""
    assert ran.status == 2, ran
    return ran.err.splitlines()[-1].removeprefix("Error: ")


def canonical(store: Path) -> bytes:
    return b"".join(export_graphs(open_store(store), (), formats.NQUADS))


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the canonical export of a build on this machine alone."""
    store = tmp_path_factory.mktemp("alone") / "store"
    assert here("build", corpus, "--store", store, "--jobs", "1").status == 0
    return canonical(store)


def test_a_cluster_that_loses_a_worker_makes_the_same_bytes(corpus: Path, tmp_path: Path, expected: bytes) -> None:
    with running(tmp_path) as cluster:
        patch = DIE_AT.format(flag=str(tmp_path / "has-died"), once=True)
        workers = [cluster.add_worker(patch) for _ in range(3)]
        cluster.await_workers(3)
        done = kg("build", corpus, "--store", tmp_path / "store", "--cluster", cluster.address)
        assert done.status == 0, done.err
        assert sorted(process.poll() or 0 for process in workers) == [-signal.SIGKILL, 0, 0]
    assert canonical(tmp_path / "store") == expected


@pytest.mark.parametrize(
    ("workers", "reason"),
    [
        (2, "is not built: its worker died 1 time, which is the limit. It may have had too little memory."),
        (1, "is not built: the cluster has no worker left."),
    ],
)
def test_an_article_that_kills_its_workers_ends_the_build_and_the_next_goes_on(
    corpus: Path, tmp_path: Path, expected: bytes, workers: int, reason: str
) -> None:
    store = tmp_path / "store"
    with running(tmp_path, failures=0 if workers == 2 else 3) as cluster:
        for _ in range(workers):
            cluster.add_worker(DIE_AT.format(flag=str(tmp_path / "never"), once=False))
        cluster.await_workers(workers)
        failed = kg("build", corpus, "--store", store, "--cluster", cluster.address)
        error = last_error(failed)
        # For the scheduler, what waited for a worker was given to it too.
        assert re.sub(r"copy-\d", "copy-3", error) == (
            f"{corpus / 'copy-3.yaml'} {reason} Run the build again to go on from here."
        ), failed
    done = here("build", corpus, "--store", store, "--jobs", "1")
    assert done.status == 0, done.err
    assert canonical(store) == expected


@pytest.mark.parametrize("options", [["--cross-check"], ["--validator", "pyshacl"]])
def test_a_build_as_one_graph_cannot_be_shared(corpus: Path, tmp_path: Path, options: list[str]) -> None:
    done = here("build", corpus, "--store", tmp_path / "store", "--cluster", "tcp://127.0.0.1:1", *options)
    assert done.status == 2
    assert "build all articles as one graph, which a cluster cannot share" in done.err


def test_an_address_without_a_scheduler_or_without_workers_is_said_so(corpus: Path, tmp_path: Path) -> None:
    nobody = kg("build", corpus, "--store", tmp_path / "store", "--cluster", "tcp://127.0.0.1:1")
    assert last_error(nobody).startswith("No Dask scheduler answers at 'tcp://127.0.0.1:1' (")
    assert last_error(nobody).endswith(
        ": expected the address that `dask scheduler` prints, such as tcp://127.0.0.1:8786."
    )
    with running(tmp_path) as cluster:
        idle = kg("build", corpus, "--store", tmp_path / "store", "--cluster", cluster.address)
        assert last_error(idle) == (
            f"The scheduler at {cluster.address} has no workers: start one with `dask worker {cluster.address}`."
        )


def test_a_worker_with_another_program_or_without_the_documents_is_named(corpus: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "kg", other / "kg")
    for folder in ("ontology", "shapes", "mappings"):
        shutil.copytree(ROOT / folder, other / folder)
    with (other / "kg" / "errors.py").open("a") as file:
        file.write("# another version\n")
    cannot_read = f"cannot read {corpus / 'copy-3.yaml'} (No such file or directory)"
    expected = {
        "other": "runs another version of this program: install the build's version there.",
        "hidden": f"{cannot_read}: expected a file system that both share, under the same path.",
    }
    for name, sentence in expected.items():
        run = tmp_path / f"run-{name}"
        run.mkdir()
        with running(run) as cluster:
            cluster.add_worker(*(("", other) if name == "other" else (HIDE,)))
            cluster.await_workers(1)
            error = last_error(kg("build", corpus, "--store", tmp_path / "store", "--cluster", cluster.address))
        assert re.sub(r"tcp://127\.0\.0\.1:\d+", "ADDRESS", error) == f"The worker ADDRESS {sentence}"
