"""Texts as readers see them: folded for comparison, with the way back to the code points of the original.

Two texts fold alike where they are canonically equivalent (UAX 15), or differ only in white space, in the shape of
quotation marks, dashes and ellipses, or in characters that nobody sees. Words and grapheme clusters are those of
UAX 29; `regex` knows both, and the standard library neither.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import regex

# Tags stay, since they alone tell the flags of parts of a country apart, and so do Hangul fillers, which take room.
UNSEEN = r"[\p{Default_Ignorable_Code_Point}--[\U000E0000-\U000E007F\u115F\u1160\u3164\uFFA0\u200D]]"
HYPHENS = r"\-\u2010\u00AD"
DASHES = r"\-\u2010-\u2015\u2043\u05BE\u2212\u2E3A\u2E3B\uFE58\uFE63\uFF0D"
LINE_BREAK = r"\n\v\f\r\x85\u2028\u2029"
NO_MARK = r"(?![\p{Grapheme_Cluster_Break=Extend}\u200D])"  # a mark after a space or dash makes a cluster with it
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Line_Break=SA}]"
"""Letters of scripts that put no spaces between words."""
PLAIN = r"""[0-9A-Za-z,;:.!?()\[\]/'"]"""
"""Characters that are clusters of their own and fold to one, where ASCII follows them."""
TOKEN = regex.compile(
    rf"""(?P<plain> {PLAIN}+ (?: [\ \-] {PLAIN}+ )* (?=[\x00-\x7F]|\Z) )
    | (?P<hyphen> (?<=\p{{L}}\p{{M}}*) [{HYPHENS}] [^\S{LINE_BREAK}]* [{LINE_BREAK}] \s* (?=\p{{L}}) )
    | (?P<space> \s (?:\s|{UNSEEN})* {NO_MARK} )
    | (?P<dash> [{DASHES}]+ {NO_MARK} )
    | \X""",
    regex.VERBOSE | regex.VERSION1,
)
CLUSTER = regex.compile(r"\X", regex.VERSION1)
WORD = regex.compile(rf"(?:(?={UNSPACED})\X)\p{{P}}*|(?:(?!{UNSPACED})\S)+", regex.VERSION1)
BOUNDARY = regex.compile(r"\b", regex.WORD | regex.VERSION1)
UNSEEN_ONES = regex.compile(UNSEEN, regex.VERSION1)
EDGES = regex.compile(rf"\A(?:\s|{UNSEEN})*+|(?:\s|{UNSEEN})*\Z", regex.VERSION1)
LINE_BREAKS = regex.compile(rf"[{LINE_BREAK}]", regex.VERSION1)
UNSPACED_ONE = regex.compile(UNSPACED, regex.VERSION1)
# What UAX 29 (section 4.1, notes on apostrophes) leaves to a tailoring: a possessive ends a word, and an elision.
POSSESSIVE = regex.compile(r"['’ʼ＇][sS]\b", regex.WORD | regex.VERSION1)  # noqa: RUF001 - the shapes of apostrophes
ELISION = regex.compile(
    r"(?<=\b(?:[cdjlmnst]|qu|un|dall|dell|nell|all|sull|quell)['’ʼ＇])",  # noqa: RUF001 - likewise
    regex.WORD | regex.IGNORECASE | regex.VERSION1,
)
QUOTES = dict.fromkeys(map(ord, "'\"`´‘’‚‛“”„‟′″«»‹›「」『』〝〞〟﹁﹂﹃﹄「」＂＇ʼ׳״"), '"') | {ord("…"): "..."}  # noqa: RUF001
LINE_HYPHEN = "\ufdd0"
"""What a hyphen with the line break after it folds to, between letters: a non-character, which no text holds."""
JOINER = "\u200d"


@dataclass(frozen=True)
class FoldedText:
    """A folded text. `starts` and `ends` lead back: the place in the original at which the cluster of a folded
    character starts or ends, and -1 where that character is not the first or last of its cluster."""  # noqa: D205, D209

    original: str
    text: str
    starts: array[int]
    ends: array[int]

    def places(self, pattern: re.Pattern[str], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches whole words, as folded offsets; places may overlap."""
        for first, last in self.loose(pattern, start, end):
            if self.starts[first] >= 0 and self.ends[last - 1] >= 0 and self._is_whole(first, last):
                yield first, last

    def loose(self, pattern: re.Pattern[str], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches, inside of words and of characters too."""
        last = len(self.text) if end is None else end
        match = pattern.search(self.text, max(0, start), last)
        while match:
            yield match.span()
            match = pattern.search(self.text, match.start() + 1, last)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return the code points of the original whose clusters hold these folded characters."""
        while self.starts[start] < 0:
            start -= 1
        while self.ends[end - 1] < 0:
            end += 1
        return self.starts[start], self.ends[end - 1]

    def _is_whole(self, start: int, end: int) -> bool:
        # Unseen characters belong to the word before them (WB4), so the boundary may stand on either side of them.
        before = self.ends[start - 1] if start else 0
        after = self.starts[end] if end < len(self.starts) else len(self.original)
        first, last = self.starts[start], self.ends[end - 1]
        starts = any(BOUNDARY.match(self.original, at) for at in range(before, first + 1))
        ends = any(BOUNDARY.match(self.original, at) for at in range(last, after + 1))
        return (starts or ELISION.match(self.original, first) is not None) and (
            ends or POSSESSIVE.match(self.original, last) is not None
        )


@lru_cache(maxsize=2)
def fold(text: str) -> FoldedText:
    """Fold a text; the last two are kept, since every passage of an article is looked for in the same one."""
    pieces: list[str] = []
    starts, ends = array("i"), array("i")
    for token in TOKEN.finditer(text):
        start, end = token.span()
        if token.lastgroup == "plain":
            pieces.append(token[0].translate(QUOTES))
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        elif folded := _folded(token[0], token.lastgroup):
            pieces.append(folded)
            starts.extend([start, *[-1] * (len(folded) - 1)])
            ends.extend([*[-1] * (len(folded) - 1), end])
    return FoldedText(text, "".join(pieces), starts, ends)


def _folded(token: str, kind: str | None) -> str:
    if kind == "space":
        return "\n" if LINE_BREAKS.search(token) else " "
    if kind in ("dash", "hyphen"):
        return "-" if kind == "dash" else LINE_HYPHEN
    seen = UNSEEN_ONES.sub("", token)
    if JOINER in seen and not regex.search(r"\p{Extended_Pictographic}", seen):
        seen = seen.replace(JOINER, "")  # between pictures it makes one of two; between letters it shapes them
    return normalize("NFD", seen).translate(QUOTES)


def phrase(words: str) -> re.Pattern[str] | None:
    """Return what finds words in a folded text; None where they hold nothing that can be seen."""
    folded = fold.__wrapped__(words).text.strip()
    return re.compile("".join(_pieces(folded))) if folded else None


def _pieces(folded: str) -> Iterator[str]:
    """Yield a pattern by characters; line ends may stand inside words as hyphenation and unspaced scripts have them."""
    for before, here, after in zip(["", *folded[:-1]], folded, [*folded[1:], ""], strict=True):
        if here in " \n":
            yield r"[ \n]?" if _are_unspaced(before, after) else r"[ \n]"
        elif here in ("-", LINE_HYPHEN):
            yield f"[-{LINE_HYPHEN}]"
        else:
            yield re.escape(here)
            if _are_unspaced(here, after):
                yield r"\n?"
            elif after.isalpha():
                yield f"{LINE_HYPHEN}?"


def _are_unspaced(before: str, after: str) -> bool:
    return UNSPACED_ONE.match(before) is not None and UNSPACED_ONE.match(after) is not None


def is_cluster_edge(text: str, index: int) -> bool:
    """Tell whether a place in a text lies between two grapheme clusters (UAX 29)."""
    if not 0 < index < len(text):
        return True
    line = text.rfind("\n", 0, index) + 1
    return index == line or any(each.end() == index for each in CLUSTER.finditer(text, line, None))


def words_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the words of a part of a text as fragments count them: by white space, or by letters that have none."""
    return [each.span() for each in WORD.finditer(text, start, end)]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a part of a text without the white space and the unseen characters at its ends."""
    inside = text[start:end]
    edges = [each.span() for each in EDGES.finditer(inside)]
    return start + edges[0][1], max(start + edges[0][1], start + edges[-1][0])
