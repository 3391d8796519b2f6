"""Workers are separate processes: what happens to one affects only its client, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.errors import (
    BusyError,
    CommuniqueError,
    LimitError,
    RequestError,
    StoppedError,
    TimeLimitError,
    UnknownVersionError,
    WorkerError,
)
from kg.formats import JSON, NTRIPLES, TRIG
from kg.store import EmbeddedStore, Query
from kg.workers.pooled_store import PooledStore
from kg.workers.query_jobs import Client
from tests.support.processes import children, is_alive, processor_time
from tests.support.waiting import until
from tests.support.worker_pool import (
    ENDLESS,
    GUSHING,
    NAMES,
    Opening,
    ask,
    begin,
    busiest,
    fill,
    fork_servers,
    workers,
)

ROOT = Path(__file__).parents[2]
FRONT = """
import sys, time
from pathlib import Path
from kg.workers.pooled_store import PooledStore
store = PooledStore.open(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(60)
"""


@contextmanager
def asking(store: PooledStore, *texts: str) -> Iterator[list[Exception]]:
    """Run queries in threads meanwhile; their errors are in the list at the end."""
    raised: list[Exception] = []

    def run(text: str) -> None:
        try:
            ask(store, text)
        except (StoppedError, LimitError, WorkerError) as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    yield raised
    for running in store.running():
        store.stop(running.number)
    for thread in threads:
        thread.join()


def kill_fork_servers(others: list[int]) -> None:
    """Kill the fork server of this test's workers."""
    for fork_server in {*fork_servers()} - {*others}:
        os.kill(fork_server, signal.SIGKILL)


def busy_workers() -> list[int]:
    """Return the workers that use the processor just now."""
    before = {worker: processor_time([worker]) for worker in workers()}
    time.sleep(0.3)
    return [worker for worker in workers() if processor_time([worker]) - before.get(worker, 0) > 0.02]


def test_answers_are_those_of_the_embedded_store(shared: PooledStore, folder: Path) -> None:
    embedded = EmbeddedStore.open(folder, NAMES)
    for text in ("ASK {}", "SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p 1 } { ?s ?p ?o }"):
        by_workers, by_embedded = begin(shared, text), begin(embedded, text)
        assert (by_workers.form, by_workers.format, by_workers.version) == (
            by_embedded.form,
            by_embedded.format,
            by_embedded.version,
        )
        assert b"".join(by_workers.chunks) == b"".join(by_embedded.chunks)
    name = NAMES.article("one")
    assert b"".join(shared.graph(name, NTRIPLES).chunks) == b"".join(embedded.graph(name, NTRIPLES).chunks)
    assert b"".join(shared.dataset(TRIG).chunks).count(b"value") > 1000
    assert shared.versions() == embedded.versions()


def test_a_trivial_query_is_answered_while_hostile_ones_run(opening: Opening) -> None:
    with opening() as store, asking(store, ENDLESS, ENDLESS, GUSHING, ENDLESS):
        assert until(lambda: len(store.running()) == 4)
        for _ in range(50):
            ask(store)


def test_slow_readers_of_large_answers_delay_no_others(opening: Opening) -> None:
    with opening(workers=2, slow=1, streams=5) as store:
        answers = [begin(store, GUSHING) for _ in range(3)]
        time.sleep(0.3)
        answers += [begin(store, GUSHING) for _ in range(2)]
        time.sleep(0.3)
        assert b"true" in ask(store)
        assert all(next(answer.chunks) for answer in answers)


def test_of_the_slow_queries_no_more_than_their_share_run_and_the_rest_have_their_turn(opening: Opening) -> None:
    half_a_second = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . { SELECT ?e { ?d ?e ?f } LIMIT 2000 } }"
    with opening(workers=2, slow=1) as store, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ask(store, half_a_second), range(4)))
        assert store.stats().evictions > 0
    assert all(b"6000000" in answer for answer in answers)


def test_a_worker_that_is_killed_is_an_error_to_its_client_and_replaced(opening: Opening) -> None:
    with opening(patience=60) as store:
        with asking(store, ENDLESS) as raised:
            victim = busiest()
            os.kill(victim, signal.SIGKILL)
            assert until(lambda: bool(raised))
        assert isinstance(raised[0], WorkerError)
        assert "SIGKILL" in str(raised[0])
        assert until(lambda: store.stats().workers == store.limits.workers)
        assert victim not in workers()
        assert b"true" in ask(store)


