"""Passages against their stamps and, with the text at hand, against the characters that they select."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from unicodedata import normalize

from kg.errors import Location, Problem
from kg.mapping.document_triples import DocumentTriples
from kg.mapping.schema_check import shown
from kg.mapping.text_spans import OFFSETS_PATTERN, TextSpan, digest, find_fragment
from kg.mapping.yaml_document import YamlMapping, YamlText

NOWHERE = Location(Path())
"""Where a stamp stands that was read from a graph and not from a document."""


class PassageState(Enum):
    """Where a passage is in a text."""

    IN_PLACE = "in place"
    MOVED = "moved"
    CHANGED = "changed"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not found"


@dataclass(frozen=True)
class PassageStamp:
    """What `kg anchor` wrote of one passage."""

    span: TextSpan
    digest: str
    fragment: str
    location: Location = NOWHERE


@dataclass(frozen=True)
class LocatedPassage:
    """Where a passage is in a text; several spans where it is ambiguous, none where it is not found."""

    stamp: PassageStamp
    state: PassageState
    spans: tuple[TextSpan, ...]


def read_stamps(root: YamlMapping) -> dict[TextSpan, PassageStamp]:
    """Return the stamps of a document by passage."""
    block = root.nodes.get("passages")
    found = {}
    for key, stamp in block.nodes.items() if isinstance(block, YamlMapping) else ():
        span = TextSpan.read(key)
        if span is not None and isinstance(stamp, YamlMapping) and isinstance(block, YamlMapping):
            values = {name: value.value for name, value in stamp.nodes.items() if isinstance(value, YamlText)}
            found[span] = PassageStamp(
                span, values.get("digest", ""), values.get("fragment", ""), block.keys[key].location
            )
    return found


def passage_faults(expanded: DocumentTriples) -> Iterator[Problem]:
    """Yield a problem for every passage that lies outside the text, is empty or has no stamp; no text is needed."""
    root = expanded.document.root
    if "article" not in root.nodes:
        for text, _ in expanded.spans:
            yield Problem(
                text.location, "a passage stands here; expected none, as this document belongs to no article."
            )
        return
    length = _length(root)
    yield from _unstamped(root)
    stamped = read_stamps(root)
    for text, span in expanded.spans:
        if expected := _expected(text.value, span, length, stamped):
            yield Problem(text.location, f"{shown(text.value)} stands here; expected {expected}.")
    yield from _unused(root, {span for _, span in expanded.spans if span})


def _length(root: YamlMapping) -> int | None:
    length = root.nodes.get("length")
    return int(length.value) if isinstance(length, YamlText) else None


def _unstamped(root: YamlMapping) -> Iterator[Problem]:
    missing = [key for key in ("digest", "length") if key not in root.nodes]
    if missing:
        yield Problem(root.location, f"{' and '.join(missing)} of the text are missing here; `kg anchor` writes them.")


def _expected(written: str, span: TextSpan | None, length: int | None, stamped: dict[TextSpan, PassageStamp]) -> str:
    if not OFFSETS_PATTERN.fullmatch(written):
        return "a passage START-END; `kg anchor` puts it in the place of the words"
    if span is None:
        return "a passage whose start is less than its end"
    if length is not None and span.end > length:
        return f"a passage inside the text, which has {length} characters"
    return "" if span in stamped else "a passage that is listed under `passages`; `kg anchor` lists it"


def _unused(root: YamlMapping, used: set[TextSpan]) -> Iterator[Problem]:
    block = root.nodes.get("passages")
    for key, scalar in block.keys.items() if isinstance(block, YamlMapping) else ():
        span = TextSpan.read(key)
        if span is None:
            yield Problem(scalar.location, f"the passage {key} is empty; expected a start that is less than its end.")
        elif span not in used:
            yield Problem(
                scalar.location, f"the passage {key} is stamped, but nothing rests on it; `kg anchor` takes it out."
            )


def digest_faults(root: YamlMapping, text: str) -> Iterator[Problem]:
    """Yield a problem for a wrong length and for every passage whose characters do not have its digest."""
    length = root.nodes.get("length")
    if isinstance(length, YamlText) and int(length.value) != len(text):
        yield Problem(length.location, f"the length {length.value} stands here; the text has {len(text)} characters.")
    for stamp in read_stamps(root).values():
        found = digest(stamp.span.of(text))
        if found != stamp.digest:
            message = f"the characters {stamp.span} of the text have the digest {found}; expected {stamp.digest}"
            yield Problem(stamp.location, f"{message}; `kg anchor` stamps it anew.")


def locate_passages(root: YamlMapping, text: str) -> list[LocatedPassage]:
    """Find every passage of a document in a text that may differ from the one it was anchored to."""
    return [locate_passage(stamp, text) for stamp in read_stamps(root).values()]


def locate_passage(stamp: PassageStamp, text: str) -> LocatedPassage:
    """Find one passage: where it was, or else by the words of its fragment; its digest tells whether it changed."""
    if digest(stamp.span.of(text)) == stamp.digest:
        return LocatedPassage(stamp, PassageState.IN_PLACE, (stamp.span,))
    near = find_fragment(text, stamp.fragment)
    same = [span for span in near if stamp.digest in _digests(span.of(text))]
    spans = tuple(same or near)
    if len(spans) == 1:
        return LocatedPassage(stamp, PassageState.MOVED if same else PassageState.CHANGED, spans)
    return LocatedPassage(stamp, PassageState.AMBIGUOUS if spans else PassageState.NOT_FOUND, spans)


def _digests(text: str) -> Iterator[str]:
    """Yield the digests of a text in its equivalent forms (UAX 15), and with the line ends of another system."""
    for form in (text, normalize("NFC", text), normalize("NFD", text)):
        yield digest(form)
        yield digest(form.replace("\r\n", "\n"))
