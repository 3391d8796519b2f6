"""Reads the articles' texts, which the project does not publish, from a user's folder, with their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import RequestError
from kg.mapping.documents.yaml_document import MAX_FILE_BYTES

WORDS_ENDING = ".passages"
"""The ending of files with the words of passages, which `kg new` writes beside texts, and which are not texts."""


NO_TEXTS = frozenset({WORDS_ENDING, ".suggestions", ".yaml"})
"""Endings of files beside texts that contain their words but are not texts: passages, suggestions, documents."""


@dataclass(frozen=True)
class SourceText:
    """A text file: its code points with line ends unchanged, and the SHA-256 of its bytes in hexadecimal."""

    file: Path
    text: str
    digest: str


def read_source_texts(sources: Path) -> Iterator[SourceText]:
    """Yield every UTF-8 text of at most 10 MiB in a folder and its subfolders, sorted by path, or that of one file.

    Raises RequestError if the folder or file does not exist.
    """
    if not sources.exists():
        raise RequestError(f"There is no folder {str(sources)!r} with the articles' texts (--sources).")
    files = (
        [sources] if sources.is_file() else sorted(file for file in sources.rglob("*") if file.suffix not in NO_TEXTS)
    )
    return (text for file in files if (text := read_text_file(file)) is not None)


def read_text_file(file: Path) -> SourceText | None:
    """Return the text of a file, None if it is not UTF-8 of at most 10 MiB."""
    try:
        if not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
            return None
        data = file.read_bytes()
        return SourceText(file, data.decode("utf-8"), hashlib.sha256(data).hexdigest())
    except (OSError, UnicodeDecodeError):
        return None  # the folder may contain any other files besides the texts
