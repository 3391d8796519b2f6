"""The paragraphs of the articles' texts at hand, found by their words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.search.changed_things import UntraceableChangeError
from server.search.index_database import Database, ThingIds, rows_of
from server.search.property_columns import Columns
from server.search.record_paths import CLASS, path
from server.search.search_words import any_of, fold
from server.search.tsv_cells import text

# Out of the 63 bits of a row number, of which 39 are left for the article.
START_BITS = 24
"""The low bits of a paragraph's number, which hold where it starts in its text; the article's number is above."""
PARAGRAPH = re.compile(r"[^\n]+")
PATHS = (path(f"{CLASS}Article"), path("digest"))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a text: the article as a cell, the text's digest, and where it starts."""

    article: str
    digest: str
    start: int


class ArticleTexts:
    """The texts of a version's articles, so far as they are at hand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begins_word(self, start: str) -> bool:
        """Return whether a text has a word that begins with `start`."""
        return bool(self._numbers(any_of([start]), 1))

    def paragraphs(self, words: Iterable[Sequence[str]], number: int) -> list[Paragraph]:
        """Return the first paragraphs, at most `number`, that have every word; each is given by its spellings."""
        paragraphs = self._numbers(" AND ".join(f"({any_of(spellings)})" for spellings in words), number)
        articles = {number >> START_BITS for number in paragraphs}
        query = "SELECT article, cell, digest FROM article_text JOIN thing ON thing.id = article WHERE article IN ({})"
        texts = {article: (cell, digest) for article, cell, digest in self._database.select_among(query, articles)}
        return [Paragraph(*texts[number >> START_BITS], number & ((1 << START_BITS) - 1)) for number in paragraphs]

    def _numbers(self, words: str, number: int) -> list[int]:
        query = "SELECT rowid FROM paragraph_words WHERE paragraph_words MATCH ? ORDER BY rowid LIMIT ?"
        return self._database.values(query, words, number) if words else []


def require_at_hand(database: sqlite3.Connection, texts: Mapping[str, str]) -> None:
    """Raise UntraceableChangeError if an index has a text that is no longer at hand: a copy would keep its words."""
    if any(digest not in texts for (digest,) in database.execute("SELECT digest FROM article_text WHERE is_here")):
        raise UntraceableChangeError("It has a text that is no longer at hand.")


def renew_article_texts(
    database: sqlite3.Connection, columns: Columns, things: ThingIds, texts: Mapping[str, str]
) -> None:
    """Rewrite the texts of the articles that are due, and add the paragraphs of all texts that are now at hand."""
    of_due = "SELECT article FROM article_text JOIN thing ON thing.id = article WHERE cell = ?"
    for (article,) in [*rows_of(database, of_due, columns)]:
        database.execute("DELETE FROM article_text WHERE article = ?", [article])
        bounds = (article << START_BITS, (article + 1) << START_BITS)
        database.execute("DELETE FROM paragraph_words WHERE rowid >= ? AND rowid < ?", bounds)
    digests = columns.first("digest")
    for cell in columns.members("Article"):
        if columns.is_due(cell) and cell in digests:
            record = (things[cell], text(digests[cell]))
            database.execute("INSERT INTO article_text VALUES (?, ?, FALSE)", record)
    # Not only for what is due: other texts may be at hand than before.
    for article, digest in database.execute("SELECT article, digest FROM article_text WHERE NOT is_here").fetchall():
        if digest in texts:
            numbered = (
                ((article << START_BITS) + paragraph.start(), fold(paragraph[0]))
                for paragraph in PARAGRAPH.finditer(texts[digest])
            )
            database.executemany("INSERT INTO paragraph_words (rowid, folded) VALUES (?, ?)", numbered)
            database.execute("UPDATE article_text SET is_here = TRUE WHERE article = ?", [article])
