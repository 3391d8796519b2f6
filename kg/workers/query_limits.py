"""The limits that queries run within, each a setting; docs/limits.md says what a client sees of each."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import RequestError

MEGABYTE = 2**20
LEAST_MEMORY = 64 * MEGABYTE
"""Bytes below which opening a version would leave a query too little."""


@dataclass(frozen=True)
class QueryLimits:
    """What a query may cost, and how many run and wait; a value that makes no sense is a RequestError."""

    time: float = 30.0
    """Seconds from a query's arrival to the last byte of its answer, waiting included; a request may ask for less."""
    cpu: float = 30.0
    """Seconds of processor time that a query may use; rounded up to whole seconds."""
    memory: int = 1024 * MEGABYTE
    """Bytes that a worker may take beyond those that it started with."""
    rows: int = 1_000_000
    """Rows of an answer to SELECT."""
    size: int = 256 * MEGABYTE
    """Bytes of an answer to a query, before compression."""
    download: float = 600.0
    """Seconds that the sending of a whole graph, or of the whole dataset, may take."""
    queue: int = 32
    """How many requests may wait for a worker, the quick and the slow apart; one more is told at once."""
    workers: int = 4
    """How many worker processes are kept."""
    slow: int = 2
    """How many of the workers may be busy with queries that run for longer than `patience`: fewer than `workers`."""
    streams: int = 8
    """How many workers more may be started while answers are sent to slow readers."""
    patience: float = 0.1
    """Seconds of computing or sending after which a query is slow: it runs only when nothing quick wants to."""

    def __post_init__(self) -> None:
        for name, least in LEAST.items():
            if not getattr(self, name) >= least:
                raise RequestError(f"The limit '{name}' is {getattr(self, name)!r}: expected {least} or more.")
        if self.slow >= self.workers:
            raise RequestError(f"The limit 'slow' is {self.slow}: expected fewer than the {self.workers} workers.")


LEAST: dict[str, float] = {
    "time": 0.01,
    "cpu": 0.01,
    "memory": LEAST_MEMORY,
    "rows": 0,
    "size": 1,
    "download": 0.01,
    "queue": 0,
    # One that may be slow, and one that is always there for quick queries.
    "workers": 2,
    "slow": 1,
    "streams": 0,
    "patience": 0.001,
}
"""The least value of each limit."""
