"""Which text of a reader's folder is an article's: the one with its digest, or else a copy that differs a little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.mapping.passage_stamps import (
    LocatedPassage,
    PassageStamp,
    PassageState,
    locate_passage,
    locate_passages,
    read_stamps,
)
from kg.mapping.source_texts import SourceText
from kg.mapping.yaml_document import MappingDocument, YamlText

MIN_SIMILARITY = 0.5
"""The share of an article's passages that a text must hold word for word to count as a copy of it."""


@dataclass(frozen=True)
class TextCopy:
    """A text, whether it is the very one that an article was anchored to, and where it has the article's passages."""

    text: SourceText
    same: bool
    passages: tuple[LocatedPassage, ...]

    def count(self, state: PassageState) -> int:
        """Return how many passages are in a state."""
        return sum(found.state is state for found in self.passages)

    def summary(self) -> str:
        """Return the states of the passages as a phrase, as in `3 in place, 1 moved`."""
        counted = ((state, self.count(state)) for state in PassageState)
        return ", ".join(f"{count} {state.value}" for state, count in counted if count)


def find_copy(document: MappingDocument, candidates: Iterable[SourceText]) -> TextCopy | None:
    """Return the text that an article was anchored to, or the copy most like it; None where there is neither."""
    root, texts = document.root, list(candidates)
    wanted = root.nodes.get("digest")
    same = next((text for text in texts if isinstance(wanted, YamlText) and text.digest == wanted.value), None)
    if same is not None:
        return TextCopy(same, same=True, passages=tuple(locate_passages(root, same.text)))
    length = root.nodes.get("length")
    known = int(length.value) if isinstance(length, YamlText) and length.value.isdecimal() else None
    return most_similar_copy([*read_stamps(root).values()], known, texts)


def most_similar_copy(
    passages: Sequence[PassageStamp], length: int | None, candidates: Iterable[SourceText]
) -> TextCopy | None:
    """Return the text most like the one that these passages are of, where it holds enough of them; None else."""
    copies = [
        TextCopy(text, same=False, passages=tuple(locate_passage(stamp, text.text) for stamp in passages))
        for text in candidates
        if length is None or length / 2 <= len(text.text) <= length * 2
    ]
    return max((copy for copy in copies if _alike(copy) >= MIN_SIMILARITY), key=_alike, default=None)


def _alike(copy: TextCopy) -> float:
    held = copy.count(PassageState.IN_PLACE) + copy.count(PassageState.MOVED)
    return held / len(copy.passages) if copy.passages else 0
