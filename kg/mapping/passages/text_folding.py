"""Folds texts for comparison as readers see them, with each folded character's place in the original.

Two texts fold to the same result if they are canonically equivalent (UAX 15), or differ only in white space, in the
shape of quotation marks, dashes and ellipses, or in invisible characters. Words and grapheme clusters are those of
UAX 29, which `regex` supports and the standard library does not.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import regex

# Tags count as visible, since they alone distinguish the flags of parts of a country; Hangul fillers take up space.
INVISIBLE = r"[\p{Default_Ignorable_Code_Point}--[\U000E0000-\U000E007F\u115F\u1160\u3164\uFFA0\u200D]]"
LINE_END_HYPHENS = r"\-\u2010\u00AD"
DASHES = r"\-\u2010-\u2015\u2043\u05BE\u2212\u2E3A\u2E3B\uFE58\uFE63\uFF0D"
LINE_BREAK = r"\n\v\f\r\x85\u2028\u2029"
NO_MARK_FOLLOWS = (
    r"(?![\p{Grapheme_Cluster_Break=Extend}\u200D])"  # a mark after a space or dash makes a cluster with it
)
UNSPACED_LETTER = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Line_Break=SA}]"
"""Letters of scripts that put no spaces between words."""
PLAIN_CHARACTER = r"""[0-9A-Za-z,;:.!?()\[\]/'"]"""
"""Characters that are single clusters and fold to one character if ASCII follows; runs of them fold faster."""
FOLDING_TOKEN = regex.compile(
    rf"""(?P<plain> {PLAIN_CHARACTER}+ (?: [\ \-] {PLAIN_CHARACTER}+ )* (?=[\x00-\x7F]|\Z) )
    | (?P<hyphen> (?<=\p{{L}}\p{{M}}*) [{LINE_END_HYPHENS}] [^\S{LINE_BREAK}]* [{LINE_BREAK}] \s* (?=\p{{L}}) )
    | (?P<space> \s (?:\s|{INVISIBLE})* {NO_MARK_FOLLOWS} )
    | (?P<dash> [{DASHES}]+ {NO_MARK_FOLLOWS} )
    | \X""",
    regex.VERBOSE | regex.VERSION1,
)
GRAPHEME_CLUSTER = regex.compile(r"\X", regex.VERSION1)
FRAGMENT_WORD = regex.compile(rf"(?:(?={UNSPACED_LETTER})\X)\p{{P}}*|(?:(?!{UNSPACED_LETTER})\S)+", regex.VERSION1)
WORD_BOUNDARY = regex.compile(r"\b", regex.WORD | regex.VERSION1)
INVISIBLE_CHARACTERS = regex.compile(INVISIBLE, regex.VERSION1)
WHITE_SPACE_AT_ENDS = regex.compile(rf"\A(?:\s|{INVISIBLE})*+|(?:\s|{INVISIBLE})*\Z", regex.VERSION1)
LINE_BREAK_CHARACTER = regex.compile(rf"[{LINE_BREAK}]", regex.VERSION1)
UNSPACED_LETTER_PATTERN = regex.compile(UNSPACED_LETTER, regex.VERSION1)
# UAX 29 (section 4.1, on apostrophes) leaves these to tailoring: words end before a possessive, and after an elision.
POSSESSIVE = regex.compile(r"['’ʼ＇][sS]\b", regex.WORD | regex.VERSION1)  # noqa: RUF001 - the shapes of apostrophes
ELISION = regex.compile(
    r"(?<=\b(?:[cdjlmnst]|qu|un|dall|dell|nell|all|sull|quell)['’ʼ＇])",  # noqa: RUF001 - likewise
    regex.WORD | regex.IGNORECASE | regex.VERSION1,
)
FOLDED_QUOTES = dict.fromkeys(map(ord, "'\"`´‘’‚‛“”„‟′″«»‹›「」『』〝〞〟﹁﹂﹃﹄「」＂＇ʼ׳״"), '"') | {ord("…"): "..."}  # noqa: RUF001
FOLDED_LINE_HYPHEN = "\ufdd0"
"""What a hyphen and line break between letters fold to: a noncharacter, which no text contains."""
ZERO_WIDTH_JOINER = "\u200d"


@dataclass(frozen=True)
class FoldedText:
    """A folded text.

    `starts` and `ends` give for each folded character the offset in the original at which its cluster starts and ends,
    or -1 if the character is not the first or last of its cluster.
    """

    original: str
    text: str
    starts: array[int]
    ends: array[int]

    def whole_words(
        self, pattern: re.Pattern[str], start: int = 0, end: int | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches whole words, as folded offsets that may overlap."""
        for first, last in self.matches(pattern, start, end):
            if self.is_whole(first, last):
                yield first, last

    def matches(self, pattern: re.Pattern[str], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches, even inside words and grapheme clusters."""
        last = len(self.text) if end is None else end
        match = pattern.search(self.text, max(0, start), last)
        while match:
            yield match.start(), match.end(1) if match.re.groups else match.end()
            match = pattern.search(self.text, match.start() + 1, last)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original whose clusters contain these folded characters."""
        while self.starts[start] < 0:
            start -= 1
        while self.ends[end - 1] < 0:
            end += 1
        return self.starts[start], self.ends[end - 1]

    def is_whole(self, start: int, end: int) -> bool:
        """Return whether a passage, as folded offsets, begins and ends where words and characters do."""
        if self.starts[start] < 0 or self.ends[end - 1] < 0:
            return False
        # Invisible characters belong to the preceding word (WB4), so the boundary may be on either side of them.
        before = self.ends[start - 1] if start else 0
        after = self.starts[end] if end < len(self.starts) else len(self.original)
        first, last = self.starts[start], self.ends[end - 1]
        starts = any(WORD_BOUNDARY.match(self.original, at) for at in range(before, first + 1))
        if not starts and ELISION.match(self.original, first) is None:
            return False
        ends = any(WORD_BOUNDARY.match(self.original, at) for at in range(last, after + 1))
        return ends or POSSESSIVE.match(self.original, last) is not None


@lru_cache(maxsize=2)
def fold(text: str) -> FoldedText:
    """Fold a text; the last two are cached, since every passage of an article is searched for in the same text."""
    pieces: list[str] = []
    starts, ends = array("i"), array("i")
    for token in FOLDING_TOKEN.finditer(text):
        start, end = token.span()
        if token.lastgroup == "plain":
            pieces.append(token[0].translate(FOLDED_QUOTES))
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        elif folded := _folded(token[0], token.lastgroup):
            pieces.append(folded)
            starts.extend([start, *[-1] * (len(folded) - 1)])
            ends.extend([*[-1] * (len(folded) - 1), end])
    return FoldedText(text, "".join(pieces), starts, ends)


def _folded(token: str, kind: str | None) -> str:
    if kind == "space":
        return "\n" if LINE_BREAK_CHARACTER.search(token) else " "
    if kind in ("dash", "hyphen"):
        return "-" if kind == "dash" else FOLDED_LINE_HYPHEN
    visible = INVISIBLE_CHARACTERS.sub("", token)
    # Between pictographs a joiner makes one emoji of two; between letters it only affects their shape.
    if ZERO_WIDTH_JOINER in visible and not regex.search(r"\p{Extended_Pictographic}", visible):
        visible = visible.replace(ZERO_WIDTH_JOINER, "")
    return normalize("NFD", visible).translate(FOLDED_QUOTES)


def phrase(words: str, *, at_end: bool = False) -> re.Pattern[str] | None:
    """Return the pattern that matches words in a folded text, or None if they have no visible character.

    With `at_end` it matches them only if nothing but white space follows; the words are then its group 1.
    """
    # Bypassing the cache: words of passages would push the article's text out of it.
    folded = fold.__wrapped__(words).text.strip()
    if not folded:
        return None
    pattern = "".join(_pattern_pieces(folded))
    return re.compile(rf"({pattern})\s*\Z" if at_end else pattern)


def _pattern_pieces(folded: str) -> Iterator[str]:
    """Yield a pattern for each character; line ends may interrupt words by hyphenation, and in unspaced scripts."""
    for before, character, after in zip(["", *folded[:-1]], folded, [*folded[1:], ""], strict=True):
        if character in " \n":
            yield r"[ \n]?" if _are_unspaced(before, after) or '"' in (before, after) else r"[ \n]"
        elif character == '"' and not (before.isalnum() and after.isalnum()):
            # Some languages put a space inside quotation marks: « non ». Between letters it is an apostrophe.
            yield r'[ \n]?"' if before.strip() else '"'
            yield r"[ \n]?" if after.strip() else ""
        elif character in ("-", FOLDED_LINE_HYPHEN):
            yield f"[-{FOLDED_LINE_HYPHEN}]"
        else:
            yield re.escape(character)
            if _are_unspaced(character, after):
                yield r"\n?"
            elif after.isalpha():
                yield f"{FOLDED_LINE_HYPHEN}?"


def _are_unspaced(before: str, after: str) -> bool:
    return UNSPACED_LETTER_PATTERN.match(before) is not None and UNSPACED_LETTER_PATTERN.match(after) is not None


def is_word_edge(text: str, index: int) -> bool:
    """Return whether words may begin or end at an offset; beside invisible characters, they always may."""
    patterns = (WORD_BOUNDARY, ELISION, POSSESSIVE, INVISIBLE_CHARACTERS)
    is_after_invisible = index > 0 and INVISIBLE_CHARACTERS.match(text, index - 1) is not None
    return is_after_invisible or any(pattern.match(text, index) for pattern in patterns)


def is_cluster_edge(text: str, index: int) -> bool:
    """Return whether an offset of a text is between two grapheme clusters (UAX 29)."""
    if not 0 < index < len(text):
        return True
    line = text.rfind("\n", 0, index) + 1
    return index == line or any(cluster.end() == index for cluster in GRAPHEME_CLUSTER.finditer(text, line, None))


def words_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the words in a range of a text as fragments count them: by white space, or by letter if unspaced."""
    return [word.span() for word in FRAGMENT_WORD.finditer(text, start, end)]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a range of a text without the white space and invisible characters at its ends."""
    inside = text[start:end]
    edges = [edge.span() for edge in WHITE_SPACE_AT_ENDS.finditer(inside)]
    return start + edges[0][1], max(start + edges[0][1], start + edges[-1][0])
