"""A document under review: its state for the browser, and changes, each of which is saved at once."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg.durable_files import locked_folder, replace_content
from kg.errors import RequestError
from kg.mapping.documents.yaml_document import MappingDocument, parse_document, read_text
from kg.mapping.passages.source_texts import SourceText
from kg.mapping.passages.text_spans import TextSpan
from kg.review.corpus_names import corpus_names
from kg.review.identities import open_suggestions
from kg.review.review_changes import ARTICLE, DISTINGUISH, IDENTIFY, ChangedText, ReviewChange, apply_change
from kg.review.review_items import ReviewItem, review_items
from kg.review.review_journal import (
    BEGIN,
    OUTSIDE,
    REDO,
    UNDO,
    Delta,
    JournalRecord,
    ReviewJournal,
    delta_between,
    digest_of,
    redo_delta,
    region_between,
    replaced_region,
    replay,
    undo_delta,
    undoable,
)
from kg.review.uncovered_text import uncovered_text
from kg.review.working_document import WorkingDocument

STATEMENT_SECTIONS = frozenset({"statements", "foretold"})
MENTION = "mention"
IDENTITY_ACTIONS = (IDENTIFY, DISTINGUISH)
"""The actions that decide a suggested identity."""
PAST_TENSES = {
    "accept": "accepted",
    "add": "added",
    DISTINGUISH: "told apart",
    IDENTIFY: "identified",
    "correct": "corrected",
    "merge": "merged",
    "move": "corrected",
    "reject": "rejected",
}
REVIEWED_BY = re.compile(r"\s*Reviewed by .*? until [0-9-]{10}: [a-z0-9, ]*\.")
"""The sentence from an earlier publication in an article's note."""
ASKED_MODEL = re.compile(r"^# Of what the language model at (?P<address>\S+) found", re.MULTILINE)
"""The comment at the top of a draft that was made with a language model."""
MODEL = "a language model"
"""The words in the rule of an item that a model found or agrees with."""
MAX_CHANGES_SHOWN = 20
"""The maximum number of other people's changes that are shown to a reviewer."""
Step = tuple[str, list[str], dict[str, Delta]]
"""One step: the action, its items, and the resulting changes of other documents."""


class ConflictError(RequestError):
    """The same item has been changed by somebody else; holds the changes since then, newest last."""

    def __init__(self, sentence: str, changes: list[dict[str, Any]]) -> None:
        super().__init__(sentence)
        self.changes = changes


class ConfirmationError(RequestError):
    """A change has further consequences and needs confirmation; holds them as sentences."""

    def __init__(self, consequences: list[str]) -> None:
        super().__init__("This changes more than the named items: it has to be confirmed.")
        self.consequences = consequences


@dataclass(frozen=True)
class Seen:
    """What a reviewer's browser showed when it sent a change: the revision, and the digests of the changed items."""

    revision: str
    digests: Mapping[str, str]


