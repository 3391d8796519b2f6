"""Passages as pages show them: the words where the operator has the text, a link that finds them, or their offsets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from server.pages.terms import Row, is_web
from server.site import site

AROUND = 160
"""Characters on either side of a passage that are shown with it."""


@dataclass(frozen=True)
class Shown:
    """A passage: its solution, the words around and in it where they are at hand, and a link that finds them."""

    row: Row
    before: str = ""
    words: str = ""
    after: str = ""
    address: str | None = None
    faulty: bool = False
    """Whether the text at hand has other characters there than the passage's digest says."""

    @property
    def share(self) -> tuple[float, float]:
        """Return where in the article it begins and how much of it it is, in hundredths."""
        length = max(1, number(self.row, "length") or number(self.row, "end"))
        start, end = number(self.row, "start"), number(self.row, "end")
        return round(100 * start / length, 2), round(max(0.6, 100 * (end - start) / length), 2)


def shown(rows: Iterable[Row]) -> list[Shown]:
    """Return passages with what can be shown of them."""
    return [_shown(row) for row in rows]


def number(row: Row, key: str) -> int:
    """Return a number of a solution; 0 where there is none."""
    value = row[key].value if key in row else ""
    return int(value) if value.isdecimal() else 0


def _shown(row: Row) -> Shown:
    link = _address(row)
    text = site().settings.texts.get(row["whole"].value) if "whole" in row else None
    if text is None:
        return Shown(row, address=link)
    start, end = number(row, "start"), number(row, "end")
    words = text[start:end]
    if "digest" in row and hashlib.sha256(words.encode()).hexdigest() != row["digest"].value:
        return Shown(row, address=link, faulty=True)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Shown(row, before, words, after, link)


def _address(row: Row) -> str | None:
    """Return the address that makes a browser find the passage on the publisher's page."""
    if "address" not in row or "fragment" not in row or not is_web(row["address"].value):
        return None
    return f"{row['address'].value.partition('#')[0]}#:~:{row['fragment'].value}"
