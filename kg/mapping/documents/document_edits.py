"""Edits of single keys and items of a mapping document, as edits of its text: all other bytes stay the same.

The parameter `written` is YAML on one line.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import MappingError, Problem
from kg.mapping.documents.text_edits import TextEdit
from kg.mapping.documents.yaml_document import MappingDocument, YamlList, YamlMapping, YamlNode, YamlText


class DocumentEdits:
    """Returns edits of one parsed document; after they are applied, the text has to be parsed again."""

    def __init__(self, document: MappingDocument) -> None:
        self._document, self._text = document, document.text

    def span_of(self, node: YamlNode) -> tuple[int, int]:
        """Return where a node begins and ends in the text, brackets included."""
        return self._document.start_of(node), self._end(node)

    def end_of_entry(self, mapping: YamlMapping, key: str) -> int:
        """Return where the value of a key ends, or where the key ends if it has no value."""
        return max(mapping.keys[key].end, self._end(mapping.nodes[key]))

    def set_value(self, mapping: YamlMapping, key: str, written: str) -> list[TextEdit]:
        """Return the edits that set the value of a key, in its place or as the last key."""
        if (value := mapping.nodes.get(key)) is not None:
            return [self._replacement(mapping.keys[key], value, written)]
        if mapping.flow:
            end = self._end(mapping) - 1
            if not mapping.nodes:
                return [TextEdit(end, end, f"{key}: {written}")]
            end = max(self._ends(mapping))
            return [TextEdit(end, end, f", {key}: {written}")]
        column = next(iter(mapping.keys.values())).location.column
        return [self._new_line(max(self._ends(mapping)), f"{' ' * (column - 1)}{key}: {written}")]

    def insert_after(self, mapping: YamlMapping, before: str, key: str, written: str) -> list[TextEdit]:
        """Return the edits that insert a key below another one, in a mapping in block style."""
        column = mapping.keys[before].location.column
        return [self._new_line(self.end_of_entry(mapping, before), f"{' ' * (column - 1)}{key}: {written}")]

    def remove_key(self, mapping: YamlMapping, key: str) -> list[TextEdit]:
        """Return the edits that remove a key with its value. Raises MappingError if it is the only key."""
        keys = [*mapping.keys]
        index = keys.index(key)
        if len(keys) == 1:
            raise self._unusual(mapping, f"`{key}` is the only key here")
        start, end = mapping.keys[key].start, self.end_of_entry(mapping, key)
        if index == 0:
            return [TextEdit(start, mapping.keys[keys[1]].start, "")]
        if mapping.flow:
            return [TextEdit(self.end_of_entry(mapping, keys[index - 1]), end, "")]
        return [TextEdit(self._line_start(start), self._document.next_line(end), "")]

    def append(self, parent: YamlMapping, key: str, written: str, after: Sequence[str] = ()) -> list[TextEdit]:
        """Return the edits that add an item to a key's list; a missing key is added after the keys `after`."""
        items = parent.nodes.get(key)
        if items is None or (isinstance(items, YamlText) and not items.value):
            return self._new_list(parent, key, written, after)
        if not isinstance(items, YamlList):
            start, end = self.span_of(items)
            single = " ".join(self._text[start:end].split("\n"))
            if isinstance(items, YamlMapping) and not items.flow:
                raise self._unusual(items, f"`{key}` holds one item without a dash before it")
            if parent.flow:
                return [TextEdit(start, end, f"[{single}, {written}]")]
            return [self._replacement(parent.keys[key], items, f"[{single}, {written}]")]
        if self._document.is_flow(items):
            last = max(self._ends(items), default=self._document.start_of(items) + 1)
            return [TextEdit(last, last, f", {written}" if items.nodes else written)]
        column = items.location.column
        return [self._new_line(self._end(items), f"{' ' * (column - 1)}- {written}")]

    def remove_item(self, parent: YamlMapping, key: str, index: int) -> list[TextEdit]:
        """Return the edits that remove an item of a key's list; the only item is removed with its key."""
        items = parent.nodes[key]
        if not isinstance(items, YamlList) or len(items.nodes) == 1:
            return self.remove_key(parent, key)
        start, end = self.span_of(items.nodes[index])
        if self._document.is_flow(items):
            if index == 0:
                return [TextEdit(start, self._document.start_of(items.nodes[1]), "")]
            return [TextEdit(self._end(items.nodes[index - 1]), end, "")]
        return [TextEdit(self._line_start(self._text.rindex("-", 0, start)), self._document.next_line(end), "")]

    def _new_list(self, parent: YamlMapping, key: str, written: str, after: Sequence[str]) -> list[TextEdit]:
        if parent.flow:
            return self.set_value(parent, key, written)
        newline = self._document.newline
        if key in parent.keys:
            end = self._document.next_line(parent.keys[key].end)
            return [TextEdit(parent.keys[key].start, end, f"{key}:{newline}  - {written}{newline}")]
        present = [self.end_of_entry(parent, name) for name in parent.keys if name in after]
        indent = " " * (next(iter(parent.keys.values())).location.column - 1)
        lines = f"{newline}{indent}{key}:{newline}{indent}  - {written}"
        return [self._new_line(max(present, default=max(self._ends(parent))), lines)]

    def _replacement(self, key: YamlText, value: YamlNode, written: str) -> TextEdit:
        start, end = self.span_of(value)
        if isinstance(value, YamlText) and start == end:  # a key without a value
            return TextEdit(key.end + 1, key.end + 1, f" {written}")
        if "\n" in self._text[key.end : start] and not isinstance(value, YamlText):
            return TextEdit(key.end + 1, end, f" {written}")
        return TextEdit(start, end, written)

    def _new_line(self, position: int, line: str) -> TextEdit:
        """Return the edit that inserts a line after the line of a position."""
        start = self._document.next_line(position)
        # The last line of a file may have no line end.
        gap = "" if self._text[:start].endswith("\n") else self._document.newline
        return TextEdit(start, start, f"{gap}{line}{self._document.newline}")

    def _end(self, node: YamlNode) -> int:
        if isinstance(node, YamlText):
            # The end of a block scalar includes its last line end.
            return node.start + len(self._text[node.start : node.end].rstrip("\r\n"))
        last = max(self._ends(node), default=self._document.start_of(node) + 1)
        return self._closing_bracket(last) + 1 if self._document.is_flow(node) else last

    def _ends(self, node: YamlList | YamlMapping) -> list[int]:
        if isinstance(node, YamlList):
            return [self._end(item) for item in node.nodes]
        return [self.end_of_entry(node, key) for key in node.keys]

    def _closing_bracket(self, position: int) -> int:
        """Return the position of a collection's closing bracket; only commas, spaces and comments come before it."""
        while self._text[position] not in "}]":
            if self._text[position] == "#":
                position = self._document.next_line(position)
            else:
                position += 1
        return position

    def _line_start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position) + 1

    def _unusual(self, node: YamlNode, what: str) -> MappingError:
        return MappingError([Problem(node.location, f"{what}: edit this by hand.")])
