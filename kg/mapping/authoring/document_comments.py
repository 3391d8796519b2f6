"""The comments of a mapping document, each with the block entry that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.mapping.documents.yaml_document import LINE_END, MappingDocument, YamlList, YamlMapping, YamlNode, YamlText

COMMENT = re.compile(r"(?:(?<=[\s])|\A)#[^\r\n]*")
BEFORE_COMMENT = re.compile(r"[ -]*")
"""What a line may have before a comment on what follows: indentation, and the dashes of list items."""


@dataclass
class EntryComments:
    """The comments and empty lines before an entry, and the comment after it on its line."""

    before: list[str] = field(default_factory=list)
    after: str = ""


@dataclass
class DocumentComments:
    """The lines before the first entry, the comments of each entry by its offset, and the lines after the last."""

    head: list[str]
    entries: dict[int, EntryComments]
    tail: list[str]


def comments_of(document: MappingDocument) -> DocumentComments:
    """Return the comments and empty lines of a document."""
    # A key and the item that it begins are one entry.
    starts = sorted({*_entries(document.root, document)})
    comments = DocumentComments([], {start: EntryComments() for start in starts}, [])
    scalars = sorted((text.start, text.end) for text in texts_of(document.root))
    for line_start, line in zip(document.line_starts, LINE_END.split(document.text), strict=True):
        offset = _comment_offset(line, line_start, scalars)
        stripped = line.strip()
        if stripped and offset is None:
            continue
        if not stripped and any(start < line_start < end for start, end in scalars):
            continue  # an empty line of a text
        is_own = not stripped or (offset is not None and bool(BEFORE_COMMENT.fullmatch(line[: offset - line_start])))
        content = line[offset - line_start :].rstrip() if offset is not None else ""
        _add(comments, starts, line_start if offset is None else offset, content, is_own=is_own)
    return comments


def _add(comments: DocumentComments, starts: list[int], offset: int, content: str, *, is_own: bool) -> None:
    before = [start for start in starts if start <= offset]
    following = next((start for start in starts if start > offset), None)
    if is_own and not before:
        comments.head.append(content)
    elif is_own and following is None:
        comments.tail.append(content)
    elif is_own and following is not None:
        comments.entries[following].before.append(content)
    elif not before:
        comments.head.append(content)
    elif comments.entries[before[-1]].after:
        comments.entries[before[-1]].before.append(content)
    else:
        comments.entries[before[-1]].after = content


def _comment_offset(line: str, line_start: int, scalars: list[tuple[int, int]]) -> int | None:
    """Return where the comment of a line begins, None if it has none; a `#` inside a text begins no comment."""
    for match in COMMENT.finditer(line):
        offset = line_start + match.start()
        if not any(start <= offset < end for start, end in scalars):
            return offset
    return None


def _entries(node: YamlNode, document: MappingDocument) -> Iterator[int]:
    """Yield the offset of each key and item of a block."""
    if isinstance(node, YamlText) or document.is_flow(node):
        return
    if isinstance(node, YamlList):
        for item in node.nodes:
            yield document.start_of(item)
            if isinstance(item, YamlMapping):  # a list in a list is written between brackets
                yield from _entries(item, document)
        return
    for key, value in node.nodes.items():
        yield node.keys[key].start
        yield from _entries(value, document)


def texts_of(node: YamlNode) -> Iterator[YamlText]:
    """Yield every text at and below a node, keys included."""
    if isinstance(node, YamlText):
        yield node
    elif isinstance(node, YamlList):
        for item in node.nodes:
            yield from texts_of(item)
    elif isinstance(node, YamlMapping):
        for key, value in node.nodes.items():
            yield node.keys[key]
            yield from texts_of(value)
