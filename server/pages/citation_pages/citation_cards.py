"""Lays out a citation as a card: a picture that shows by itself who says that who says what, where, and how."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kg.act_words import ARTICLE_VOICE
from server.pages.citations import Citation, CitedPart
from server.pages.things.thing_profiles import Profile

# The shape of link previews; taller if the text needs it.
WIDTH, LEAST_HEIGHT, MARGIN = 1200, 630, 60
# Each speaker is indented more than the one who passes them on, so far as there is room.
INDENT = 36
MAX_INDENTS = 6
LINE_HEIGHT = 1.36
NARROW = frozenset("iljtfrI.,;:'|!()[]\u2019\u2018 ")
WIDE = frozenset("mwMW@%\u2014\u2026")


@dataclass(frozen=True)
class TextStyle:
    """How a line is set, and at most how many lines of it a card has."""

    name: str
    size: int
    max_lines: int
    space_before: int = 0
    breadth: float = 1.06
    """The maximum width of its letters, as a share of what `text_width` estimates."""


# Measured in DejaVu, which is wider than most fonts, over the shipped corpora.
BOLD = 1.18
WORDS = TextStyle("words", 40, 7, breadth=BOLD)
SPEAKER = TextStyle("speaker", 26, 3, 14)
CONTENT_TITLE = TextStyle("content-title", 24, 2, 18, BOLD)
CONTENT = TextStyle("content", 30, 7, 4)
ARTICLE = TextStyle("muted", 22, 3, 18)
RELATION = TextStyle("relation", 30, 1, 34, BOLD)
FOOT = TextStyle("muted", 20, 3, 8)
# In smaller letters a permalink would be illegible: it takes more than one line instead.
MIN_PERMALINK_SIZE = 14


@dataclass(frozen=True)
class CardLine:
    """One line of a card."""

    text: str
    style: TextStyle
    x: int
    y: int
    from_right: bool


@dataclass
class Card:
    """A card: its lines and its height."""

    lines: list[CardLine] = field(default_factory=list)
    y: float = MARGIN

    @property
    def height(self) -> int:
        """Return the height of the picture."""
        return max(LEAST_HEIGHT, round(self.y) + MARGIN)

    def add(self, text: str, style: TextStyle, x: int = MARGIN, breaks_after: str = "") -> None:
        """Add a text below the content of the card, in as many lines as it takes; see `wrapped` for where they end."""
        self.y += style.space_before
        lines = [*wrapped(text, (WIDTH - MARGIN - x) / (style.size * style.breadth), breaks_after)]
        if len(lines) > style.max_lines:
            lines = [*lines[: style.max_lines - 1], f"{lines[style.max_lines - 1]}…"]
        for line in lines:
            self.y += style.size * LINE_HEIGHT
            from_right = _runs_from_right(line)
            self.lines.append(CardLine(line, style, WIDTH - MARGIN if from_right else x, round(self.y), from_right))

    def add_foot(self, corpus: str, permalink: str) -> None:
        """Add the card's source at its lower edge; the permalink is on one line if small letters allow it."""
        size_of_one_line = int((WIDTH - 2 * MARGIN) / (text_width(permalink) * FOOT.breadth))
        style = replace(FOOT, size=max(MIN_PERMALINK_SIZE, min(FOOT.size, size_of_one_line)))
        foot = Card()
        foot.add(corpus, FOOT)
        foot.add(permalink, style, breaks_after="/?&=")
        down = max(self.y, LEAST_HEIGHT - foot.y)
        self.lines += [replace(line, y=round(down + line.y - MARGIN)) for line in foot.lines]
        self.y = down + foot.y - MARGIN


def citation_card(citation: Citation) -> Card:
    """Return the card of a citation."""
    card = Card(y=MARGIN / 2)
    for number, part in enumerate(citation.parts):
        if number:
            card.add(f"This {citation.relation}:", RELATION)
            card.y += RELATION.space_before / 2
        _add_part(card, part)
    card.add_foot(f"{citation.corpus}, version {citation.version}", citation.permalink)
    return card


def profile_card(profile: Profile) -> Card:
    """Return the card of a profile."""
    card = Card(y=MARGIN / 2)
    card.add(profile.kind.capitalize(), CONTENT_TITLE)
    card.add(profile.name, WORDS)
    for text in profile.sentences:
        card.add(text, SPEAKER)
    card.add_foot(f"{profile.corpus}, version {profile.version}", profile.permalink)
    return card


def _add_part(card: Card, part: CitedPart) -> None:
    card.add(part.quoted_words, WORDS)
    # What the article says in its own voice has nobody who passes it on.
    if part.speakers and part.speakers[0].name != ARTICLE_VOICE:
        card.add(f"{ARTICLE_VOICE.capitalize()} tells that", SPEAKER)
    for number, speaker in enumerate(part.speakers):
        is_last = number == len(part.speakers) - 1
        # For the last speaker, the heading of the content states what the act does to it.
        words = speaker.telling.doing if is_last else speaker.telling.passing_on
        card.add(words, SPEAKER, MARGIN + INDENT * min(number, MAX_INDENTS))
    if part.contents:
        card.add(f"{part.content_title}:", CONTENT_TITLE)
        card.add(" ".join(part.contents), CONTENT)
    elif part.sentences:
        card.add(" ".join(part.sentences), SPEAKER)
    if part.article:
        card.add(f"In: {part.article.words}", ARTICLE)


def wrapped(text: str, most: float, breaks_after: str = "") -> Iterator[str]:
    """Yield a text in lines of at most this width, in units of the font size.

    Lines end at spaces, or else after the characters in `breaks_after`; a word that is too long is broken.
    """
    space = "" if breaks_after else " "
    words = re.findall(f"[^{re.escape(breaks_after)}]*[{re.escape(breaks_after)}]?", text) if breaks_after else ()
    line, width = "", 0.0
    for word in words or text.split(" "):
        for piece in _pieces(word, most):
            needed = text_width(piece)
            if line and width + text_width(space) + needed > most:
                yield line
                line, width = "", 0.0
            line, width = (f"{line}{space}{piece}", width + text_width(space) + needed) if line else (piece, needed)
    if line:
        yield line


def _pieces(word: str, most: float) -> Iterator[str]:
    piece, width = "", 0.0
    for character in word:
        if piece and width + text_width(character) > most:
            yield piece
            piece, width = "", 0.0
        piece, width = piece + character, width + text_width(character)
    yield piece


def text_width(text: str) -> float:
    """Return the width of a text in units of the font size: rather too much, since the font is the reader's."""
    return sum(map(_character_width, text))


def _character_width(character: str) -> float:
    # Marks stand on the letter before them, and format characters are invisible.
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.05
    if character in NARROW:
        return 0.36
    return 0.95 if character in WIDE else 0.72 if character.isupper() else 0.58


def _runs_from_right(text: str) -> bool:
    # By the first letter that has a direction, as pages set a text (Unicode Standard Annex 9, rules P2 and P3).
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"
