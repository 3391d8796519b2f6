"""What answering many requests leaves behind: threads for those at once, not for those in all, and no connection."""

from __future__ import annotations

import gc
import http.client
import threading
import time
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from server.runtime.http_server import Server
from server.sockets.connection import Connection
from server.sockets.task_threads import TaskThreads
from tests.support.http_client import serve

MAX_THREADS = 20


class Pending:
    """A task that waits until it may continue."""

    def __init__(self) -> None:
        self.served, self.let, self.cancelled = threading.Event(), threading.Event(), False

    def service(self) -> None:
        """Wait."""
        self.served.set()
        self.let.wait()

    def cancel(self) -> None:
        """Note that it was given up."""
        self.cancelled = True


def serving() -> AbstractContextManager[Server]:
    """Serve an application of one address on a free port, with `MAX_THREADS` threads."""
    app = Flask("downloads")
    app.add_url_rule("/", view_func=lambda: b"x" * 100_000)
    return serve(app, threads=MAX_THREADS)


def download(server: Server) -> None:
    connection = http.client.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert len(connection.getresponse().read()) == 100_000
    connection.close()


def live_connections(server: Server) -> int:
    gc.collect()
    return sum(
        isinstance(thing, Connection) and thing.server.effective_port == server.port for thing in gc.get_objects()
    )


def test_downloads_one_after_the_other_leave_one_thread_and_one_connection_at_most() -> None:
    with serving() as server:
        dispatcher = server._listener.task_dispatcher  # noqa: SLF001 -- its threads are what is tried
        for _ in range(300):
            download(server)
            while dispatcher.busy:  # a client may be quicker than its thread's way back
                time.sleep(0.001)
        assert dispatcher.started == 1
        while live_connections(server) > 1:
            time.sleep(0.01)  # the loop closes a connection a moment after its answer


def test_a_task_has_a_thread_of_its_own_up_to_the_limit_and_then_waits_for_one() -> None:
    threads, tasks = TaskThreads(3), [Pending() for _ in range(4)]
    for task in tasks:
        threads.add_task(task)
    assert all(task.served.wait() for task in tasks[:3])
    assert threads.started == 3
    assert not tasks[3].served.is_set()
    tasks[0].let.set()
    assert tasks[3].served.wait()
    assert threads.started == 3
    for task in tasks:
        task.let.set()
    assert threads.shutdown(timeout=60) is False
    assert threads.started == 0


def test_what_waits_at_the_end_is_given_up() -> None:
    threads, tasks = TaskThreads(1), [Pending(), Pending()]
    for task in tasks:
        threads.add_task(task)
    assert tasks[0].served.wait()
    assert threads.shutdown(timeout=0) is True
    assert [task.cancelled for task in tasks] == [False, True]
    tasks[0].let.set()


def test_a_task_that_fails_costs_no_thread() -> None:
    class Failing(Pending):
        def service(self) -> None:
            raise ValueError("of a test")

    threads, last = TaskThreads(1), Pending()
    for task in (Failing(), Failing(), last):
        threads.add_task(task)
    assert last.served.wait()
    assert threads.started == 1
    last.let.set()
    threads.shutdown(timeout=60)


def test_a_task_waits_for_a_busy_thread_if_the_system_allows_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    threads, tasks = TaskThreads(3), [Pending(), Pending()]
    threads.add_task(tasks[0])
    assert tasks[0].served.wait()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        threads.add_task(tasks[1])
        with pytest.raises(RuntimeError):
            TaskThreads(3).add_task(Pending())
    assert (threads.started, threads.busy) == (1, 1)
    for task in tasks:
        task.let.set()
        assert task.served.wait()
    assert threads.shutdown(timeout=60) is False
