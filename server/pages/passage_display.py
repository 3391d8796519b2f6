"""Passages as pages show them: the words where the operator has the text, a link that finds them, or their offsets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.mapping import PassageState
from kg.store.interfaces import Version
from server.http.numbers import whole_number
from server.pages.article_texts import held, stands
from server.pages.page_terms import Row, is_web

AROUND = 160
"""Characters on either side of a passage that are shown with it."""
STATES = {
    PassageState.MOVED: (
        "The text at hand is a copy that differs; the passage was found elsewhere in it, word for word."
    ),
    PassageState.CHANGED: "The text at hand is a copy that differs, within these words too.",
    PassageState.AMBIGUOUS: "The text at hand is a copy that differs; it has more than one place that this could be.",
    PassageState.NOT_FOUND: "The text at hand is a copy that differs; the passage was not found in it.",
    PassageState.IN_PLACE: "The text at hand is a copy that differs elsewhere; the passage is in place.",
}
"""What is said of a passage in a text that is not the one that was mapped."""


@dataclass(frozen=True)
class Shown:
    """A passage: its solution, the words around and in it where they are at hand, and a link that finds them."""

    row: Row
    address: str | None = None
    before: str = ""
    words: str = ""
    after: str = ""
    note: str = ""
    """What differs in the text at hand."""

    @property
    def share(self) -> tuple[float, float]:
        """Return where in the article it begins and how much of it it is, in hundredths."""
        length = max(1, number(self.row, "length") or number(self.row, "end"))
        start, end = number(self.row, "start"), number(self.row, "end")
        return round(100 * start / length, 2), round(max(0.6, 100 * (end - start) / length), 2)


def shown(rows: Iterable[Row], version: Version) -> list[Shown]:
    """Return passages with what can be shown of them."""
    return [_shown(row, version) for row in rows]


def number(row: Row, key: str) -> int:
    """Return a number of a solution; 0 where there is none."""
    return (whole_number(row[key].value) or 0) if key in row else 0


def _shown(row: Row, version: Version) -> Shown:
    link = _address(row)
    text = held(row["article"], row.get("whole"), number(row, "length"), version) if "article" in row else None
    if text is None:
        return Shown(row, link)
    span, state = text.where(number(row, "start"), number(row, "end"))
    note = "" if text.same else STATES[state]
    if span is None:
        return Shown(row, link, note=note)
    words = span.of(text.text)
    if text.same and not stands(row, words):
        return Shown(row, link, note="The text at hand has other characters there.")
    return Shown(row, link, _before(text.text, span.start), words, _after(text.text, span.end), note)


def _before(text: str, start: int) -> str:
    """Return what stands before a passage, from the beginning of a word on."""
    first = max(0, start - AROUND)
    found = text[first:start]
    return found if not first else f"… {found.partition(' ')[2] or found}"


def _after(text: str, end: int) -> str:
    """Return what stands after a passage, to the end of a word."""
    found = text[end : end + AROUND]
    return found if end + AROUND >= len(text) else f"{found.rpartition(' ')[0] or found} …"


def _address(row: Row) -> str | None:
    """Return the address that makes a browser find the passage on the publisher's page."""
    if "address" not in row or "fragment" not in row or not is_web(row["address"].value):
        return None
    return f"{row['address'].value.partition('#')[0]}#:~:{row['fragment'].value}"
