"""Finds stamped passages in a text that may differ from the stamped one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter

from kg.mapping.passages.passage_digests import is_digest_of
from kg.mapping.passages.passage_stamps import PassageStamp
from kg.mapping.passages.text_fragments import find_fragment
from kg.mapping.passages.text_spans import TextSpan


class PassageState(Enum):
    """How a passage was found in a text."""

    IN_PLACE = "in place"
    MOVED = "moved"
    CHANGED = "changed"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not found"


UNCHANGED = (PassageState.IN_PLACE, PassageState.MOVED)


@dataclass(frozen=True)
class LocatedPassage:
    """Where a stamped passage is in a text: several spans if it is ambiguous, none if it is not found."""

    stamp: PassageStamp
    state: PassageState
    spans: tuple[TextSpan, ...]


def locate_passages(stamps: Iterable[PassageStamp], text: str, length: int | None) -> list[LocatedPassage]:
    """Find passages in a text that may differ from the stamped one, whose length is given if known.

    A passage is at its offsets, or where the words of its fragment are; one without a fragment is found if its
    neighbours on both sides have moved by the same distance. Digests show whether the characters are the same only in
    a text with the same key; in any other, the same ends at the same distance have to suffice.
    """
    located = {stamp.span: _locate(stamp, text) for stamp in stamps}
    moves = sorted(
        (offset, now.start - stamp.start)
        for stamp, passage in located.items()
        if passage.state in UNCHANGED
        for now in passage.spans
        for offset in (stamp.start, stamp.end)
    )
    # The ends of the two texts count as neighbours too, if some passage shows that one is a form of the other.
    edges = [(0, 0), *moves, *([(length, len(text) - length)] if length and moves else [])]
    return [
        passage if passage.stamp.fragment or passage.spans else _located_between(passage.stamp, edges, text)
        for passage in located.values()
    ]


def _locate(stamp: PassageStamp, text: str) -> LocatedPassage:
    if is_digest_of(stamp.digest, stamp.span, stamp.span.of(text), text):
        return LocatedPassage(stamp, PassageState.IN_PLACE, (stamp.span,))
    candidates = [*find_fragment(text, stamp.fragment)] if stamp.fragment else []
    unchanged = [span for span in candidates if _is_unchanged(stamp, span, text)]
    spans = tuple(unchanged or candidates)
    if len(spans) == 1:
        return LocatedPassage(stamp, _state(stamp, spans[0]) if unchanged else PassageState.CHANGED, spans)
    return LocatedPassage(stamp, PassageState.AMBIGUOUS if spans else PassageState.NOT_FOUND, spans)


def _is_unchanged(stamp: PassageStamp, span: TextSpan, text: str) -> bool:
    same_length = span.end - span.start == stamp.span.end - stamp.span.start
    return same_length or is_digest_of(stamp.digest, stamp.span, span.of(text), text)


def _located_between(stamp: PassageStamp, edges: Sequence[tuple[int, int]], text: str) -> LocatedPassage:
    """Return where a passage is by the moves of its neighbours; `edges` are sorted offsets with their moves."""
    before = bisect_right(edges, stamp.span.start, key=itemgetter(0)) - 1
    after = bisect_left(edges, stamp.span.end, key=itemgetter(0))
    move = edges[before][1]
    if after == len(edges) or edges[after][1] != move or not 0 <= stamp.span.start + move < len(text):
        return LocatedPassage(stamp, PassageState.NOT_FOUND, ())
    span = TextSpan(stamp.span.start + move, stamp.span.end + move)
    return LocatedPassage(stamp, _state(stamp, span), (span,))


def _state(stamp: PassageStamp, span: TextSpan) -> PassageState:
    return PassageState.IN_PLACE if span == stamp.span else PassageState.MOVED
