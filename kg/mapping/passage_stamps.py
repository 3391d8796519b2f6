"""The stamps of passages that `kg anchor` writes, and the search for a stamped passage in a text that may differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from unicodedata import normalize

from kg.errors import Location
from kg.mapping.text_fragments import find_fragment
from kg.mapping.text_spans import TextSpan, digest
from kg.mapping.yaml_document import YamlMapping, YamlText

NO_LOCATION = Location(Path())
"""The location of a stamp that was read from a graph and not from a document."""


class PassageState(Enum):
    """How a passage was found in a text."""

    IN_PLACE = "in place"
    MOVED = "moved"
    CHANGED = "changed"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not found"


@dataclass(frozen=True)
class PassageStamp:
    """What `kg anchor` wrote about one passage."""

    span: TextSpan
    digest: str
    fragment: str
    location: Location = NO_LOCATION


@dataclass(frozen=True)
class LocatedPassage:
    """Where a stamped passage is in a text: several spans if it is ambiguous, none if it is not found."""

    stamp: PassageStamp
    state: PassageState
    spans: tuple[TextSpan, ...]


def read_stamps(root: YamlMapping) -> dict[TextSpan, PassageStamp]:
    """Return the stamps of a document by passage."""
    block = root.nodes.get("passages")
    if not isinstance(block, YamlMapping):
        return {}
    stamps = {}
    for key, stamp in block.nodes.items():
        span = TextSpan.read(key)
        if span is not None and isinstance(stamp, YamlMapping):
            values = {name: value.value for name, value in stamp.nodes.items() if isinstance(value, YamlText)}
            location = block.keys[key].location
            stamps[span] = PassageStamp(span, values.get("digest", ""), values.get("fragment", ""), location)
    return stamps


def locate_passage(stamp: PassageStamp, text: str) -> LocatedPassage:
    """Find a passage at its offsets, or else by the words of its fragment; its digest tells whether it has changed."""
    if digest(stamp.span.of(text)) == stamp.digest:
        return LocatedPassage(stamp, PassageState.IN_PLACE, (stamp.span,))
    candidates = find_fragment(text, stamp.fragment)
    unchanged = [span for span in candidates if stamp.digest in _digests_of_forms(span.of(text))]
    spans = tuple(unchanged or candidates)
    if len(spans) == 1:
        return LocatedPassage(stamp, PassageState.MOVED if unchanged else PassageState.CHANGED, spans)
    return LocatedPassage(stamp, PassageState.AMBIGUOUS if spans else PassageState.NOT_FOUND, spans)


def _digests_of_forms(text: str) -> Iterator[str]:
    """Yield the digests of a text's canonically equivalent forms (UAX 15), with its own and with Unix line ends."""
    for form in (text, normalize("NFC", text), normalize("NFD", text)):
        yield digest(form)
        yield digest(form.replace("\r\n", "\n"))
