"""Reads the text of an article from plain text, Markdown or HTML, with warnings of what would make a poor draft."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.drafting.text.page_text import page_text
from kg.drafting.words.word_lists import words
from kg.errors import PayloadError

MAX_FILE_BYTES = 5_000_000
"""The most bytes of a file: a saved page may be large although its article is small."""
MAX_TEXT_CHARACTERS = 50_000
"""The most code points of a text: a longer one is not an article."""
MIN_WORDS_TO_JUDGE = 40
"""The fewest words by whose shares a text's language can be judged."""
MIN_ENGLISH_SHARE = 0.12
"""Share of FUNCTION_WORDS in a text: English has about 0.35, other languages in Latin letters below 0.06."""
MIN_LOWER_CASE_SHARE = 0.3
"""The least share of lower-case letters in ordinary writing."""
MAX_WORDS_A_SENTENCE_END = 120
"""The most words per sentence end in a text with sentences."""
SHORT_ARTICLE_WORDS = 40
"""A text with fewer words is a teaser rather than an article."""
FUNCTION_WORDS = words(
    "the of to and a in that is was for on said with by at it he she as his her be from has have had were are but "
    "not they their who will would which an this after"
)
LETTERS = re.compile(r"[^\W\d_]+")
HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read)|to continue reading|already a subscriber|log in to read|"
    r"this (?:article|content) is for subscribers|sign in to read",
    re.IGNORECASE,
)
MARKDOWN = (
    (re.compile(r"\A---\n.*?\n---\n", re.DOTALL), ""),  # front matter
    (re.compile(r"^(```|~~~).*?^\1[^\n]*\n?", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL), ""),
    (re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d+\.[ \t]+)", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*_=][ \t]*){3,}$\n?", re.MULTILINE), ""),
    (re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)"), ""),
    (re.compile(r"\[([^\[\]\n]+)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"), r"\1"),
    (re.compile(r"__(?=\S)((?:[^\n*`_]|_(?!_))+)(?<=\S)__"), r"\1"),
    (re.compile(r"(\*\*|\*|`)(?=\S)([^\n*`]+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)"), r"\1"),
)
"""Markdown markup and its replacements, in this order: images before links, strong emphasis before emphasis."""


@dataclass(frozen=True)
class ArticleText:
    """A text to draft from; `is_extracted` if it was extracted from markup, so that no file contains it yet."""

    text: str
    warnings: tuple[str, ...]
    is_extracted: bool


def read_article(file: Path) -> ArticleText:
    """Read the text of an article. Raises PayloadError if the file has none, or none in English."""
    data = _bytes_of(file)
    if file.suffix.lower() in {".html", ".htm", ".xhtml"} or HTML_START.match(data[:2000].decode("latin-1")):
        text, is_extracted = page_text(data, file), True
    else:
        text, is_extracted = _decoded(data, file), False
    if file.suffix.lower() in {".md", ".markdown"}:
        text, is_extracted = without_markdown(text), True
    _require_article(text, file)
    return ArticleText(text, tuple(_warnings(text)), is_extracted)


def without_markdown(text: str) -> str:
    """Return a Markdown text without its markup, with paragraphs kept apart."""
    text = text.replace("\r\n", "\n")
    for pattern, replacement in MARKDOWN:
        text = pattern.sub(replacement, text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _bytes_of(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise PayloadError(f"{file} cannot be read: {error.strerror}.") from None
    if size > MAX_FILE_BYTES:
        raise PayloadError(f"{file} has {size:,} bytes; a file of an article has at most {MAX_FILE_BYTES:,}.")
    if data.startswith(b"%PDF"):
        raise PayloadError(
            f"{file} is a PDF: expected text, Markdown or HTML. `pdftotext {file.name}` extracts its text."
        )
    return data


def _decoded(data: bytes, file: Path) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise PayloadError(f"{file} is not UTF-8 text: expected text, Markdown or HTML.") from None
    if re.search(r"[\0-\x08\x0e-\x1f]", text):
        raise PayloadError(f"{file} has control characters: expected text, Markdown or HTML, and no binary file.")
    return text


def _require_article(text: str, file: Path) -> None:
    words = LETTERS.findall(text.lower())
    if not words:
        raise PayloadError(f"{file} has no words: expected the text of an article.")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise PayloadError(
            f"{file} has {len(text):,} characters of text; an article has at most {MAX_TEXT_CHARACTERS:,}."
        )
    share = sum(word in FUNCTION_WORDS for word in words) / len(words)
    # The share means little for few words: only other scripts are recognized at any length.
    is_latin = sum(word.isascii() for word in words) > len(words) / 2
    if not is_latin or (len(words) >= MIN_WORDS_TO_JUDGE and share < MIN_ENGLISH_SHARE):
        raise PayloadError(
            f"{file} does not seem to be in English: {share:.0%} of its words are the commonest English ones, where "
            "an article has about 35%. Begin its document with `kg new`, which takes any language."
        )


def _warnings(text: str) -> list[str]:
    """Return warnings of what would make a text's draft poor, for its reviewer."""
    words, letters = LETTERS.findall(text), [character for character in text if character.isalpha()]
    warnings = []
    if sum(letter.islower() for letter in letters) < MIN_LOWER_CASE_SHARE * len(letters):
        warnings.append("The text is in capitals, so names cannot be told from other words.")
    if len(words) > MAX_WORDS_A_SENTENCE_END * (1 + len(re.findall(r"[.!?][\"”’)]*(?=\s|$)", text))):  # noqa: RUF001
        warnings.append("The text has hardly any sentence ends, so sentences are guessed.")
    if PAYWALL.search(text):
        warnings.append("The text looks like the free beginning of a paid article.")
    elif len(words) < SHORT_ARTICLE_WORDS:
        warnings.append(f"The text has only {len(words)} words.")
    return warnings
