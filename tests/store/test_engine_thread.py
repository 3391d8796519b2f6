"""The engine's threads end without an error and let go of what they hold, whenever they get to it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kg.datasets import GraphNames
from kg.store import EmbeddedStore, engine_thread
from kg.store.engine_thread import Sink, stream
from tests.support.waiting import until


def test_a_reader_that_leaves_while_the_end_waits_for_a_free_slot_ends_the_thread_quietly() -> None:
    blocked = threading.Event()

    def work(sink: Sink[str]) -> None:
        sink.begin("head")
        read.wait()
        while not chunks.queue.full():
            sink.hand_over(b"chunk")
        blocked.set()

    read = threading.Event()
    head, answer = stream(work)
    chunks = answer._sink  # noqa: SLF001 -- to see when it is full
    read.set()
    assert head == "head"
    assert blocked.wait()
    time.sleep(0.3)  # so that the end is waiting
    # pytest fails the test if the thread raises an error.
    assert until(lambda: answer.close(wait=1))


def test_a_transaction_is_committed_however_late_the_thread_of_its_update_ends(
    tmp_path: Path, names: GraphNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = engine_thread._QueueSink.finish  # noqa: SLF001 -- what a thread does after it has handed over the result

    def finish_late(sink: engine_thread._QueueSink[int]) -> None:
        time.sleep(0.3)  # as a busy machine has a thread wait
        finish(sink)

    monkeypatch.setattr(engine_thread._QueueSink, "finish", finish_late)  # noqa: SLF001
    store = EmbeddedStore.open(tmp_path, names)
    with store.write() as change:
        change.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }")
        assert change.commit("an update").counts == {"urn:g": 1}
