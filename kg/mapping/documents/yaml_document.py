"""The YAML of mapping documents: texts, lists and mappings, each with its location in the file.

YAML's own types, anchors, aliases, tags and streams of several documents are not supported: `no`, `0123`, `1.10` and
`2011-10-21` are text, and the JSON-LD context defines what a key means.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kg.errors import Location, MappingError, Problem
from kg.mapping.documents.yaml_traps import trap_at

MAX_FILE_BYTES = 10 * 1024 * 1024
"""The most bytes that a mapping document may have."""
MAX_YAML_NODES = 200_000
"""The most keys and values that a mapping document may have."""
MAX_NESTING_LEVELS = 30
"""The most levels of nested lists and mappings that a mapping document may have."""
FORBIDDEN_CHARACTERS = (
    re.compile("[\ufeff\t]"),
    re.compile("\0"),  # before other control characters: it means that the file is binary
    re.compile("[^\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"),
)
"""Characters that are not printable in YAML 1.2 (section 5.1), tabs and byte order marks, in order of search."""
FORBIDDEN_CHARACTER_NAMES = {
    "\ufeff": ("a byte order mark", "plain UTF-8 is expected"),
    "\t": ("a tab", "spaces indent a mapping document"),
    "\0": ("a NUL character", "plain UTF-8 is expected"),
}
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that only an escape can put into a value, and that RDF/XML, GraphML and GEXF cannot represent."""
OLD_LINE_ENDS = "\x85\u2028\u2029"
PRIVATE_USE_RANGE = (0xF0000, 0xFFFFE)
LINE_END = re.compile(r"\r\n?|\n")


class YamlText(NamedTuple):
    """A scalar; `start` and `end` are its code points in the file, quotation marks included."""

    location: Location
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class YamlList:
    """A list."""

    location: Location
    nodes: list[YamlNode] = field(default_factory=list)


@dataclass(frozen=True)
class YamlMapping:
    """A mapping; `keys` holds each key's own scalar."""

    location: Location
    flow: bool = False
    nodes: dict[str, YamlNode] = field(default_factory=dict)
    keys: dict[str, YamlText] = field(default_factory=dict)

    def text_of(self, key: str) -> str:
        """Return the text of a key, empty if it has none."""
        node = self.nodes.get(key)
        return node.value if isinstance(node, YamlText) else ""

    def texts_of(self, key: str) -> list[str]:
        """Return the texts of a key whose value may be one text or a list of them."""
        return [text.value for text in texts_in(self.nodes.get(key))]


YamlNode = YamlText | YamlList | YamlMapping


@dataclass(frozen=True)
class MappingDocument:
    """A file's unchanged text, and the mapping at its root."""

    file: Path
    text: str
    root: YamlMapping

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def value_of(self, key: str) -> str:
        """Return the text of a key at the root, empty if it has none."""
        return self.root.text_of(key)

    @property
    def newline(self) -> str:
        """Return the line end of the file."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def next_line(self, position: int) -> int:
        """Return the offset of the line after a position's line."""
        newline = self.text.find("\n", position)
        return len(self.text) if newline < 0 else newline + 1

    @cached_property
    def line_starts(self) -> list[int]:
        """Return the offset of each line; the last line is empty if the text ends with a line end."""
        return [0, *(match.end() for match in LINE_END.finditer(self.text))]

    def start_of(self, node: YamlNode) -> int:
        """Return the offset of a node."""
        if isinstance(node, YamlText):
            return node.start
        return self.line_starts[node.location.line - 1] + node.location.column - 1

    def is_flow(self, node: YamlNode) -> bool:
        """Return whether a list or mapping is written between brackets."""
        return self.text.startswith(("[", "{"), self.start_of(node))


def single_quoted(value: str) -> str:
    """Return a one-line text as a YAML scalar."""
    return "'" + value.replace("'", "''") + "'"


def texts_in(node: YamlNode | None) -> list[YamlText]:
    """Return the texts of a value that may be one text or a list of them."""
    nodes = node.nodes if isinstance(node, YamlList) else [node]
    return [text for text in nodes if isinstance(text, YamlText)]


def mappings_in(node: YamlNode | None) -> list[YamlMapping]:
    """Return the mappings of a value that may be one mapping or a list of them."""
    nodes = node.nodes if isinstance(node, YamlList) else [node]
    return [mapping for mapping in nodes if isinstance(mapping, YamlMapping)]


def texts_below(node: YamlNode, key: str = "") -> Iterator[tuple[str, YamlText]]:
    """Yield the texts at and below a node in file order, each with its key, which is `key` for those in no mapping."""
    if isinstance(node, YamlText):
        yield key, node
    elif isinstance(node, YamlList):
        for item in node.nodes:
            yield from texts_below(item, key)
    else:
        for inner_key, value in node.nodes.items():
            yield from texts_below(value, inner_key)


