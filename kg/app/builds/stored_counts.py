"""The counts of articles for the end of a build, kept on disk, so that memory does not grow with the articles."""

from __future__ import annotations

import pickle
import tempfile
import zlib
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from typing import Self

from kg.app.builds.finished_articles import COMPRESSION_LEVEL
from kg.app.partition_counts import ArticleCounts
from kg.store.engine_thread import translating


class StoredCounts:
    """The counts of articles by their documents, in a temporary file without a name.

    Raises StoreError if that cannot be written or read.
    """

    def __init__(self) -> None:
        self._places: dict[Path, tuple[int, int]] = {}
        with translating():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Nobody needs what is still buffered, and after a failed write it cannot be written either.
        with suppress(OSError):
            self._file.close()

    def write(self, file: Path, counts: ArticleCounts) -> None:
        """Store the counts of an article."""
        content = zlib.compress(pickle.dumps(counts), COMPRESSION_LEVEL)
        with translating():
            self._places[file] = self._file.seek(0, SEEK_END), self._file.write(content)

    def read(self, file: Path) -> ArticleCounts:
        """Return the counts of an article."""
        start, length = self._places[file]
        with translating():
            self._file.seek(start)
            content = self._file.read(length)
        counts: ArticleCounts = pickle.loads(zlib.decompress(content))  # noqa: S301 -- our own, in a file without a name
        return counts