class ReviewedDocument:
    """One document, its text and its journal."""

    def __init__(self, file: Path, source: Callable[[str], SourceText | None]) -> None:
        """Review a file; `source` returns the article's text by its digest."""
        self.file, self._source, self._journal = file, source, ReviewJournal(file)

    def revision(self) -> str:
        """Return the digest of the current file."""
        return digest_of(read_text(self.file))

    def state(self) -> dict[str, Any]:
        """Return the state for the browser. Raises MappingError if the file is not a mapping document."""
        with locked_folder(self.file.parent):
            text, records = self._recovered()
        document = parse_document(self.file, text)
        names = corpus_names(document)
        items = review_items(document, names)
        source = self._source(document.value_of("digest"))
        done, undone = undoable(records)
        decided = {(record.items[0], record.items[1]) for record in done if record.action in IDENTITY_ACTIONS}
        suggestions = open_suggestions(self.file, {item.key for item in items}, decided)
        return {
            "revision": digest_of(text),
            "article": {key: document.value_of(key) for key in ("article", "title", "published", "language")},
            "text": source.text if source else None,
            "items": [asdict(item) for item in items],
            "names": names,
            "missing": _missing(document, items, source),
            "suggestions": [asdict(suggestion) for suggestion in suggestions],
            "model": _model_notice(text, items),
            "undo": _summary(done[-1]) if done else None,
            "redo": _summary(undone[-1]) if undone else None,
            "last": _summary(records[-1]) if records else None,
        }

    def changes_since(self, revision: str) -> list[dict[str, Any]]:
        """Return the changes since a revision, newest last."""
        return _changes_since(self._journal.records(), revision)

    def change(self, change: ReviewChange, by: str, seen: Seen, *, is_confirmed: bool = True) -> list[str]:
        """Make a change and return the changed items.

        Raises ConflictError if somebody else has changed one of them, and ConfirmationError if the change has further
        consequences that have not been confirmed.
        """
        with locked_folder(self.file.parent):
            text, records = self._recovered()
            self._require_unchanged(text, records, seen)
            working = WorkingDocument(self.file, text)
            changed: ChangedText = apply_change(working, change, self._source(working.document.value_of("digest")))
            if changed.consequences and not is_confirmed:
                raise ConfirmationError(changed.consequences)
            beside = self._beside(changed.beside)
            # A distinction changes no document, and is recorded in the journal only.
            if changed.text != text or beside or change.action == DISTINGUISH:
                self._save(text, changed.text, records, by, (change.action, changed.items, beside))
        return changed.items

    def undo(self, by: str) -> list[str]:
        """Undo the last change that is not undone, regardless of its author. Raises RequestError if there is none."""
        with locked_folder(self.file.parent):
            text, records = self._recovered()
            done, _ = undoable(records)
            if not done:
                raise RequestError("There is nothing to undo: the document is as it was when the review began.")
            new = undo_delta(text, done[-1].delta)
            beside = {name: [(at, new, old) for at, old, new in delta] for name, delta in done[-1].beside.items()}
            self._save(text, new, records, by, (UNDO, done[-1].items, beside))
        return done[-1].items

    def redo(self, by: str) -> list[str]:
        """Redo the change that was undone last. Raises RequestError if there is none."""
        with locked_folder(self.file.parent):
            text, records = self._recovered()
            _, undone = undoable(records)
            if not undone:
                raise RequestError("There is nothing to redo: the last change was not an undo.")
            new = redo_delta(text, undone[-1].delta)
            self._save(text, new, records, by, (REDO, undone[-1].items, undone[-1].beside))
        return undone[-1].items

    def note_reviewers(self, by: str) -> None:
        """Record in the article's note who reviewed what, and until when, as provenance in the graph."""
        done, _ = undoable(self._journal.records())
        of_items = [record for record in done if record.by and record.items and record.items != [ARTICLE]]
        if not of_items:
            return
        counts = Counter(PAST_TENSES.get(record.action, "changed") for record in of_items for _ in _counted(record))
        names = " and ".join(sorted({record.by for record in of_items}))
        parts = ", ".join(f"{number} {action}" for action, number in sorted(counts.items()))
        sentence = f"Reviewed by {names} until {of_items[-1].time[: len('2034-03-14')]}: {parts}."
        note = parse_document(self.file, read_text(self.file)).value_of("note")
        # One sentence covers all reviews, and replaces that of an earlier publication.
        earlier = REVIEWED_BY.sub("", note).strip()
        values = {"note": f"{earlier} {sentence}".strip()}
        self.change(ReviewChange("correct", (ARTICLE,), values), by, Seen(self.revision(), {}))

    def _recovered(self) -> tuple[str, list[JournalRecord]]:
        """Return the document and its records, made consistent after a crash or a change by another program."""
        text, records = read_text(self.file), self._journal.records()
        if records:
            self._replace_beside(records[-1].beside, is_recovery=True)
        if not records or records[-1].after == (revision := digest_of(text)):
            return text, records
        # A crash happened before the document was replaced:
        if records[-1].before == revision and self._is_older_than_journal(self.file):
            new = redo_delta(text, records[-1].delta)
            replace_content(self.file, new)
            return new, records
        # It is the text neither before nor after the last record, so another program has written it.
        known = replay(records)
        delta = delta_between(known, text)
        record = JournalRecord(_now(), "", OUTSIDE, [], records[-1].after, revision, delta)
        self._journal.append(record)
        return text, [*records, record]

    def _save(self, text: str, new: str, records: list[JournalRecord], by: str, step: Step) -> None:
        parse_document(self.file, new)  # never write a document that cannot be parsed again
        action, items, beside = step
        for name, region in beside.items():
            self._changed_beside(name, region)  # raises RequestError before anything is written
        if not records:
            self._journal.begin(JournalRecord(_now(), by, BEGIN, [], "", digest_of(text), text=text))
        digests, delta = (digest_of(text), digest_of(new)), delta_between(text, new)
        record = JournalRecord(_now(), by, action, items, *digests, delta, beside=beside)
        # The journal comes first: after a crash in between, the next reader applies the last record.
        self._journal.append(record)
        self._replace_beside(beside)
        replace_content(self.file, new)

    def _beside(self, texts: Mapping[Path, str]) -> dict[str, Delta]:
        """Return the changes of other documents by their paths relative to this folder, without unchanged ones."""
        beside: dict[str, Delta] = {}
        for file, new in texts.items():
            if (old := read_text(file)) != new:
                parse_document(file, new)
                beside[os.path.relpath(file, self.file.resolve().parent)] = region_between(old, new)
        return beside

    def _changed_beside(self, name: str, region: Delta) -> str:
        """Return another document's new text. Raises RequestError if the lines to change no longer exist."""
        file = self.file.resolve().parent / name
        new = replaced_region(read_text(file), region)
        if new is None:
            raise RequestError(f"The lines of {file.name} that go with this have been changed since: undo them there.")
        return new

    def _replace_beside(self, beside: Mapping[str, Delta], *, is_recovery: bool = False) -> None:
        for name, region in beside.items():
            file = self.file.resolve().parent / name
            if is_recovery and not (file.is_file() and self._is_older_than_journal(file)):
                continue  # it has been replaced already, as is normal without a crash
            replace_content(file, self._changed_beside(name, region))

    def _is_older_than_journal(self, file: Path) -> bool:
        """Return whether a document was written before the journal; other programs' changes are later."""
        return file.stat().st_mtime_ns <= self._journal.file.stat().st_mtime_ns

    def _require_unchanged(self, text: str, records: list[JournalRecord], seen: Seen) -> None:
        """Raise ConflictError if the reviewer saw another state of one of the items; other items do not matter."""
        if seen.revision == digest_of(text):
            return
        now = {item.key: item.digest for item in review_items(parse_document(self.file, text))}
        differing = sorted(key for key, digest in seen.digests.items() if now.get(key, "") != digest and key != ARTICLE)
        if differing:
            changes = _changes_since(records, seen.revision)
            names = sorted({change["by"] for change in changes if change["by"]})
            who = " and ".join(names) or "Another program"
            what = "removed" if any(key not in now for key in differing) else "changed"
            raise ConflictError(f"{who} has {what} {', '.join(differing)} since you saw it.", changes)


