"""`kg format`: writes a mapping document in a stable order and layout, with its comments, so that diffs are readable.

Keys are in the schema's order, items in the author's; brackets stay brackets, on one line. Values are unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.durable_files import replace_content
from kg.errors import MappingError, Problem
from kg.mapping.authoring.document_comments import DocumentComments, EntryComments, comments_of
from kg.mapping.documents.key_order import HEAD_KEYS, document_kind, properties_of
from kg.mapping.documents.mapping_vocabulary import Json, read_json_schema
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlText,
    load_document,
    parse_document,
    single_quoted,
    to_json,
)
from kg.mapping.passages.text_spans import TextSpan
from kg.shipped_files import ontology_folder

INDENT = 2
"""Spaces by which a list is indented below its key, and the keys of an item below its dash."""
IN_FLOW = re.compile(r"[^\s,\[\]{}#&*!|>'\"%@`?:-](?:[^,\[\]{}#:]|:(?=[^\s,\[\]{}]))*")
"""A text without quotation marks that means the same between brackets as in a block."""
LAST_KEY = "passages"
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}


def format_document(document: Path, *, write: bool) -> bool:
    """Format a document in place and return whether that changes it; without `write`, return whether it would.

    Raises MappingError if it is not a mapping document, or if its layout is too unusual to be kept in full.
    """
    loaded = load_document(document)
    formatted = formatted_text(loaded, read_json_schema(ontology_folder()))
    if write and formatted != loaded.text:
        replace_content(document, formatted)
    return formatted != loaded.text


def formatted_text(document: MappingDocument, schema: Json) -> str:
    """Return a document's text in stable order and layout. Raises MappingError if something would be lost."""
    comments = comments_of(document)
    printer = _Printer(document, comments, schema)
    definition = schema["$defs"][document_kind(document.root)]
    lines = [*comments.head, *printer.root(document.root, definition), *comments.tail]
    text = "\n".join(_without_extra_gaps(lines)) + "\n"
    # The author's work is at stake: a result that would lose any of it is refused rather than written.
    _require_same(document, text)
    return text


def _without_extra_gaps(lines: list[str]) -> Iterator[str]:
    """Yield lines with at most one empty line in a row, and none at either end."""
    gap, has_begun = False, False
    for line in lines:
        if not line:
            gap = has_begun
            continue
        if gap:
            yield ""
        yield line
        gap, has_begun = False, True


