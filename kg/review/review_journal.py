"""The journal of a review: who did what and when, with the previous state, so that everything can be undone.

It is a file beside the document with one JSON record per line. A record is on disk before the document is replaced:
after a crash in between, the next reader applies it. The first record holds the document at the start of the review.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path

from kg.durable_files import replace_synced, sync
from kg.errors import RequestError
from kg.mapping.passages.passage_words_files import keep_out_of_repository

ENDING = ".review.jsonl"
"""The suffix of a journal's name, which replaces that of the document."""
BEGIN, UNDO, REDO, OUTSIDE = "begin", "undo", "redo", "outside"
"""Actions besides a reviewer's changes: OUTSIDE is a change made by another program."""

Delta = list[tuple[int, str, str]]
"""Replacements in order: the offset in the new text, the old text and the new text."""


@dataclass(frozen=True)
class JournalRecord:
    """One change of a document: its author, time and items, and the digests before and after."""

    time: str
    by: str
    action: str
    items: list[str]
    before: str
    after: str
    delta: Delta = field(default_factory=list)
    text: str = ""
    """The original document, in the first record."""
    beside: dict[str, Delta] = field(default_factory=dict)
    """Changes of other documents, one replacement each, by their paths relative to this one's folder."""


class ReviewJournal:
    """The journal of one document. Its methods need the document's folder to be locked."""

    def __init__(self, document: Path) -> None:
        self.file = document.with_suffix(ENDING)

    def records(self) -> list[JournalRecord]:
        """Return the records. Raises RequestError if the file holds anything else."""
        try:
            lines = self.file.read_bytes().split(b"\n")[:-1]  # a record without a line end was cut off by a crash
            return [_record(line) for line in lines]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError) as error:
            raise RequestError(
                f"The journal {self.file} cannot be read ({error}): move it away to begin the review from the start."
            ) from error

    def begin(self, record: JournalRecord) -> None:
        """Write the first record, and exclude the journal, which contains words of the article, from repositories."""
        keep_out_of_repository(self.file.parent, ENDING)
        replace_synced(self.file, _line(record))

    def append(self, record: JournalRecord) -> None:
        """Add a record, which is on disk when this returns."""
        with self.file.open("r+b") as file:
            # A crash may have left a partial record at the end.
            end = file.read().rfind(b"\n") + 1
            file.seek(end)
            file.truncate()
            file.write(_line(record).encode())
            file.flush()
            os.fsync(file.fileno())
        sync(self.file.parent)


def undoable(records: Iterable[JournalRecord]) -> tuple[list[JournalRecord], list[JournalRecord]]:
    """Return the changes that can be undone and those that can be redone, with the next one last."""
    done: list[JournalRecord] = []
    undone: list[JournalRecord] = []
    for record in records:
        if record.action == UNDO:
            undone.append(done.pop())
        elif record.action == REDO:
            done.append(undone.pop())
        elif record.action != BEGIN:
            done.append(record)
            undone.clear()
    return done, undone


def digest_of(text: str) -> str:
    """Return the revision of a text: the SHA-256 of its bytes in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def delta_between(old: str, new: str) -> Delta:
    """Return the lines that differ between two texts."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    delta: Delta = []
    position = 0
    # Without the heuristic that treats frequent lines as junk, which makes differences larger.
    for tag, first, last, new_first, new_last in SequenceMatcher(
        None, old_lines, new_lines, autojunk=False
    ).get_opcodes():
        inserted = "".join(new_lines[new_first:new_last])
        if tag != "equal":
            delta.append((position, "".join(old_lines[first:last]), inserted))
        position += len(inserted)
    return delta


def redo_delta(text: str, delta: Delta) -> str:
    """Return a text after the change."""
    for position, old, new in delta:
        text = text[:position] + new + text[position + len(old) :]
    return text


def undo_delta(text: str, delta: Delta) -> str:
    """Return a text before the change."""
    # From last to first: offsets refer to the new text, and stay valid as long as the text before them is unchanged.
    for position, old, new in reversed(delta):
        text = text[:position] + old + text[position + len(new) :]
    return text


def region_between(old: str, new: str) -> Delta:
    """Return the difference of two texts as one replacement, with one line of context before and after."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    shorter = min(len(old_lines), len(new_lines))
    first = next((at for at in range(shorter) if old_lines[at] != new_lines[at]), shorter)
    last = next((at for at in range(shorter - first) if old_lines[-1 - at] != new_lines[-1 - at]), shorter - first)
    start, end = max(first - 1, 0), max(last - 1, 0)
    position = sum(map(len, old_lines[:start]))
    return [
        (position, "".join(old_lines[start : len(old_lines) - end]), "".join(new_lines[start : len(new_lines) - end]))
    ]


def replaced_region(text: str, region: Delta) -> str | None:
    """Return a text with a replacement applied, even if its lines have moved, or None if they are not found."""
    ((position, old, new),) = region
    if text[position : position + len(old)] == old:
        return text[:position] + new + text[position + len(old) :]
    # Elsewhere only if the lines occur exactly once: with two places, it is unknown which one is meant.
    return text.replace(old, new) if old and text.count(old) == 1 else None


def replay(records: Iterable[JournalRecord]) -> str:
    """Return the document that results from the records."""
    text = ""
    for record in records:
        text = record.text if record.action == BEGIN else redo_delta(text, record.delta)
    return text


def _line(record: JournalRecord) -> str:
    values = {key: value for key, value in asdict(record).items() if value}
    return json.dumps(values, ensure_ascii=True) + "\n"


def _record(line: bytes) -> JournalRecord:
    values = json.loads(line)
    values["delta"] = [(position, old, new) for position, old, new in values.get("delta", [])]
    values["beside"] = {
        name: [(position, old, new) for position, old, new in delta] for name, delta in values.get("beside", {}).items()
    }
    # Empty values are not written.
    return JournalRecord(**{"by": "", "items": [], "before": "", **values})
