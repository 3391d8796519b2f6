"""Requests on their way through the pool, and the figures of all of them."""

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
"""The numbers of queries and writes alike: an operator stops either by its number."""


@dataclass(frozen=True)
class Client:
    """The client of a request: whether it has disconnected, its timeout in seconds, and its address."""

    left: Callable[[], bool] = lambda: False
    """Whether it has disconnected, which only a client over HTTP can."""
    timeout: float | None = None
    address: str = ""
    """The address that it connects from: the number of long answers is shared between addresses."""
    limit: float | None = None
    """The limit that `timeout` is what is left of, None if nothing of it has been used."""
    background: bool = False
    """Whether nobody waits: such requests have workers that no other wants, at a low priority."""


LOCAL_CLIENT = Client()
"""The client that calls within this process."""


# By identity: a job is looked for in queues and tables while its fields change.
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
    """Seconds of processor time that its worker had used before it."""
    begun: bool = False
    """Whether the answer's head was received."""
    slow: bool = False
    """Whether its worker has a low priority."""
    abandoned: bool = False
    """Whether its caller has dropped the answer without reading or closing it."""
    evicted: bool = False
    """Whether its worker was ended in favour of quick requests, so that it has to start again."""
    verdict: CommuniqueError | None = None
    """Why it is to end, if it is."""
    worker: WorkerProcess | None = None
    settled: Event = field(default_factory=Event)
    """Set when it has a worker or a verdict."""

    @property
    def limit(self) -> float:
        """Return the seconds that the client or the operator has set, for errors to name."""
        return self.seconds if self.client.limit is None else self.client.limit

    @property
    def deadline(self) -> float:
        """Return when it has to end, by the monotonic clock."""
        return self.arrived + self.seconds

    @property
    def text(self) -> str:
        """Return a description for people: the query's text, if it is one."""
        query = self.request.get("query")
        return query["text"] if query else f"{self.request['what']} {self.request.get('name') or ''}".strip()

    def body(self) -> bytes:
        """Return the body of the frame to the worker."""
        return to_json(self.request)


@dataclass(frozen=True)
class Running:
    """A request under way, as an operator sees it; seconds since it arrived."""

    number: int
    text: str
    seconds: float
    state: str


@dataclass
class PoolCounters:
    """What a pool has counted since it was opened; used with the pool's lock held."""

    served: int = 0
    failed: int = 0
    refused: int = 0
    restarts: int = 0
    evictions: int = 0

    def count_end(self, *, failed: bool) -> None:
        """Count a request that has ended."""
        self.failed += failed
        self.served += not failed


@dataclass(frozen=True)
class PoolStats:
    """The figures of a pool: what its workers do now, and what was counted since it was opened."""

    workers: int
    busy: int
    background: int
    slow: int
    waiting: int
    served: int
    failed: int
    refused: int
    restarts: int
    evictions: int
