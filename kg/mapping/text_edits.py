"""Edits of a text by offsets, and the replacement of a file's content by what comes of them."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class TextEdit:
    """Replaces the text between two offsets."""

    start: int
    end: int
    replacement: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Return a text with edits that do not overlap."""
    pieces, position = [], 0
    # Those of one offset in the order of their text: a key is inserted where another one is.
    for edit in sorted(edits):
        pieces += [text[position : edit.start], edit.replacement]
        position = edit.end
    return "".join([*pieces, text[position:]])


def replace_file(file: Path, text: str) -> None:
    """Replace a file's content atomically, keeping its mode; a symbolic link stays one."""
    target = file.resolve()
    # In the same folder, since a file is renamed in one step within one file system only.
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as new:
        new.write(text.encode())
    Path(new.name).chmod(stat.S_IMODE(target.stat().st_mode))
    Path(new.name).replace(target)
