"""The thread that writes an answer ends without an error when the reader leaves, whatever it was doing then."""

from __future__ import annotations

import threading
import time

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
