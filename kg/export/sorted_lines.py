"""External sorting of lines of documents that may be larger than memory, by merging sorted runs in temporary files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from heapq import merge
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO

MAX_RUN_BYTES = 16 * 2**20
"""The bytes of lines that are sorted in memory at a time."""


@contextmanager
def sorted_lines(blocks: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """Read all blocks, and yield an iterator of their distinct lines sorted by bytes; close the files at the end."""
    # All blocks are read before the first line is returned, since the last block may contain the first line.
    with ExitStack() as files:
        runs = [files.enter_context(_spilled(run)) for run in _runs(blocks)]
        yield (line for line, _ in groupby(merge(*runs)))


def _runs(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    lines, size = list[bytes](), 0
    for block in blocks:
        lines += block.splitlines(keepends=True)
        size += len(block)
        if size > MAX_RUN_BYTES:
            yield sorted(lines)
            lines, size = [], 0
    yield sorted(lines)


def _spilled(run: list[bytes]) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115 -- the caller closes it
    file.writelines(run)
    file.seek(0)
    return file
