"""The operator's text of an article: the very one that was mapped, or a copy that differs and is said to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.mapping import LocatedPassage, PassageStamp, PassageState, SourceText, TextCopy, TextSpan, most_similar_copy
from kg.mapping.text_spans import digest as digest_of
from kg.store.interfaces import Version
from server.http.numbers import whole_number
from server.pages.page_queries import query
from server.pages.page_terms import Row, Term
from server.pages.select_rows import solutions
from server.site import site


@dataclass(frozen=True)
class Held:
    """A text that is at hand, whether it is the mapped one, and in a copy where each passage is."""

    text: str
    same: bool = True
    summary: str = ""
    """Of a copy, how many of its passages are where."""
    places: Mapping[TextSpan, LocatedPassage] = field(default_factory=dict)

    def where(self, start: int, end: int) -> tuple[TextSpan | None, PassageState]:
        """Return where a passage is in this text, if that is certain, and in what state it is."""
        here = TextSpan(start, end)
        if self.same:
            return here, PassageState.IN_PLACE
        found = self.places.get(here)
        if found is None or len(found.spans) != 1:
            return None, found.state if found else PassageState.NOT_FOUND
        return found.spans[0], found.state


def held(article: Term, digest: Term | None, length: int, version: Version) -> Held | None:
    """Return the text that is at hand of an article; None where the operator gave none that is like it."""
    texts = site().settings.texts
    if not texts or digest is None:
        return None
    if digest.value in texts:
        return Held(texts[digest.value])
    found: Held | None = site().once(f"copy {article}", version, lambda: _copy(article, length, version))
    return found


def stands(row: Row, words: str) -> bool:
    """Tell whether these are the words of a passage, by its digest."""
    return "digest" not in row or digest_of(words) == row["digest"].value


def _copy(article: Term, length: int, version: Version) -> Held | None:
    mapped = {row["digest"].value for row in solutions(query("article-digests")[1], version)}
    others = [SourceText(Path(), text, key) for key, text in site().settings.texts.items() if key not in mapped]
    rows = solutions(query("article-passages", this=article.sparql)[1], version) if others else []
    copy = most_similar_copy([*map(_stamp, rows)], length or None, others) if rows else None
    return _held(copy) if copy else None


def _stamp(row: Row) -> PassageStamp:
    fragment = row["fragment"].value if "fragment" in row else ""
    start, end = (whole_number(row[key].value) or 0 for key in ("start", "end"))
    return PassageStamp(TextSpan(start, end), row["digest"].value, fragment)


def _held(copy: TextCopy) -> Held:
    places = {found.stamp.span: found for found in copy.passages}
    return Held(copy.text.text, same=False, summary=copy.summary(), places=places)
