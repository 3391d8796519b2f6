"""Passages on pages: their words if the text is available, and a link to them on the publisher's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.mapping.passages.located_passages import PassageState
from kg.mapping.passages.text_fragments import fragment_words
from kg.mapping.passages.text_spans import TextSpan
from kg.store.interfaces import Version
from server.http.parameters import whole_number
from server.pages.queried_data.article_texts import article_text, has_digest_of
from server.pages.terms.page_terms import Row, is_web

TEXT_ABSENT = "The text is not here."
CONTEXT_CHARACTERS = 160
MAX_HINT_CHARACTERS = 220
# Stripped from both ends of a passage's words, where its name has quotation marks already.
QUOTATION_MARKS = "\"\u201c\u201d'"
MAX_BEGINNING_CHARACTERS = 50
STATE_NOTES = {
    PassageState.MOVED: (
        "The available text is a copy that differs; the passage was found elsewhere in it, by its ends and its length."
    ),
    PassageState.CHANGED: "The available text is a copy that differs, within these words too.",
    PassageState.AMBIGUOUS: "The available text is a copy that differs; it has more than one place that this could be.",
    PassageState.NOT_FOUND: "The available text is a copy that differs; the passage was not found in it.",
    PassageState.IN_PLACE: "The available text is a copy that differs elsewhere; the passage is in place.",
}


@dataclass(frozen=True)
class DisplayedPassage:
    """A passage: its row, its words with their context if available, and a link to it."""

    row: Row
    address: str | None = None
    before: str = ""
    words: str = ""
    after: str = ""
    note: str = ""
    """How the available text differs from the mapped one."""
    paragraph: int = 0
    """The number of its paragraph in the available text, or else by its document; 0 if unknown."""
    anchor: int = 0
    """Where it begins in the available text."""

    @property
    def place(self) -> str:
        """Return where it is: its paragraph, or its characters if the paragraph is unknown."""
        characters = f"characters {self.row['start'].value}\u2013{self.row['end'].value}"
        return f"\u00b6\u00a0{self.paragraph}" if self.paragraph else characters

    @property
    def quotation(self) -> str:
        """Return its words, or those of its fragment if the text is not at hand."""
        fragment = self.row["fragment"].value if "fragment" in self.row else ""
        return self.words or " \u2026 ".join(fragment_words(fragment))

    @property
    def beginning(self) -> str:
        """Return its first words, in quotation marks."""
        words = " ".join(self.quotation.split()).strip(QUOTATION_MARKS)
        shortened = f"{words[:MAX_BEGINNING_CHARACTERS].rpartition(' ')[0]}\u2026"
        return f"\u201c{words if len(words) <= MAX_BEGINNING_CHARACTERS else shortened}\u201d"

    @property
    def hint(self) -> str:
        """Return its words, shortened, and the article that has them."""
        words, title = self.quotation, self.row["title"].value if "title" in self.row else ""
        shortened = f"{words[:MAX_HINT_CHARACTERS].rstrip()}\u2026" if len(words) > MAX_HINT_CHARACTERS else words
        return " \u2014 ".join(filter(None, (f"\u201c{shortened}\u201d" if words else "", title)))

    @property
    def tip(self) -> str:
        """Return its hint, or its place if there are no words to show; and a note if the text is not at hand."""
        span = span_in_row(self.row)
        place = f"Characters {span.start:,} to {span.end:,} of {self.hint or 'the article'}"
        hint = self.hint if self.quotation else place
        return hint if self.words or self.note else f"{hint}. {TEXT_ABSENT}"

    @property
    def share(self) -> tuple[float, float]:
        """Return the start and the length of the passage in percent of the article."""
        span = span_in_row(self.row)
        length = max(1, number_in_row(self.row, "length") or span.end)
        # A short passage has to be visible.
        return round(100 * span.start / length, 2), round(max(0.6, 100 * (span.end - span.start) / length), 2)


def displayed_passages(rows: Iterable[Row], version: Version) -> list[DisplayedPassage]:
    """Return passages with their words, notes and links."""
    return [_displayed_passage(row, version) for row in rows]


def number_in_row(row: Row, key: str) -> int:
    """Return an integer of a row, or 0 if absent."""
    return (whole_number(row[key].value) or 0) if key in row else 0


def span_in_row(row: Row) -> TextSpan:
    """Return the span of a passage by the offsets in its row."""
    return TextSpan(number_in_row(row, "start"), number_in_row(row, "end"))


def _displayed_passage(row: Row, version: Version) -> DisplayedPassage:
    link, paragraph = _address(row), number_in_row(row, "paragraph")
    text = (
        article_text(row["article"], row.get("whole"), number_in_row(row, "length"), version)
        if "article" in row
        else None
    )
    if text is None:
        return DisplayedPassage(row, link, paragraph=paragraph)
    span, state = text.where(span_in_row(row))
    note = "" if text.same else STATE_NOTES[state]
    if span is None:
        return DisplayedPassage(row, link, note=note, paragraph=paragraph)
    words = span.of(text.text)
    if text.same and not has_digest_of(row, span, text.text):
        note = "The available text has other characters there."
        return DisplayedPassage(row, link, note=note, paragraph=paragraph)
    before, after = _before(text.text, span.start), _after(text.text, span.end)
    return DisplayedPassage(row, link, before, words, after, note, text.paragraph(span.start), span.start)


def _before(text: str, start: int) -> str:
    first = max(0, start - CONTEXT_CHARACTERS)
    context = text[first:start]
    return context if not first else f"… {context.partition(' ')[2] or context}"


def _after(text: str, end: int) -> str:
    context = text[end : end + CONTEXT_CHARACTERS]
    return context if end + CONTEXT_CHARACTERS >= len(text) else f"{context.rpartition(' ')[0] or context} …"


def _address(row: Row) -> str | None:
    """Return the publisher's URL with a text fragment that scrolls to the passage, or None if unknown."""
    if "address" not in row or "fragment" not in row or not is_web(row["address"].value):
        return None
    # A text directive replaces the URL's own fragment (https://wicg.github.io/scroll-to-text-fragment/).
    return f"{row['address'].value.partition('#')[0]}#:~:{row['fragment'].value}"
