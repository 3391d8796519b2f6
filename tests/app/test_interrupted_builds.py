"""Builds that are interrupted, killed, out of memory or overtaken by an editor lose nothing, and the next goes on."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from kg import formats
from kg.app.build_options import BuildOptions
from kg.app.builds import article_task
from kg.app.builds.build import Built, build
from kg.app.builds.finished_articles import FinishedArticles
from kg.app.export import export_graphs
from kg.errors import ChangedWhileReadError, WorkerError
from kg.store import EmbeddedStore, open_store
from tests.support.command_line import Ran, kg
from tests.support.processes import is_alive
from tests.support.tiny_corpus import TINY
from tests.support.waiting import until

ARTICLES = 3
SECOND = 2
Counted = Callable[[int, int], None]

KILL_ITSELF = """
import os
from pathlib import Path
from kg.cli.progress import Steps
from tests.support.processes import descendants

def count(steps, done, total):
    if done == 2:
        Path({pids!r}).write_text(" ".join(map(str, descendants(os.getpid()))))
        os.kill(os.getpid(), {signal})

Steps.count = count
"""
KILL_WORKER = """
import os, signal
from kg.app.builds import article_task
read = article_task.read_article

def read_article(file, shared):
    if file.name == "copy-2.yaml":
        os.kill(os.getpid(), signal.SIGKILL)
    return read(file, shared)

article_task.read_article = read_article
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of copies of the tiny article, listed by a pattern."""
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("copies") / "corpus"))
    text = (folder / "bridge.yaml").read_text("utf-8")
    for number in range(ARTICLES):
        article = text.replace("article: bridge", f"article: copy-{number}", 1)
        (folder / f"copy-{number}.yaml").write_text(article, "utf-8")
    (folder / "bridge.yaml").unlink()
    file = folder / "corpus.yaml"
    file.write_text(file.read_text("utf-8").replace("[bridge.yaml]", "[copy-*.yaml]"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the canonical export of the corpus, built without an interruption."""
    store = tmp_path_factory.mktemp("expected") / "store"
    built(corpus, store)
    return canonical(store)


def built(corpus: Path, store: Path, **options: object) -> Built:
    return build(corpus, partial(EmbeddedStore.open, store), replace(BuildOptions(), **options))  # type: ignore[arg-type]


def canonical(store: Path) -> bytes:
    return b"".join(export_graphs(open_store(store), (), formats.NQUADS))


def finished(store: Path) -> dict[str, int]:
    """Return the finished articles that are kept, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in (store / "unfinished").glob("*")}


def is_empty(store: Path) -> bool:
    """Return whether a store has only the version that every store begins with."""
    return [version.name for version in open_store(store).versions()] == ["000000"]


def at(number: int, act: Callable[[], object]) -> Counted:
    def counted(done: int, _total: int) -> None:
        if done == number:
            act()

    return counted


def with_patch(corpus: Path, store: Path, patch: str) -> Ran:
    """Run `kg build` in two processes, into each of which Python loads a module first."""
    place = store.with_name("patch")
    place.mkdir()
    (place / "sitecustomize.py").write_text(patch, "utf-8")
    return kg("build", corpus, "--store", store, "--jobs", "2", PYTHONPATH=f"{place}:{Path(__file__).parents[2]}")


def test_after_ctrl_c_the_last_version_is_current_and_the_next_build_goes_on(
    corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    # A shell without job control lets what it runs in the background ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        built(corpus, store, counted=at(SECOND, lambda: os.kill(os.getpid(), signal.SIGINT)))
    signal.signal(signal.SIGINT, before)
    done = finished(store)
    assert (len(done), is_empty(store)) == (SECOND, True)
    seen: list[dict[str, int]] = []
    assert built(corpus, store, counted=at(ARTICLES, lambda: seen.append(finished(store)))).read == ARTICLES + 2
    assert seen[0].items() > done.items()
    assert not finished(store)
    assert canonical(store) == expected


@pytest.mark.parametrize("killing", [signal.SIGINT, signal.SIGKILL])
def test_a_build_by_processes_that_is_killed_leaves_none_of_them_and_what_is_done(
    corpus: Path, tmp_path: Path, killing: signal.Signals
) -> None:
    store, pids = tmp_path / "store", tmp_path / "pids"
    ran = with_patch(corpus, store, KILL_ITSELF.format(pids=str(pids), signal=int(killing)))
    assert ran.status == (130 if killing is signal.SIGINT else -signal.SIGKILL)
    if killing is signal.SIGINT:
        assert ran.err.splitlines()[-1].startswith(f"Interrupted: {store} keeps its version, and the articles that are")
    below = [int(pid) for pid in pids.read_text("ascii").split()]
    assert len(below) > SECOND
    assert until(lambda: not any(map(is_alive, below)))
    assert (len(finished(store)) >= SECOND, is_empty(store)) == (True, True)


def test_a_process_that_is_killed_is_one_sentence_and_the_next_build_goes_on(
    corpus: Path, expected: bytes, tmp_path: Path
) -> None:
    """The kernel ends a process that takes the last memory with the same signal."""
    store = tmp_path / "store"
    ran = with_patch(corpus, store, KILL_WORKER)
    assert ran.status == 2
    assert "Error: A build process died while" in ran.err.splitlines()[-1]
    assert (ran.out, is_empty(store)) == ("", True)
    built(corpus, store)
    assert canonical(store) == expected


def test_too_little_memory_is_one_sentence_that_names_the_document(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_article(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(article_task, "read_article", read_article)
    with pytest.raises(WorkerError, match=r"out of memory on .*copy-0\.yaml; run it again"):
        built(corpus, tmp_path / "store")


def test_a_document_that_is_saved_while_it_is_built_stops_the_build_with_nothing_of_it(
    corpus: Path, tmp_path: Path
) -> None:
    store, last = tmp_path / "store", corpus / "copy-2.yaml"
    text = last.read_text("utf-8")
    with pytest.raises(ChangedWhileReadError, match=r"copy-2\.yaml was changed while it was read"):
        built(corpus, store, counted=at(SECOND, lambda: last.write_text(text[: len(text) // 2], "utf-8")))
    assert is_empty(store)
    last.write_text(text, "utf-8")
    assert not built(corpus, store).left_out


def test_a_result_that_was_cut_or_is_something_else_is_no_result(tmp_path: Path) -> None:
    file = tmp_path / "copy.yaml"
    finished_articles = FinishedArticles(tmp_path, {file: ""}, "")
    path = finished_articles._path(file)  # noqa: SLF001 -- where a result lies is no part of what the class offers
    packed = (b"x", zlib.compress(b""), zlib.compress(b"x"), zlib.compress(pickle.dumps({})))
    for content in (b"", b"x" * 40, b"x" * 32, *(sha256(part).digest() + part for part in packed)):
        path.write_bytes(content)
        assert finished_articles.read(file) is None
