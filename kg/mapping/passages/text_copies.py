"""Finds the text of an article in a user's folder: the one with its digest, or else the most similar copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.mapping.documents.yaml_document import MappingDocument
from kg.mapping.passages.located_passages import UNCHANGED, LocatedPassage, PassageState, locate_passages
from kg.mapping.passages.passage_stamps import PassageStamp, read_stamps
from kg.mapping.passages.source_texts import SourceText

MIN_SIMILARITY = 0.5
"""The share of an article's passages that a text must contain word for word to count as a copy of it."""


@dataclass(frozen=True)
class TextCopy:
    """A text with the article's passages located in it; `same` if it is the text that the article was anchored to."""

    text: SourceText
    same: bool
    passages: tuple[LocatedPassage, ...]

    def count(self, state: PassageState) -> int:
        """Return how many passages are in a state."""
        return sum(passage.state is state for passage in self.passages)

    def summary(self) -> str:
        """Return the states of the passages as a phrase, as in `3 in place, 1 moved`."""
        counts = ((state, self.count(state)) for state in PassageState)
        return ", ".join(f"{count} {state.value}" for state, count in counts if count)

    @property
    def similarity(self) -> float:
        """Return the share of passages with a fragment that the text contains; passages without one show nothing."""
        known = [passage for passage in self.passages if passage.stamp.fragment]
        return sum(passage.state in UNCHANGED for passage in known) / len(known) if known else 0


def find_copy(document: MappingDocument, candidates: Iterable[SourceText]) -> TextCopy | None:
    """Return the text that an article was anchored to, or the most similar copy, or None if there is neither."""
    texts, stamps = list(candidates), [*read_stamps(document.root).values()]
    digest, length = document.value_of("digest"), document.value_of("length")
    same = next((text for text in texts if text.digest == digest), None)
    # The digest is decisive: similarity, which is slow to compute, is only for copies.
    if same is not None:
        return _copy(same, stamps, None, same=True)
    return most_similar_copy(stamps, int(length) if length.isdecimal() else None, texts)


def most_similar_copy(
    passages: Sequence[PassageStamp], length: int | None, candidates: Iterable[SourceText]
) -> TextCopy | None:
    """Return the text that contains the most passages word for word, or None if none contains enough of them."""
    # Locating passages is slow, and a text less than half or more than twice as long is another article's.
    copies = [
        _copy(text, passages, length, same=False)
        for text in candidates
        if length is None or length / 2 <= len(text.text) <= length * 2
    ]
    similar = (copy for copy in copies if copy.similarity >= MIN_SIMILARITY)
    return max(similar, key=lambda copy: copy.similarity, default=None)


def _copy(text: SourceText, passages: Iterable[PassageStamp], length: int | None, *, same: bool) -> TextCopy:
    return TextCopy(text, same, tuple(locate_passages(passages, text.text, length)))
