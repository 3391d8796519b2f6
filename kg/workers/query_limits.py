"""The limits on queries, each a setting; docs/limits.md describes what a client notices of each."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import RequestError

MEGABYTE = 2**20
LEAST_MEMORY = 64 * MEGABYTE
"""The least memory limit in bytes: with less, opening a version would leave too little for a query."""


@dataclass(frozen=True)
class QueryLimits:
    """Limits on the cost of a query and on how many run and wait. Raises RequestError for an invalid value."""

    time: float = 30.0
    """Seconds from a query's arrival to the last byte of its answer, including waiting; a request may set less."""
    cpu: float = 30.0
    """Seconds of processor time that a query may use, rounded up to whole seconds."""
    memory: int = 1024 * MEGABYTE
    """Bytes that a worker may allocate beyond those that it started with."""
    rows: int = 1_000_000
    """Rows of an answer to SELECT."""
    size: int = 256 * MEGABYTE
    """Bytes of an answer to a query, before compression."""
    download: float = 600.0
    """Seconds that sending a whole graph or the whole dataset may take."""
    queue: int = 32
    """How many requests may wait for a worker, separately for quick and slow ones; any more are refused at once."""
    workers: int = 4
    """The number of worker processes."""
    slow: int = 2
    """How many of the workers may be busy with queries that run for longer than `patience`: fewer than `workers`."""
    streams: int = 8
    """How many additional workers may be started while answers are sent to slow readers."""
    patience: float = 0.1
    """Seconds of computing or sending after which a query is slow, and gives way to quick ones."""

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
    # One that may be slow, and one that is always available for quick queries.
    "workers": 2,
    "slow": 1,
    "streams": 0,
    "patience": 0.001,
}
"""The minimum of each limit."""