def test_an_idle_worker_that_is_killed_is_replaced_unnoticed(opening: Opening) -> None:
    others = fork_servers()
    with opening() as store:
        assert until(lambda: store.stats().workers == store.limits.workers)
        victims = workers(others)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        assert until(lambda: len(workers(others)) == len(victims) and not {*victims} & {*workers(others)})
        assert b"true" in ask(store)


def test_a_fork_server_that_is_killed_is_replaced_with_its_workers(opening: Opening) -> None:
    others = fork_servers()
    with opening() as store:
        assert until(lambda: store.stats().workers == store.limits.workers)
        victims = workers(others)
        kill_fork_servers(others)
        # At once, so that it is sent to a worker that is about to be killed.
        assert b"true" in ask(store)
        assert until(lambda: len(workers(others)) == len(victims) and not {*victims} & {*workers(others)})


def test_a_query_whose_fork_server_is_killed_starts_again_and_is_answered(opening: Opening) -> None:
    others = fork_servers()
    with opening() as store, ThreadPoolExecutor(1) as threads:
        assert until(lambda: store.stats().workers == store.limits.workers)
        for worker in workers(others):
            os.kill(worker, signal.SIGSTOP)
        answer = threads.submit(ask, store)
        assert until(lambda: store.stats().busy == 1)
        kill_fork_servers(others)
        assert b"true" in answer.result()


def test_a_query_whose_fork_server_is_killed_again_and_again_is_an_error(opening: Opening) -> None:
    others = fork_servers()
    with opening(patience=60) as store, asking(store, ENDLESS) as raised:

        def is_lost() -> bool:
            kill_fork_servers(others)
            return bool(raised)

        # With a pause for the query to start again: until then it is not lost with its worker.
        assert until(is_lost, pause=2)
        assert [type(error) for error in raised] == [WorkerError]


def test_a_full_queue_is_busy(opening: Opening) -> None:
    with opening(workers=2, slow=1, queue=1, patience=60) as store:
        assert until(lambda: store.stats().workers == 2)
        with asking(store, ENDLESS, ENDLESS, ENDLESS):
            assert until(lambda: (store.stats().busy, store.stats().waiting) == (2, 1))
            with pytest.raises(BusyError, match="1 requests are waiting already") as caught:
                ask(store)
            assert caught.value.limit == "queue"
            assert caught.value.retry_after >= 1
            assert store.stats().refused == 1


def test_slow_queries_that_fill_their_queue_leave_room_for_quick_ones(opening: Opening) -> None:
    with opening(workers=2, slow=1, queue=3) as store:
        assert until(lambda: store.stats().workers == 2)
        with asking(store, *[ENDLESS] * 5) as raised:
            assert until(lambda: bool(raised))
            assert [type(error) for error in raised] == [BusyError]
            assert b"true" in ask(store)


def test_closing_an_answer_leaves_the_processor_idle(opening: Opening) -> None:
    with opening() as store:
        answer = begin(store, GUSHING)
        next(answer.chunks)
        answer.chunks.close()  # type: ignore[attr-defined]  # as WSGI servers do
        assert until(lambda: not store.running())
        assert until(lambda: not busy_workers())


def test_forgetting_an_answer_leaves_the_processor_idle(opening: Opening) -> None:
    with opening() as store:
        answer = begin(store, GUSHING)
        next(answer.chunks)
        del answer
        gc.collect()
        assert until(lambda: not store.running())
        assert until(lambda: not busy_workers())


def test_a_query_whose_asker_leaves_before_its_first_byte_is_stopped(opening: Opening) -> None:
    disconnected = threading.Event()
    with opening() as store:
        with asking(store.on_behalf(Client(disconnected.is_set)), ENDLESS) as raised:
            assert until(lambda: store.stats().slow == 1)
            disconnected.set()
            assert until(lambda: bool(raised))
        assert isinstance(raised[0], StoppedError)
        assert until(lambda: not busy_workers())


def test_an_operator_sees_what_runs_and_stops_it(opening: Opening) -> None:
    with opening() as store:
        with asking(store, ENDLESS) as raised:
            assert until(lambda: [query.state for query in store.running()] == ["slow"])
            (running,) = store.running()
            assert running.text == ENDLESS
            assert store.stop(running.number)
            assert until(lambda: bool(raised))
        assert "operator stopped this query" in str(raised[0])
        assert not store.stop(running.number)


