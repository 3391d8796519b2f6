"""The file descriptors that workers and the store need in the server's process, to be reserved from connections."""

from __future__ import annotations

from kg.workers.query_limits import QueryLimits

PER_WORKER = 5
"""Its channel, its standard error, its pidfd and the reports on it; another while one starts, for the child's ends."""
FORK_SERVER = 4
OPEN_VERSIONS = 160
"""Files of the 4 versions open for readers (16 each on a small store) and of the one being written, doubled
(measured: 75 in total after some writes)."""
OTHER_FILES = 32
"""Standard streams, the supervisor's pipe, the store's lock, spooled bodies, and modules and templates being read."""


def descriptors_needed(limits: QueryLimits | None) -> int:
    """Return the number of descriptors to reserve from connections; without limits, there are no workers."""
    workers = 0 if limits is None else PER_WORKER * (limits.workers + limits.streams) + FORK_SERVER
    return workers + OPEN_VERSIONS + OTHER_FILES
