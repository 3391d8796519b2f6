"""How many file descriptors the workers and the store need in the server's process, so that connections leave them."""

from __future__ import annotations

from kg.workers.query_limits import QueryLimits

PER_WORKER = 5
"""While a worker is started: both ends of its channel and of its standard error's pipe, and the process's handle."""
FORK_SERVER = 4
OPEN_VERSIONS = 160
"""Files of the versions that are open for readers (16 each on a small store, 4 of them) and of the one being written
(measured: 75 in all after some writes), twice over."""
OTHER_FILES = 32
"""Standard streams, the supervisor's pipe, the store's lock, spooled bodies, modules and templates being read."""


def descriptors_needed(limits: QueryLimits | None) -> int:
    """Return how many descriptors to keep back from connections; without limits there are no workers."""
    workers = 0 if limits is None else PER_WORKER * (limits.workers + limits.streams) + FORK_SERVER
    return workers + OPEN_VERSIONS + OTHER_FILES
