"""The supervisor goes on where the system has nothing to spare, and its end is the end of the server, said aloud."""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.errors import CommuniqueError, MemoryLimitError, TimeLimitError, WorkerError
from kg.workers.frames import Channel
from kg.workers.pool import Pool
from kg.workers.pooled_store import PooledStore
from kg.workers.process_exits import ProcessRole, exit_error, readable
from kg.workers.query_jobs import Client, QueryJob
from kg.workers.query_limits import QueryLimits
from kg.workers.worker_process import WorkerProcess
from server import Settings, create_app
from tests.support.waiting import until
from tests.support.worker_pool import BASE, Opening, ask, fork_servers, workers

MEMORY = 64 * 2**20


FULL = 64
"""A number that all descriptors below are in use."""


@pytest.fixture
def full() -> Iterator[None]:
    """Use every descriptor below FULL for as long as a test lasts."""
    used: list[int] = []
    while not used or used[-1] < FULL:
        used.append(os.open(os.devnull, os.O_RDONLY))
    yield
    for descriptor in used:
        os.close(descriptor)


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Prevent this process from opening anything within the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FULL, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("victim", ["workers", "fork server"])
def test_what_cannot_be_replaced_for_want_of_descriptors_is_replaced_once_there_are_some(
    victim: str, opening: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    others = fork_servers()
    with opening(time=60) as store:
        assert until(lambda: store.stats().workers == store.limits.workers)
        victims = workers(others) if victim == "workers" else {*fork_servers()} - {*others}
        with no_descriptor_left():
            for process in victims:
                os.kill(process, signal.SIGKILL)
            assert until(lambda: "A worker could not be started" in caplog.text)
            assert store.failure() is None
            assert until(lambda: store.stats().workers == 0)
        assert until(lambda: store.stats().workers == store.limits.workers)
        assert b"true" in ask(store)
        assert store.failure() is None
        assert caplog.text.count("A worker could not be started") == 1


def test_the_supervisors_death_is_told_and_health_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    messages: list[str] = []
    with PooledStore.open(folder, QueryLimits(), messages.append) as store:
        app = create_app(store, Settings(base=BASE))
        assert app.test_client().get("/health").status_code == 200

        def break_down() -> bool:
            raise ZeroDivisionError("a fault of ours")

        monkeypatch.setattr(store._pool, "check_requests", break_down)  # noqa: SLF001 -- nothing outside makes it fail any more
        assert until(lambda: bool(messages))
        monkeypatch.undo()
        expected = "The thread that supervises the workers has died: a fault of ours."
        answer = app.test_client().get("/health")
        assert (answer.status_code, answer.json) == (503, {"status": "failing", "why": expected})
        assert messages == [expected]
        assert store.failure() == expected
        assert "ZeroDivisionError" in caplog.text
        with pytest.raises(CommuniqueError):
            ask(store)


SERVE = """
import sys
from pathlib import Path
from kg.cli import main
import {module} as module
healthy = module.{owner}.{name}
def until_told(self, *arguments):
    if Path({flag!r}).exists():
        raise ZeroDivisionError("a fault of ours")
    return healthy(self, *arguments)
module.{owner}.{name} = until_told
main(["serve", "--plain", "--store", sys.argv[1], "--port", "0", "--log", "json"])
"""


@pytest.mark.parametrize(
    ("module", "method", "sentence"),
    [
        ("kg.workers.supervisor", "Supervisor._fill", "The thread that supervises the workers has died: a fault of"),
        ("server.runtime.http_server", "Server.turn", "The loop that serves all connections has failed"),
    ],
)
def test_a_server_whose_thread_dies_ends_with_an_error(module: str, method: str, sentence: str, tmp_path: Path) -> None:
    flag, (owner, _, name) = tmp_path / "now", method.partition(".")
    text = SERVE.format(module=module, owner=owner, name=name, flag=str(flag))
    with subprocess.Popen(
        [sys.executable, "-c", text, str(tmp_path / "store")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        flag.touch()
        _, log = process.communicate()
    assert "Serving version" in first_line
    assert process.returncode == 2
    assert "a fault of ours" in log
    assert sentence in log
    assert '"level": "critical"' in log


def test_the_standard_error_of_a_worker_is_logged(opening: Opening, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with opening() as store:
        assert until(lambda: store.stats().workers == store.limits.workers)
        victim = workers()[0]
        os.kill(victim, signal.SIGSEGV)
        assert until(lambda: "SIGSEGV" in caplog.text)
        assert f"(process {victim}) was ended by SIGSEGV. It printed: nothing" in caplog.text


@pytest.mark.parametrize(
    ("status", "tail", "oom_kills", "kind", "sentence"),
    [
        (-6, b"memory allocation of 32 bytes failed", 0, MemoryLimitError, "limit of 67,108,864 bytes"),
        (-6, b"terminate called after throwing an instance of 'std::bad_alloc'", 0, MemoryLimitError, "67,108,864"),
        (
            -6,
            b"'std::system_error'\n  what():  Resource temporarily unavailable",
            False,
            MemoryLimitError,
            "67,108,864",
        ),
        (1, b"RuntimeError: can't start new thread", 0, MemoryLimitError, "limit of 67,108,864 bytes"),
        (-9, b"", 1, MemoryLimitError, "The machine ran out of memory"),
        (-9, b"", 0, WorkerError, "was ended by SIGKILL"),
        (-6, b"panicked at", 0, WorkerError, "was ended by SIGABRT"),
        (-24, b"", 0, TimeLimitError, "limit of 30 s"),
        (None, b"", 0, WorkerError, "has gone"),
        (3, b"", 1, WorkerError, "ended with status 3"),
    ],
)
def test_an_end_for_want_of_memory_is_the_memory_limit(
    status: int | None,
    tail: bytes,
    oom_kills: int,
    kind: type[CommuniqueError],
    sentence: str,
) -> None:
    error = exit_error(
        status, tail, ProcessRole("query", "worked on this query", MEMORY, 30.0), out_of_memory=oom_kills > 0
    )
    assert type(error) is kind
    assert sentence in str(error)


def test_standard_error_is_one_line_without_control_characters() -> None:
    assert readable(b"one\n\x1b[31mtwo\x00\xff\r\n") == "one | ?[31mtwo?\ufffd"


def test_a_query_waits_for_a_new_worker_rather_than_another_one_of_a_dead_fork_server() -> None:
    pool, job = Pool(QueryLimits(), wake=lambda: None), QueryJob({"what": "query", "query": {}}, Client(), 60)
    sockets = [socket.socketpair() for _ in range(3)]
    *orphans, new = (WorkerProcess(Channel(ours), -1, ours, number=number) for number, (ours, _) in enumerate(sockets))
    for worker in orphans:
        pool.worker_started(worker)
        pool.worker_ready(worker)
    pool.kill_orphans(orphans)
    pool.admit(job)
    assert job.worker is None
    pool.worker_started(new)
    pool.worker_ready(new)
    assert job.worker is new
    for pair in sockets:
        for end in pair:
            end.close()
