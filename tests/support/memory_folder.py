"""A folder in memory for stores that tests write to hundreds of times: there, nothing waits for a disk.

That writes reach the disk is for tests/durability to show, whose stores lie on one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY = Path("/dev/shm")  # noqa: S108 -- the folders below it have names of their own, which nobody guesses
MIN_FREE_BYTES = 2**30
"""A container has 64 MB there, if nothing else is said."""


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Return a new folder for as long as the block lasts, on the disk if there is too little room in memory."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MIN_FREE_BYTES
    with TemporaryDirectory(prefix="communique-", dir=MEMORY if has_room else None) as folder:
        yield Path(folder)
