"""Writes offsets and stamps into the text of a mapping document; comments and layout stay unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.errors import MappingError, Problem
from kg.mapping.documents.document_edits import DocumentEdits
from kg.mapping.documents.text_edits import TextEdit, apply_edits
from kg.mapping.documents.yaml_document import MappingDocument, YamlText, parse_document
from kg.mapping.passages.passage_digests import passage_digest
from kg.mapping.passages.source_texts import SourceText
from kg.mapping.passages.text_fragments import text_fragments
from kg.mapping.passages.text_spans import TextSpan, paragraph_number, paragraph_starts


def with_stamps(document: MappingDocument, values: Sequence[tuple[YamlText, TextSpan]], source: SourceText) -> str:
    """Return a document's text with passage values replaced by offsets, and with `digest`, `length` and `passages`.

    Raises MappingError if the document's layout has no place for them.
    """
    edits = [_value_edit(document, value, str(span)) for value, span in values]
    edits += _header_edits(document, {"digest": source.digest, "length": str(len(source.text))})
    # Sorted, so that the same passages always give the same bytes.
    edits.append(_passages_edit(document, sorted({span for _, span in values}), source.text))
    new_text = apply_edits(document.text, edits)
    # Parsed again rather than trusted: an author's layout may be one that nobody thought of.
    _require_all_keys(document, new_text)
    return new_text


def _value_edit(document: MappingDocument, value: YamlText, new: str) -> TextEdit:
    if value.value == new:
        return TextEdit(value.start, value.start, "")
    # The range of a block scalar includes its last line end, which has to stay.
    is_block = document.text[value.start : value.end].endswith("\n")
    return TextEdit(value.start, value.end, new + document.newline if is_block else new)


def _header_edits(document: MappingDocument, stamps: dict[str, str]) -> Iterator[TextEdit]:
    """Yield the edits that change the stamps at the root, and insert missing ones after the line `article`."""
    root, edits = document.root, DocumentEdits(document)
    for key, value in stamps.items():
        if key not in root.nodes:
            yield from edits.insert_after(root, "article", key, value)
        elif document.value_of(key) != value:
            yield from edits.set_value(root, key, value)


def _passages_edit(document: MappingDocument, spans: list[TextSpan], text: str) -> TextEdit:
    lines = [_line(document, "passages:" if spans else "passages: {}")]
    fragments, starts = text_fragments(text, spans), paragraph_starts(text)
    for span in spans:
        fragment = f', fragment: "{fragments[span]}"' if span in fragments else ""
        stamp = f"digest: {passage_digest(text, span)}, paragraph: {paragraph_number(starts, span.start)}{fragment}"
        lines.append(_line(document, f"  {span}: {{{stamp}}}"))
    block = "".join(lines)
    key = document.root.keys.get("passages")
    if key is None:
        end = len(document.text)
        gap = "" if document.text.endswith("\n") else document.newline
        return TextEdit(end, end, gap + block)
    start = document.text.rfind("\n", 0, key.start) + 1
    end = DocumentEdits(document).end_of_entry(document.root, "passages")
    return TextEdit(start, document.next_line(end), block)


def _line(document: MappingDocument, content: str) -> str:
    indent = " " * (document.root.keys["article"].location.column - 1)
    return f"{indent}{content}{document.newline}"


def _require_all_keys(document: MappingDocument, new_text: str) -> None:
    """Raise MappingError if the edits broke the document, as they can in unusual layouts."""
    try:
        if set(parse_document(document.file, new_text).root.nodes) >= set(document.root.nodes):
            return
    except MappingError:
        pass  # reported below, in terms of what the author can change
    hint = "remove `passages`, and write the keys around it one a line"
    message = f"the stamps cannot be written into this layout; {hint}."
    raise MappingError([Problem(document.root.location, message)])