class _Printer:
    """Writes nodes as lines, with their comments."""

    def __init__(self, document: MappingDocument, comments: DocumentComments, schema: Json) -> None:
        self.document, self.comments, self.schema = document, comments, schema

    def root(self, root: YamlMapping, definition: Json) -> Iterator[str]:
        if root.flow:
            yield self._inline(root, definition, is_root=True)
            return
        for number, key in enumerate(self._keys(root, definition, is_root=True)):
            # An empty line before each section keeps long documents readable.
            if number and self._is_block(root.nodes[key]):
                yield ""  # a section
            comments = self._comments(root.keys[key].start)
            yield from comments.before
            yield from self._entry(root, key, definition, 0, "", comments.after)

    def _keys(self, node: YamlMapping, definition: Json, *, is_root: bool = False) -> list[str]:
        return _ordered_keys(node, properties_of(self.schema, definition), is_root=is_root)

    def _comments(self, offset: int) -> EntryComments:
        """Return and remove the comments of an entry, so that they are written once."""
        return self.comments.entries.pop(offset, EntryComments())

    def _is_block(self, node: YamlNode) -> bool:
        return not isinstance(node, YamlText) and bool(node.nodes) and not self.document.is_flow(node)

    def _entry(  # noqa: PLR0913, PLR0917 -- what a line is made of
        self, parent: YamlMapping, key: str, definition: Json, indent: int, start: str, after: str
    ) -> Iterator[str]:
        """Yield the lines of a key of a block with its value; `start` replaces the indentation."""
        value, inner = parent.nodes[key], properties_of(self.schema, definition).get(key, {})
        name = f"{start or ' ' * indent}{self._scalar(parent.keys[key], in_block=True)}:"
        if not self._is_block(value):
            written = self._inline(value, inner, in_block=True)
            yield _with_comment(f"{name} {written}", after)
            return
        yield _with_comment(name, after)
        if isinstance(value, YamlMapping):
            yield from self._mapping(value, inner, indent + INDENT, "", [])
        elif isinstance(value, YamlList):
            yield from self._list(value, inner, indent + INDENT)

    def _mapping(
        self, node: YamlMapping, definition: Json, indent: int, start: str, before: list[str]
    ) -> Iterator[str]:
        """Yield a mapping in a block; if `start` is the dash of a list's item, the comments come before it."""
        for number, key in enumerate(self._keys(node, definition)):
            comments = self._comments(node.keys[key].start)
            is_first_of_item = number == 0 and bool(start)
            column = indent - INDENT if is_first_of_item else indent
            lines = [*(before if number == 0 else []), *comments.before]
            yield from _indented(lines, column, is_first=number == 0 and not start)
            yield from self._entry(node, key, definition, indent, start if is_first_of_item else "", comments.after)

    def _list(self, node: YamlList, definition: Json, indent: int) -> Iterator[str]:
        dash = f"{' ' * indent}- "
        for number, item in enumerate(node.nodes):
            if isinstance(item, YamlMapping) and self._is_block(item):
                lines = [*self._mapping(item, definition, indent + INDENT, dash, self._first(item))]
                yield from lines[next((at for at, line in enumerate(lines) if line), 0) :] if number == 0 else lines
                continue
            comments = self._comments(self.document.start_of(item))
            yield from _indented(comments.before, indent, is_first=number == 0)
            yield _with_comment(f"{dash}{self._inline(item, definition, in_block=True)}", comments.after)

    def _first(self, item: YamlMapping) -> list[str]:
        """Return and remove the lines before an item, listed under its first key: they stay before the item."""
        first = min(key.start for key in item.keys.values())
        comments = self.comments.entries.get(first, EntryComments())
        # Removed, or the first key would write them again.
        lines, comments.before = comments.before, []
        return lines

    def _inline(self, node: YamlNode, definition: Json, *, in_block: bool = False, is_root: bool = False) -> str:
        if isinstance(node, YamlText):
            return self._scalar(node, in_block=in_block)
        if isinstance(node, YamlList):
            return f"[{', '.join(self._inline(item, definition) for item in node.nodes)}]"
        properties = properties_of(self.schema, definition)
        keys = self._keys(node, definition, is_root=is_root)
        pairs = (
            f"{self._scalar(node.keys[key])}: {self._inline(node.nodes[key], properties.get(key, {}))}" for key in keys
        )
        return "{" + ", ".join(pairs) + "}"

    def _scalar(self, text: YamlText, *, in_block: bool = False) -> str:
        """Return a text as a scalar on one line, quoted where it would otherwise mean something else."""
        # As the author wrote it, wherever that means the same on one line.
        written = self.document.text[text.start : text.end].strip(" ")
        is_quoted = written[:1] in {"'", '"'}
        if written and not re.search(r"[\r\n]", written) and (is_quoted or in_block or IN_FLOW.fullmatch(written)):
            return written
        if "\n" in text.value or re.search(r"[\x85\u2028\u2029]", text.value):
            return '"' + "".join(ESCAPES.get(character, character) for character in text.value) + '"'
        return single_quoted(text.value)


def _indented(lines: list[str], indent: int, *, is_first: bool) -> Iterator[str]:
    """Yield comments at a column, without empty lines before them at the beginning of a block."""
    begins = is_first
    for line in lines:
        if line or not begins:
            yield f"{' ' * indent}{line}" if line else ""
        begins = begins and not line


def _with_comment(line: str, comment: str) -> str:
    return f"{line}  {comment}" if comment else line


def _require_same(document: MappingDocument, text: str) -> None:
    """Raise MappingError if a formatted document has other content, or lacks a comment."""
    try:
        new = parse_document(document.file, text)
        if to_json(new.root) == to_json(document.root) and _comments_in(new) == _comments_in(document):
            return
    except MappingError:
        pass  # reported below, in terms of what the author can change
    message = "the layout is too unusual to be formatted; write keys one a line, and comments on lines of their own."
    raise MappingError([Problem(document.root.location, message)])


def _comments_in(document: MappingDocument) -> list[str]:
    """Return the comments of a document, sorted, since a key's comments move with it."""
    comments = comments_of(document)
    of_entries = (line for entry in comments.entries.values() for line in (*entry.before, entry.after))
    return sorted(filter(None, (*comments.head, *of_entries, *comments.tail)))


def _ordered_keys(node: YamlMapping, properties: Json, *, is_root: bool) -> list[str]:
    """Return the keys of a mapping in order: passages by offset, unknown keys last, as written."""
    known = [*properties]
    if is_root:
        known = [*HEAD_KEYS, *(key for key in known if key not in {*HEAD_KEYS, LAST_KEY}), LAST_KEY]
    rank = {key: number for number, key in enumerate(known)}
    if not rank and node.nodes and all(TextSpan.read(key) for key in node.nodes):
        return sorted(node.nodes, key=lambda key: (TextSpan.read(key), key))
    # Unknown keys come before `passages`, which stays last.
    last = len(rank) - 1 if is_root else len(rank)
    return sorted(node.nodes, key=lambda key: rank.get(key, last - 0.5))
