"""The articles' own texts, which the project does not publish: found in a reader's folder by their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import RequestError
from kg.mapping.yaml_document import MAX_FILE_BYTES


@dataclass(frozen=True)
class SourceText:
    """A text file; `text` is its code points, line ends as they are, and `digest` the SHA-256 of its bytes."""

    file: Path
    text: str
    digest: str


def read_source_texts(sources: Path) -> Iterator[SourceText]:
    """Yield every UTF-8 text of at most 10 MiB in a folder and those below it, by name; a single file will do too.

    RequestError where there is no such folder.
    """
    if not sources.exists():
        raise RequestError(f"There is no folder {str(sources)!r} with the articles' texts (--sources).")
    files = [sources] if sources.is_file() else sorted(sources.rglob("*"))
    return (found for file in files if (found := _text(file)) is not None)


def by_digest(sources: Path, wanted: str) -> SourceText | None:
    """Return the text with that digest, however its file is named; None where no file of the folder has it."""
    return next((each for each in read_source_texts(sources) if each.digest == wanted), None)


def _text(file: Path) -> SourceText | None:
    try:
        if not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
            return None
        data = file.read_bytes()
        return SourceText(file, data.decode("utf-8"), hashlib.sha256(data).hexdigest())
    except (OSError, UnicodeDecodeError):
        return None  # somebody else's file: the folder may hold anything beside the texts
