"""A request on its way through the pool, and the figures that are kept of all of them."""

from __future__ import annotations

import time
from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Any

from kg.errors import CommuniqueError
from kg.workers.frames import to_json
from kg.workers.worker_process import Worker

NUMBERS = count(1)
"""The numbers of requests, of queries and writes alike: an operator ends either by it."""
REMEMBERED = 1000
"""How many of the last requests the latencies are told of."""


def never_disconnects() -> bool:
    """Tell that the client is there: the default for callers that are no clients of HTTP."""
    return False


@dataclass(frozen=True)
class Client:
    """On whose behalf the store is asked: whether they have left, the seconds that they give it at most, from where."""

    left: Callable[[], bool] = never_disconnects
    timeout: float | None = None
    address: str = ""
    """The address that they ask from: places for long answers are shared by it."""


@dataclass(eq=False)
class QueryJob:
    """A request: what is asked, until when, and what has become of it."""

    said: dict[str, Any]
    client: Client
    seconds: float
    number: int = 0
    arrived: float = field(default_factory=time.monotonic)
    started: float = 0
    used: float = 0
    """Seconds of processor time that its worker had used when it started."""
    begun: bool = False
    """Whether the answer's head has come."""
    slow: bool = False
    """Whether it has the processor only when nothing quick wants it."""
    abandoned: bool = False
    """Whether its answer was forgotten by who had asked for it."""
    evicted: bool = False
    """Whether its worker was ended to make room for what is quick, and it is to begin once more."""
    verdict: CommuniqueError | None = None
    """Why it was ended, if it was."""
    worker: Worker | None = None
    granted: Event = field(default_factory=Event)
    """Set when it has a worker, or a verdict."""

    @property
    def deadline(self) -> float:
        """Return when it has to be over, by the monotonic clock."""
        return self.arrived + self.seconds

    @property
    def text(self) -> str:
        """Return what is asked, for people."""
        query = self.said.get("query")
        return query["text"] if query else f"{self.said['what']} {self.said.get('name') or ''}".strip()

    def body(self) -> bytes:
        """Return what the worker is told."""
        return to_json(self.said)


@dataclass(frozen=True)
class Running:
    """A request under way, as an operator sees it; seconds since it arrived."""

    number: int
    text: str
    seconds: float
    state: str


@dataclass(frozen=True)
class PoolStats:
    """The pool's figures: of now, and since it was opened; latencies are seconds of the last 1000 requests."""

    workers: int
    busy: int
    slow: int
    waiting: int
    served: int
    failed: int
    refused: int
    restarts: int
    evictions: int
    median: float
    p95: float


class PoolCounters:
    """What is counted; called with the pool's lock held."""

    def __init__(self) -> None:
        self.served = self.failed = self.refused = self.restarts = self.evictions = 0
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    def end(self, job: QueryJob, *, failed: bool) -> None:
        """Count a request that has ended."""
        self.failed += failed
        self.served += not failed
        self._last.append(time.monotonic() - job.arrived)

    def latency(self, share: float) -> float:
        """Return the latency that a share of the last requests stayed under, 0 without any."""
        ordered: list[float] = []
        for one in self._last:
            insort(ordered, one)
        return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0