def test_two_hundred_queries_leave_as_many_processes_threads_and_files_as_before(opening: Opening) -> None:
    def held() -> tuple[int, int, int]:
        return len(workers(others)), threading.active_count(), len([*Path("/proc/self/fd").iterdir()])

    others = fork_servers()
    with opening(workers=2, slow=1) as store:
        ask(store)
        with pytest.raises(TimeLimitError):
            ask(store.on_behalf(Client(timeout=0.2)), ENDLESS)
        assert until(lambda: store.stats().workers == 2)
        before = held()
        for number in range(200):
            if number % 20:
                ask(store)
            else:
                with pytest.raises(TimeLimitError):
                    ask(store.on_behalf(Client(timeout=0.15)), ENDLESS)
        assert until(lambda: all(now <= then for now, then in zip(held(), before, strict=True)))


def test_after_closing_no_process_is_left_and_a_query_is_refused(opening: Opening) -> None:
    before = {*children(os.getpid())}
    with opening() as store:
        answer = begin(store, GUSHING)
        started = {*workers()}
    assert until(lambda: {*children(os.getpid())} <= before)
    assert not [process for process in started if Path(f"/proc/{process}").exists()] or before
    with pytest.raises(StoppedError):
        b"".join(answer.chunks)
    with pytest.raises(StoppedError, match="closing"):
        ask(store)
    store.close()


def test_workers_end_with_their_front(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", FRONT, str(folder)], stdout=subprocess.PIPE, env=environment) as front:
        assert front.stdout
        assert front.stdout.readline() == b"ready\n"
        processes = [
            process for fork_server in children(front.pid) for process in (fork_server, *children(fork_server))
        ]
        assert len(processes) > 1
        front.kill()
        front.wait()
    assert until(lambda: not any(map(is_alive, processes)))


def test_a_new_version_is_seen_while_an_answer_under_way_and_a_past_version_stay_what_they_were(
    tmp_path: Path,
) -> None:
    store = EmbeddedStore.open(tmp_path, NAMES)
    fill(store, 3000, "first")
    first = store.current().name
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    with PooledStore.open(tmp_path) as pooled:
        under_way = begin(pooled, "SELECT * { ?s ?p ?o }")
        fill(store, 7, "second")
        assert b'"7"' in ask(pooled, count)
        assert pooled.current() == store.current()
        assert b'"3000"' in b"".join(pooled.query(Query(count, JSON, None, version=first)).chunks)
        assert b"".join(under_way.chunks).count(b"value ") == 3000
        assert under_way.version == first
        with pytest.raises(UnknownVersionError):
            pooled.query(Query(count, JSON, None, version="000099"))


def test_a_folder_without_a_store_is_an_error_and_no_worker_is_left(tmp_path: Path) -> None:
    before = len(children(os.getpid()))
    with pytest.raises(RequestError, match="no store"):
        PooledStore.open(tmp_path / "nothing")
    assert len(children(os.getpid())) == before


def test_a_store_that_no_worker_can_open_is_an_error(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, NAMES)
    fill(store, 3, "first")
    for file in (tmp_path / "versions" / store.current().name).iterdir():
        file.unlink()
    before = len(children(os.getpid()))
    with pytest.raises(CommuniqueError, match=str(tmp_path)):
        PooledStore.open(tmp_path)
    assert len(children(os.getpid())) == before


def test_a_worker_can_write_no_byte_and_holds_nothing_of_the_front(
    folder: Path, shared: PooledStore, tmp_path: Path
) -> None:
    secret = (tmp_path / "secret").open("w")
    with secret:
        assert b"true" in ask(shared)
        assert until(lambda: shared.stats().workers == shared.limits.workers)
        for worker in workers():
            limits = Path(f"/proc/{worker}/limits").read_text("ascii")
            assert "Max file size             0                    0" in limits
            opened = {str(file.readlink()) for file in Path(f"/proc/{worker}/fd").iterdir()}
            files = {text for text in opened if text.startswith("/") and not text.startswith("/dev/")}
            # libffi maps its own file (static trampolines), where it is built so.
            files = {text for text in files if "/libffi.so." not in text}
            # Its own memory use, which it reads after each request.
            assert all(text.startswith(str(folder)) or text == f"/proc/{worker}/statm" for text in files), files
            assert len([text for text in opened if text.startswith("socket:")]) == 1
            variables = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
            assert {text.partition(b"=")[0] for text in variables if text} <= {
                b"LANG",
                b"LC_CTYPE",
                b"LD_LIBRARY_PATH",
                b"PYTHONPATH",
                b"RUST_BACKTRACE",
            }
