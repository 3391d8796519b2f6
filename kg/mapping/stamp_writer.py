"""Writes offsets and stamps into the text of a mapping document; comments and layout stay unchanged."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import MappingError, Problem
from kg.mapping.passage_digests import passage_digest
from kg.mapping.source_texts import SourceText
from kg.mapping.text_fragments import text_fragments
from kg.mapping.text_spans import TextSpan
from kg.mapping.yaml_document import MappingDocument, YamlList, YamlNode, YamlText, parse_document


@dataclass(frozen=True, order=True)
class TextEdit:
    """Replaces the text between two offsets."""

    start: int
    end: int
    replacement: str


def with_stamps(document: MappingDocument, values: Sequence[tuple[YamlText, TextSpan]], source: SourceText) -> str:
    """Return a document's text with each passage value as offsets, and with `digest`, `length` and `passages`.

    Raises MappingError if the document's layout has no place for them.
    """
    edits = [_value_edit(document, value, str(span)) for value, span in values]
    edits += _header_edits(document, {"digest": source.digest, "length": str(len(source.text))})
    # Sorted, so that the same passages are the same bytes whoever stamps them.
    edits.append(_passages_edit(document, sorted({span for _, span in values}), source.text))
    new_text = apply_edits(document.text, edits)
    _require_all_keys(document, new_text)
    return new_text


def replace_file(file: Path, text: str) -> None:
    """Replace a file's content atomically, keeping its mode; a symbolic link stays one."""
    target = file.resolve()
    # In the same folder, since a file is renamed in one step within one file system only.
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as new:
        new.write(text.encode())
    Path(new.name).chmod(stat.S_IMODE(target.stat().st_mode))
    Path(new.name).replace(target)


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Return a text with edits that do not overlap."""
    pieces, position = [], 0
    for edit in sorted(edits):
        pieces += [text[position : edit.start], edit.replacement]
        position = edit.end
    return "".join([*pieces, text[position:]])


def _value_edit(document: MappingDocument, value: YamlText, new: str) -> TextEdit:
    if value.value == new:
        return TextEdit(value.start, value.start, "")
    # A block scalar's end includes its last line end, which has to stay.
    is_block = document.text[value.start : value.end].endswith("\n")
    return TextEdit(value.start, value.end, new + document.newline if is_block else new)


def _header_edits(document: MappingDocument, stamps: dict[str, str]) -> list[TextEdit]:
    """Return the edits that change the stamps at the root, and insert missing ones after the line `article`."""
    root = document.root
    existing = {key: node for key in stamps if isinstance(node := root.nodes.get(key), YamlText)}
    edits = [_value_edit(document, node, stamps[key]) for key, node in existing.items()]
    missing = "".join(_line(document, f"{key}: {value}") for key, value in stamps.items() if key not in root.nodes)
    position = _next_line(document, "article")
    gap = "" if document.text[:position].endswith("\n") else document.newline
    return [*edits, TextEdit(position, position, gap + missing)]


def _passages_edit(document: MappingDocument, spans: list[TextSpan], text: str) -> TextEdit:
    lines = [_line(document, "passages:" if spans else "passages: {}")]
    fragments = text_fragments(text, spans)
    for span in spans:
        fragment = f', fragment: "{fragments[span]}"' if span in fragments else ""
        lines.append(_line(document, f"  {span}: {{digest: {passage_digest(text, span)}{fragment}}}"))
    block = "".join(lines)
    key = document.root.keys.get("passages")
    if key is None:
        end = len(document.text)
        gap = "" if document.text.endswith("\n") else document.newline
        return TextEdit(end, end, gap + block)
    start = document.text.rfind("\n", 0, key.start) + 1
    return TextEdit(start, _next_line(document, "passages"), block)


def _line(document: MappingDocument, content: str) -> str:
    indent = " " * (document.root.keys["article"].location.column - 1)
    return f"{indent}{content}{document.newline}"


def _next_line(document: MappingDocument, key: str) -> int:
    """Return the offset of the line after the last text of a key at the root."""
    root = document.root
    return document.next_line(max(root.keys[key].end, _end(root.nodes[key])))


def _end(node: YamlNode) -> int:
    if isinstance(node, YamlText):
        return node.end
    inner = node.nodes if isinstance(node, YamlList) else list(node.nodes.values())
    return max((_end(child) for child in inner), default=0)


def _require_all_keys(document: MappingDocument, new_text: str) -> None:
    """Raise MappingError if the edits have broken the document, as they can in unusual layouts."""
    try:
        if set(parse_document(document.file, new_text).root.nodes) >= set(document.root.nodes):
            return
    except MappingError:
        pass  # reported below, in terms of what the author can change
    hint = "remove `passages`, and write the keys around it one a line"
    message = f"the stamps cannot be written into this layout; {hint}."
    raise MappingError([Problem(document.root.location, message)])