def _missing(document: MappingDocument, items: list[ReviewItem], source: SourceText | None) -> list[dict[str, Any]]:
    if source is None:
        return []
    spans = [span for text in document.root.texts_of("withoutStatement") if (span := TextSpan.read(text))]
    resting = [
        (item.section, TextSpan(passage.start, passage.end))
        for item in items
        for passage in item.passages
        if passage.role != MENTION
    ]
    of_statements = [span for section, span in resting if section in STATEMENT_SECTIONS]
    missing = uncovered_text(source.text, [*spans, *(span for _, span in resting)], [*spans, *of_statements])
    return [{"kind": part.kind, "start": part.start, "end": part.end} for part in missing]


def _counted(record: JournalRecord) -> list[str]:
    """Return the items for which a change is counted, without those of other documents."""
    return record.items[:1] if record.action in IDENTITY_ACTIONS else record.items


def _model_notice(text: str, items: list[ReviewItem]) -> dict[str, Any] | None:
    """Return the address of the language model used for a draft, and how many of its items need review."""
    address = ASKED_MODEL.search(text)
    number = sum(item.needs_review and MODEL in item.rule for item in items)
    return {"address": address["address"] if address else "", "items": number} if address or number else None


def _changes_since(records: list[JournalRecord], revision: str) -> list[dict[str, Any]]:
    last = max((index for index, record in enumerate(records) if record.after == revision), default=-1)
    return [_summary(record) for record in records[last + 1 :] if record.action != BEGIN][-MAX_CHANGES_SHOWN:]


def _summary(record: JournalRecord) -> dict[str, Any]:
    return {"by": record.by, "time": record.time, "action": record.action, "items": record.items}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