def mappings_below(node: YamlNode) -> Iterator[YamlMapping]:
    """Yield the mappings at and below a node, in file order."""
    if isinstance(node, YamlMapping):
        yield node
    if not isinstance(node, YamlText):
        for inner in node.nodes if isinstance(node, YamlList) else node.nodes.values():
            yield from mappings_below(inner)


def to_json(node: YamlNode) -> Any:  # noqa: ANN401 - JSON
    """Return a node as JSON, in which every scalar is text."""
    if isinstance(node, YamlText):
        return node.value
    if isinstance(node, YamlList):
        return [to_json(item) for item in node.nodes]
    return {key: to_json(value) for key, value in node.nodes.items()}


def load_document(file: Path) -> MappingDocument:
    """Read a mapping document. Raises MappingError if the file is not one."""
    return parse_document(file, read_text(file))


def read_text(file: Path) -> str:
    """Return a file's text with line ends unchanged. Raises MappingError if it is missing, too large or not UTF-8."""
    try:
        size = file.stat().st_size
        # Before the file is read: a huge one must not fill the memory.
        if size > MAX_FILE_BYTES:
            raise _fault(Location(file), f"the file has {size} bytes; a mapping document has at most {MAX_FILE_BYTES}")
        data = file.read_bytes()
    except OSError as error:
        raise _fault(Location(file), f"the file cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # The text before the byte is valid UTF-8, and gives its line and column.
        before = data[: error.start].decode("utf-8")
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file in the encoding UTF-8"
        raise _fault(_place(file, before, len(before)), message) from error


def parse_document(file: Path, text: str) -> MappingDocument:
    """Parse the text of a mapping document. Raises MappingError if the text is not one."""
    if forbidden := next(filter(None, (pattern.search(text) for pattern in FORBIDDEN_CHARACTERS)), None):
        raise _fault(_place(file, text, forbidden.start()), _forbidden_character(forbidden[0]))
    composer = _Composer(file, _replacements(text))
    try:
        composer.compose(text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, text, error) from error
    except yaml.reader.ReaderError as error:
        message = f"this is not YAML: a character that it does not allow ({error.reason})"
        raise _fault(_place(file, text, min(max(error.position, 0), len(text))), message) from error
    return MappingDocument(file, text, composer.finish())


def _not_yaml(file: Path, text: str, error: yaml.MarkedYAMLError) -> MappingError:
    """Return the fault of a text that is not YAML, with the correct spelling of what was meant if that is known."""
    # The parser reports this at the end of the file, where nobody would look for it.
    if error.context == "while scanning a quoted scalar" and error.context_mark:
        location = Location(file, error.context_mark.line + 1, error.context_mark.column + 1)
        return _fault(
            location, "the quotation mark that opens here is not closed; a value that begins with one must end with one"
        )
    location = _marked(file, error)
    if error.context == "while parsing a quoted scalar":
        rule = "between double quotes a backslash begins an escape; between single quotes it does not"
        return _fault(location, f"this is not YAML: {error.problem}; {rule}")
    line = LINE_END.split(text)[location.line - 1 :][:1]
    trap = trap_at(line[0], location.column - 1) if line else ""
    return _fault(location, trap or f"this is not YAML: {' '.join(filter(None, (error.context, error.problem)))}")


def _forbidden_character(character: str) -> str:
    name, expected = FORBIDDEN_CHARACTER_NAMES.get(
        character, (f"the character U+{ord(character):04X}", "YAML does not allow it")
    )
    return f"found {name}; {expected}"


def _replacements(text: str) -> dict[int, str]:
    """Return replacements for characters that are text in YAML 1.2 (section 5.4) but line ends in libyaml.

    libyaml reads YAML 1.1, in which U+0085, U+2028 and U+2029 end comments and are folded in values. A replacement
    occurs in the text neither literally nor as the number of an escape.
    """
    # Private-use characters that do not occur in the text, not even as escapes, so that they can be turned back later.
    present = [character for character in OLD_LINE_ENDS if character in text]
    lower = text.lower() if present else ""
    codes = (code for code in range(*PRIVATE_USE_RANGE) if chr(code) not in text and f"{code:x}" not in lower)
    return {ord(character): chr(next(codes)) for character in present}


class _Composer:
    """Builds nodes from the parser's events without recursion, so that deep nesting cannot exhaust the stack."""

    def __init__(self, file: Path, replacements: dict[int, str]) -> None:
        self.file, self.count = file, 0
        self.replacements, self.originals = replacements, {ord(new): old for old, new in replacements.items()}
        self.problems: list[Problem] = []
        self.outer: list[YamlList | YamlMapping | None] = []
        self.parent: YamlList | YamlMapping | None = None
        self.key: YamlText | None = None
        self.roots: list[YamlNode] = []

    def compose(self, text: str) -> None:
        # With nothing to replace, `translate` would look up each character in vain.
        for event in yaml.parse(text.translate(self.replacements) if self.replacements else text, yaml.CLoader):
            if isinstance(event, yaml.NodeEvent):
                self._compose_node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.parent = self.outer.pop()
            elif isinstance(event, yaml.DocumentStartEvent) and self.roots:
                raise _fault(self._where(event), "a second document starts here; a file holds one")

    def finish(self) -> YamlMapping:
        if self.problems:
            raise MappingError(self.problems)
        if not self.roots or (isinstance(self.roots[0], YamlText) and not self.roots[0].value):
            raise _fault(Location(self.file), "the file is empty; a mapping with its keys is expected")
        root = self.roots[0]
        if not isinstance(root, YamlMapping):
            kind = "a list" if isinstance(root, YamlList) else "text"
            raise _fault(root.location, f"found {kind} at the top; a mapping with its keys is expected")
        return root

    def _compose_node(self, event: yaml.NodeEvent) -> None:
        self.count += 1
        location = self._where(event)
        # During reading, since nodes take many times the memory of their text.
        if self.count > MAX_YAML_NODES:
            raise _fault(
                location, f"there are more than {MAX_YAML_NODES} keys and values; this is not the mapping of an article"
            )
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            raise _fault(location, _unsupported(event))
        if isinstance(event, yaml.ScalarEvent):
            value = event.value.translate(self.originals) if self.originals else event.value
            # One of them in one name would make the whole store impossible to export as XML.
            if forbidden := NOT_IN_XML.search(value):
                raise _fault(location, f"found the character U+{ord(forbidden[0]):04X}; XML does not allow it")
            start, end = event.start_mark, event.end_mark
            self._place(YamlText(location, value, start.index, end.index))  # type: ignore[union-attr]  # as in _where
        elif isinstance(event, yaml.SequenceStartEvent):
            self._enter(YamlList(location))
        elif isinstance(event, yaml.MappingStartEvent):
            self._enter(YamlMapping(location, flow=bool(event.flow_style)))

    def _enter(self, node: YamlList | YamlMapping) -> None:
        if len(self.outer) >= MAX_NESTING_LEVELS:
            raise _fault(node.location, f"lists and mappings are nested more than {MAX_NESTING_LEVELS} deep")
        self._place(node)
        self.outer.append(self.parent)
        self.parent = node

    def _place(self, node: YamlNode) -> None:
        parent, key = self.parent, self.key
        if isinstance(parent, YamlMapping):
            if key is not None:
                self._add(parent, key, node)
                self.key = None
            elif isinstance(node, YamlText):
                self.key = node
            else:
                raise _fault(node.location, "found a list or mapping in the place of a key")
        elif parent is not None:
            parent.nodes.append(node)
        else:
            self.roots.append(node)

    def _add(self, parent: YamlMapping, key: YamlText, node: YamlNode) -> None:
        # YAML does not define which of two equal keys counts: one would be lost silently.
        if key.value not in parent.nodes:
            parent.keys[key.value], parent.nodes[key.value] = key, node
            return
        first = parent.keys[key.value].location.line
        location = key.location._replace(key=_path(key.location.key, key.value))
        # Collected while reading continues: all repeated keys of a file are reported together.
        self.problems.append(Problem(location, f"the key {key.value!r} is repeated; line {first} has it already."))

    def _where(self, event: yaml.Event) -> Location:
        mark, parent = event.start_mark, self.parent
        path = "" if parent is None else parent.location.key
        if isinstance(parent, YamlList):
            path = f"{path}[{len(parent.nodes)}]"
        elif self.key is not None:
            path = _path(path, self.key.value)
        return Location(self.file, mark.line + 1, mark.column + 1, path)  # type: ignore[union-attr]  # libyaml marks all


def _path(path: str, key: str) -> str:
    return f"{path}.{key}" if path and key else path or key


def _unsupported(event: yaml.NodeEvent) -> str:
    # Aliases of aliases could expand a small file to any size.
    if isinstance(event, yaml.AliasEvent):
        return f"found the alias *{event.anchor}; a mapping document has none"
    if event.anchor is not None:
        return f"found the anchor &{event.anchor}; a mapping document has none"
    return f"found the tag {getattr(event, 'tag', '')}; every value is text, and the key gives it its type"


def _fault(location: Location, message: str) -> MappingError:
    return MappingError([Problem(location, f"{message}.")])


def _place(file: Path, text: str, index: int) -> Location:
    ends = [line_end.end() for line_end in LINE_END.finditer(text, 0, index)]
    return Location(file, len(ends) + 1, index - (ends[-1] if ends else 0) + 1)


def _marked(file: Path, error: yaml.MarkedYAMLError) -> Location:
    mark = error.problem_mark or error.context_mark
    return Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
