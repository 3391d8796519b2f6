"""The journal of a review: who did what, when, and how the document was before, so that everything can be undone.

It lies beside the document, a record in JSON a line. A record is on the disk before the document is replaced: after a
crash in between, the next reader carries it out. The first record holds the document as it was when the review began.
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
from kg.mapping import keep_out_of_repository

ENDING = ".review.jsonl"
"""The ending of a journal's name, which replaces the document's own."""
BEGIN, UNDO, REDO, OUTSIDE = "begin", "undo", "redo", "outside"
"""Actions that are not a reviewer's own: OUTSIDE is a change that another program made."""

Delta = list[tuple[int, str, str]]
"""Replacements by offset in the new text, old and new, from the first to the last."""


@dataclass(frozen=True)
class JournalRecord:
    """One change of a document: who made it, when, to which items, and the digests before and after."""

    time: str
    by: str
    action: str
    items: list[str]
    before: str
    after: str
    delta: Delta = field(default_factory=list)
    text: str = ""
    """Of the first record, the document as it was."""
    beside: dict[str, Delta] = field(default_factory=dict)
    """How other documents were changed too, by their paths from this one's folder, each by one replacement."""


class ReviewJournal:
    """The journal of one document. Its methods are called with the document's folder locked."""

    def __init__(self, document: Path) -> None:
        self.file = document.with_suffix(ENDING)

    def records(self) -> list[JournalRecord]:
        """Return the records. Raises RequestError if the file holds anything else."""
        try:
            lines = self.file.read_bytes().split(b"\n")[:-1]  # after the last line end is what a crash cut off
            return [_record(line) for line in lines]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError) as error:
            raise RequestError(
                f"The journal {self.file} cannot be read ({error}): move it away, and the review begins anew."
            ) from error

    def begin(self, record: JournalRecord) -> None:
        """Write the first record, and keep the journal, which has words of the article, out of a repository."""
        keep_out_of_repository(self.file.parent, ENDING)
        replace_synced(self.file, _line(record))

    def append(self, record: JournalRecord) -> None:
        """Add a record, which is on the disk when this returns."""
        with self.file.open("r+b") as file:
            # A crash may have left half of a record at the end.
            end = file.read().rfind(b"\n") + 1
            file.seek(end)
            file.truncate()
            file.write(_line(record).encode())
            file.flush()
            os.fsync(file.fileno())
        sync(self.file.parent)


def undoable(records: Iterable[JournalRecord]) -> tuple[list[JournalRecord], list[JournalRecord]]:
    """Return the changes that can be undone, the next one last, and those that can be redone likewise."""
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
    """Return the revision that a text is: the SHA-256 of its bytes in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def delta_between(old: str, new: str) -> Delta:
    """Return the lines that differ between two texts."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    delta: Delta = []
    position = 0
    # Without its heuristic, which takes lines that recur for junk and makes differences larger.
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
    # From the last: offsets are of the new text, and hold as long as nothing before them has changed.
    for position, old, new in reversed(delta):
        text = text[:position] + old + text[position + len(new) :]
    return text


def region_between(old: str, new: str) -> Delta:
    """Return what differs between two texts as one replacement, with a line before and after it to find it by."""
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
    """Return a text with a replacement made, wherever its lines stand by now; None if they do not."""
    ((position, old, new),) = region
    if text[position : position + len(old)] == old:
        return text[:position] + new + text[position + len(old) :]
    # Elsewhere only if the lines stand there once: of two places, nobody knows which is meant.
    return text.replace(old, new) if old and text.count(old) == 1 else None


def replay(records: Iterable[JournalRecord]) -> str:
    """Return the document that records lead to."""
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
    return JournalRecord(
        time=values["time"],
        by=values.get("by", ""),
        action=values["action"],
        items=values.get("items", []),
        before=values.get("before", ""),
        after=values["after"],
        delta=values["delta"],
        text=values.get("text", ""),
        beside={name: [(at, old, new) for at, old, new in rows] for name, rows in values.get("beside", {}).items()},
    )
