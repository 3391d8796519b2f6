"""The operator's text of an article: the mapped text, or a copy that differs and is marked as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.mapping.passages.located_passages import LocatedPassage, PassageState
from kg.mapping.passages.passage_digests import is_digest_of
from kg.mapping.passages.passage_stamps import PassageStamp
from kg.mapping.passages.source_texts import SourceText
from kg.mapping.passages.text_copies import most_similar_copy
from kg.mapping.passages.text_spans import TextSpan, paragraph_number, paragraph_starts
from kg.store.interfaces import Version
from server.http.parameters import whole_number
from server.pages.queried_data.select_queries import select_rows
from server.pages.terms.page_terms import PageTerm, Row
from server.site import site


@dataclass(frozen=True)
class ArticleText:
    """An available text; `same` is whether it is the mapped one, `places` locates the passages in a copy."""

    text: str
    same: bool = True
    summary: str = ""
    """For a copy, how many passages were located."""
    places: Mapping[TextSpan, LocatedPassage] = field(default_factory=dict)

    def where(self, here: TextSpan) -> tuple[TextSpan | None, PassageState]:
        """Return the location of a passage in this text (None if uncertain) and its state."""
        if self.same:
            return here, PassageState.IN_PLACE
        located = self.places.get(here)
        if located is None or len(located.spans) != 1:
            return None, located.state if located else PassageState.NOT_FOUND
        return located.spans[0], located.state

    def paragraph(self, offset: int) -> int:
        """Return the number of the paragraph at an offset; the title is the first."""
        return paragraph_number(self.paragraph_starts, offset)

    @cached_property
    def paragraph_starts(self) -> list[int]:
        """Return where its paragraphs begin."""
        return paragraph_starts(self.text)


def article_text(article: PageTerm, digest: PageTerm | None, length: int, version: Version) -> ArticleText | None:
    """Return the available text of an article, or None if the operator supplied none that is similar."""
    texts = site().settings.texts
    if not texts or digest is None:
        return None
    if digest.value in texts:
        return ArticleText(texts[digest.value])
    return site().once_per_version(f"copy {article}", version, lambda: _copy(article, length, version))


def has_digest_of(row: Row, span: TextSpan, text: str) -> bool:
    """Return whether a text has the digest of a passage."""
    return "digest" not in row or is_digest_of(row["digest"].value, span, span.of(text), text)


def _copy(article: PageTerm, length: int, version: Version) -> ArticleText | None:
    mapped = {row["digest"].value for row in select_rows("article-digests", version)}
    # A text that another article is mapped from is not a copy of this one.
    unmapped = [SourceText(Path(), text, key) for key, text in site().settings.texts.items() if key not in mapped]
    rows = select_rows("article-passages", version, this=article.sparql) if unmapped else []
    copy = most_similar_copy([*map(_stamp, rows)], length or None, unmapped) if rows else None
    if copy is None:
        return None
    places = {passage.stamp.span: passage for passage in copy.passages}
    return ArticleText(copy.text.text, same=False, summary=copy.summary(), places=places)


def _stamp(row: Row) -> PassageStamp:
    fragment = row["fragment"].value if "fragment" in row else ""
    start, end = (whole_number(row[key].value) or 0 for key in ("start", "end"))
    return PassageStamp(TextSpan(start, end), row["digest"].value, fragment)
