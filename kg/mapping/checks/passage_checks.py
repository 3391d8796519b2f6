"""Checks of a document's passages: against their stamps, and against the characters of the text if it is available."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import Problem
from kg.mapping.documents.schema_check import shown
from kg.mapping.documents.yaml_document import YamlMapping, YamlText
from kg.mapping.passages.passage_digests import is_digest_of, passage_digest
from kg.mapping.passages.passage_stamps import PassageStamp, read_stamps
from kg.mapping.passages.text_spans import OFFSETS_PATTERN, TextSpan, paragraph_number, paragraph_starts
from kg.mapping.triples.document_triples import DocumentTriples


def passage_faults(document: DocumentTriples) -> Iterator[Problem]:
    """Yield a problem for every passage that is outside the text, empty, unstamped or unused; this needs no text."""
    root = document.document.root
    if "article" not in root.nodes:
        for text, _ in document.passages:
            message = "found a passage; expected none, as this document belongs to no article."
            yield Problem(text.location, message)
        return
    if missing := [key for key in ("digest", "length") if key not in root.nodes]:
        message = f"{' and '.join(missing)} of the text are missing here; `kg anchor` writes them."
        yield Problem(root.location, message)
    stamps = read_stamps(root)
    for text, span in document.passages:
        if expected := _expected_passage(text.value, span, _length(root), stamps):
            yield Problem(text.location, f"found {shown(text.value)}; expected {expected}.")
    yield from _unused_stamps(root, {span for _, span in document.passages if span})


def _length(root: YamlMapping) -> int | None:
    length = root.text_of("length")
    return int(length) if length else None


def _expected_passage(
    written: str, span: TextSpan | None, length: int | None, stamps: dict[TextSpan, PassageStamp]
) -> str:
    """Return what was expected instead of an invalid passage value, empty if it is valid."""
    if not OFFSETS_PATTERN.fullmatch(written):
        return "a passage START-END; `kg anchor` replaces the words by it"
    if span is None:
        return "a passage whose start is less than its end"
    if length is not None and span.end > length:
        return f"a passage inside the text, which has {length} characters"
    return "" if span in stamps else "a passage that is listed under `passages`; `kg anchor` lists it"


def _unused_stamps(root: YamlMapping, used: set[TextSpan]) -> Iterator[Problem]:
    block = root.nodes.get("passages")
    for key, text in block.keys.items() if isinstance(block, YamlMapping) else ():
        span = TextSpan.read(key)
        if span is None:
            yield Problem(text.location, f"the passage {key} is empty; expected a start that is less than its end.")
        elif span not in used:
            yield Problem(text.location, f"the passage {key} is stamped but not used; `kg anchor` removes it.")


def digest_faults(root: YamlMapping, text: str) -> Iterator[Problem]:
    """Yield a problem for a wrong length, and for every passage with another digest or in another paragraph."""
    length = root.nodes.get("length")
    if isinstance(length, YamlText) and int(length.value) != len(text):
        yield Problem(length.location, f"found the length {length.value}; the text has {len(text)} characters.")
    starts = paragraph_starts(text)
    for stamp in read_stamps(root).values():
        if not is_digest_of(stamp.digest, stamp.span, stamp.span.of(text), text):
            actual = passage_digest(text, stamp.span)
            message = f"the characters {stamp.span} of the text have the digest {actual}; expected {stamp.digest}"
            yield Problem(stamp.location, f"{message}; `kg anchor` updates it.")
        elif stamp.paragraph not in ("", str(actual_paragraph := paragraph_number(starts, stamp.span.start))):
            message = f"the passage {stamp.span} is in paragraph {actual_paragraph} of the text"
            yield Problem(stamp.location, f"{message}; expected {stamp.paragraph}; `kg anchor` updates it.")
