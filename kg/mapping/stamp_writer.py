"""The stamps of a mapping document, written into its text in place: comments and layout stay as they are."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.errors import MappingError, Problem
from kg.mapping.source_texts import SourceText
from kg.mapping.text_fragments import text_fragment
from kg.mapping.text_spans import TextSpan, digest
from kg.mapping.yaml_document import MappingDocument, YamlList, YamlNode, YamlText, parse_document


@dataclass(frozen=True, order=True)
class _Edit:
    start: int
    end: int
    new: str


def stamped(document: MappingDocument, values: Iterable[tuple[YamlText, TextSpan]], source: SourceText) -> str:
    """Return a document's text with each passage value as offsets, and `digest`, `length` and `passages` written.

    MappingError where the layout leaves no place for them.
    """
    found = [*values]
    edits = [_replaced(document, value, str(span)) for value, span in found]
    edits += _of_the_text(document, {"digest": source.digest, "length": str(len(source.text))})
    edits.append(_passages(document, sorted({span for _, span in found}), source.text))
    new = _applied(document.text, edits)
    _check(document, new)
    return new


def write(file: Path, text: str) -> None:
    """Replace a file in one step, keeping its mode; a link keeps leading to it."""
    target = file.resolve()
    with tempfile.NamedTemporaryFile("wb", dir=target.parent, delete=False) as new:
        new.write(text.encode())
    Path(new.name).chmod(stat.S_IMODE(target.stat().st_mode))
    Path(new.name).replace(target)


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    pieces, position = [], 0
    for edit in sorted(edits):
        pieces += [text[position : edit.start], edit.new]
        position = edit.end
    return "".join([*pieces, text[position:]])


def _replaced(document: MappingDocument, value: YamlText, new: str) -> _Edit:
    if value.value == new:
        return _Edit(value.start, value.start, "")
    block = document.text[value.start : value.end].endswith("\n")
    return _Edit(value.start, value.end, new + _newline(document) if block else new)


def _of_the_text(document: MappingDocument, stamps: dict[str, str]) -> list[_Edit]:
    root = document.root
    old = {key: node for key in stamps if isinstance(node := root.nodes.get(key), YamlText)}
    edits = [_replaced(document, node, stamps[key]) for key, node in old.items()]
    missing = "".join(_line(document, f"{key}: {value}") for key, value in stamps.items() if key not in root.nodes)
    after = _line_end(document, "article")
    gap = "" if document.text[:after].endswith("\n") else _newline(document)
    return [*edits, _Edit(after, after, gap + missing)]


def _passages(document: MappingDocument, spans: list[TextSpan], text: str) -> _Edit:
    lines = [_line(document, "passages:" if spans else "passages: {}")]
    for span in spans:
        entry = f'{{digest: {digest(span.of(text))}, fragment: "{text_fragment(text, span)}"}}'
        lines.append(_line(document, f"  {span}: {entry}"))
    new = "".join(lines)
    key = document.root.keys.get("passages")
    if key is None:
        end = len(document.text)
        gap = "" if document.text.endswith("\n") else _newline(document)
        return _Edit(end, end, gap + new)
    start = document.text.rfind("\n", 0, key.start) + 1
    return _Edit(start, _line_end(document, "passages"), new)


def _line(document: MappingDocument, content: str) -> str:
    indent = " " * (document.root.keys["article"].location.column - 1)
    return f"{indent}{content}{_newline(document)}"


def _newline(document: MappingDocument) -> str:
    return "\r\n" if "\r\n" in document.text else "\n"


def _line_end(document: MappingDocument, key: str) -> int:
    """Return where the line after the last scalar of a key at the root begins."""
    root = document.root
    newline = document.text.find("\n", max(root.keys[key].end, _last(root.nodes[key])))
    return len(document.text) if newline < 0 else newline + 1


def _last(node: YamlNode) -> int:
    if isinstance(node, YamlText):
        return node.end
    inner = node.nodes if isinstance(node, YamlList) else list(node.nodes.values())
    return max((_last(each) for each in inner), default=0)


def _check(document: MappingDocument, new: str) -> None:
    try:
        if set(parse_document(document.file, new).root.nodes) >= set(document.root.nodes):
            return
    except MappingError:
        pass  # reported below, in terms of what the author can change
    expected = "take `passages` out, and write the keys around it one a line"
    message = f"the stamps cannot be written into this layout; expected another: {expected}."
    raise MappingError([Problem(document.root.location, message)])
