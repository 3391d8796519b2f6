"""Requests in the pool, and statistics about them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Any

from kg.errors import CommuniqueError
from kg.workers.frames import to_json
from kg.workers.worker_process import WorkerProcess

REQUEST_NUMBERS = count(1)
"""The numbers of both queries and writes, by which an operator can stop either."""


@dataclass(frozen=True)
class Client:
    """The client of a request: whether it has disconnected, its timeout in seconds, and its address."""

    left: Callable[[], bool] = lambda: False
    """Returns whether it has disconnected, which only HTTP clients can."""
    timeout: float | None = None
    address: str = ""
    """The address that it connects from, for a fair share of long answers between addresses."""
    limit: float | None = None
    """The original limit if `timeout` is only the rest of it, None if no time has been used."""
    background: bool = False
    """Whether no client is waiting: such requests get only workers that are not needed, at a low priority."""

    def time_limit(self, seconds: float) -> float:
        """Return the shorter of a limit and the client's own timeout, in seconds."""
        return seconds if self.timeout is None else min(self.timeout, seconds)


LOCAL_CLIENT = Client()
"""The client that calls within this process."""


# Compared by identity: jobs are looked up in queues and tables while their fields change.
@dataclass(eq=False)
class QueryJob:
    """A request, its deadline, and its state."""

    request: dict[str, Any]
    client: Client
    seconds: float
    number: int = 0
    arrived: float = field(default_factory=time.monotonic)
    started: float = 0
    used: float = 0
    """Seconds of processor time that its worker had used before this request."""
    begun: bool = False
    """Whether the head of the answer has been received."""
    slow: bool = False
    """Whether its worker has a low priority."""
    abandoned: bool = False
    """Whether its caller has dropped the answer without reading or closing it."""
    evicted: bool = False
    """Whether its worker was killed in favour of quick requests, so that it has to start again."""
    orphaned: bool = False
    """Whether it has started again because the fork server of its first worker died."""
    verdict: CommuniqueError | None = None
    """The error that it has to end with, if any."""
    worker: WorkerProcess | None = None
    settled: Event = field(default_factory=Event)
    """Set when it has a worker or a verdict."""

    @property
    def limit(self) -> float:
        """Return the limit that the client or the operator has set, in seconds, for error messages."""
        return self.seconds if self.client.limit is None else self.client.limit

    @property
    def deadline(self) -> float:
        """Return the time by which it has to end, on the monotonic clock."""
        return self.arrived + self.seconds

    @property
    def text(self) -> str:
        """Return a readable description: the text if it is a query."""
        query = self.request.get("query")
        return query["text"] if query else f"{self.request['what']} {self.request.get('name') or ''}".strip()

    def body(self) -> bytes:
        """Return the body of the frame to the worker."""
        return to_json(self.request)


@dataclass(frozen=True)
class Running:
    """A running or waiting request, as shown to an operator; `seconds` is the time since it arrived."""

    number: int
    text: str
    seconds: float
    state: str


@dataclass
class PoolCounters:
    """The counters of a pool since it was opened; used with the pool's lock held."""

    served: int = 0
    failed: int = 0
    refused: int = 0
    restarts: int = 0
    evictions: int = 0

    def count_end(self, *, failed: bool) -> None:
        """Count a request that has ended."""
        self.failed += failed
        self.served += not failed


@dataclass
class PoolStats(PoolCounters):
    """The statistics of a pool: the counters since it was opened, and the present state of its workers."""

    workers: int = 0
    busy: int = 0
    background: int = 0
    slow: int = 0
    waiting: int = 0
