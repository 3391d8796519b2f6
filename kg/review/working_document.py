"""A mapping document while it is being changed: parsed again after each edit, so that positions are always right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import RequestError
from kg.mapping.authoring.anchoring import passage_values
from kg.mapping.authoring.new_document import stamped_document
from kg.mapping.documents.document_edits import DocumentEdits
from kg.mapping.documents.key_order import HEAD_KEYS, SECTIONS
from kg.mapping.documents.text_edits import TextEdit, apply_edits
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlText,
    parse_document,
    read_text,
)
from kg.mapping.passages.source_texts import SourceText
from kg.mapping.passages.text_spans import TextSpan
from kg.review.review_items import LocatedItem, located_items


@dataclass(frozen=True)
class Reference:
    """An identifier in an item, with the mapping and key that contain it."""

    item: LocatedItem
    parents: tuple[tuple[YamlMapping, str], ...]
    """The mappings from the item's own inwards, each with the key of the next."""
    value: YamlText
    position: int | None
    """Its index in the list of the innermost key, or None if the key has a single value."""

    @property
    def mapping(self) -> YamlMapping:
        """Return the innermost mapping."""
        return self.parents[-1][0]

    @property
    def key(self) -> str:
        """Return the innermost key."""
        return self.parents[-1][1]


class WorkingDocument:
    """The text of a document that is changed edit by edit."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text
        self.beside: dict[Path, WorkingDocument] = {}
        """Other documents that the change also affects, by file."""

    @cached_property
    def document(self) -> MappingDocument:
        """Return the parsed document in its current state."""
        return parse_document(self.file, self.text)

    @property
    def edits(self) -> DocumentEdits:
        """Return an editor for the current document."""
        return DocumentEdits(self.document)

    def apply(self, edits: list[TextEdit]) -> None:
        """Apply edits made for the current document."""
        # Parsed again when next needed: every position after an edit has moved.
        self.text = apply_edits(self.text, edits)
        self.__dict__.pop("document", None)

    def other(self, file: Path) -> WorkingDocument:
        """Return the current state of a document that the change also affects, which may be this one."""
        file = file.resolve()
        if file == self.file.resolve():
            return self
        if file not in self.beside:
            self.beside[file] = WorkingDocument(file, read_text(file))
        return self.beside[file]

    def item(self, key: str) -> LocatedItem:
        """Return an item. Raises RequestError if there is none with that key."""
        item = located_items(self.document).get(key)
        if item is None:
            raise RequestError(f"There is no item {key!r} in {self.file.name}: somebody may have removed it.")
        return item

    def items(self) -> dict[str, LocatedItem]:
        """Return all items by key."""
        return located_items(self.document)

    def key_at(self, section: str, index: int) -> str:
        """Return the key of an item by its place in its section."""
        return next(key for key, item in self.items().items() if (item.section, item.index) == (section, index))

    def set(self, key: str, name: str, yaml: str) -> None:
        """Set the value of an item's key."""
        self.apply(self.edits.set_value(self.item(key).node, name, yaml))

    def unset(self, key: str, name: str) -> None:
        """Remove a key of an item if present."""
        node = self.item(key).node
        if name in node.nodes:
            self.apply(self.edits.remove_key(node, name))

    def remove(self, key: str) -> None:
        """Remove an item."""
        item = self.item(key)
        self.apply(self.edits.remove_item(self.document.root, item.section, item.index))

    def append(self, section: str, yaml: str) -> None:
        """Add an item to a section, creating the section if it is missing."""
        # The keys that a new section follows, in the usual order of documents.
        after = [*HEAD_KEYS, *SECTIONS[: SECTIONS.index(section)]]
        self.apply(self.edits.append(self.document.root, section, yaml, after))

    def references(self, identifier: str, *, outside: str = "") -> Iterator[Reference]:
        """Yield the references to an identifier in items, except in the item `outside`."""
        for item in self.items().values():
            if item.key != outside:
                yield from _references_in(item, item.node, (), identifier)

    def replace(self, reference: Reference, yaml: str) -> None:
        """Replace a reference with other YAML."""
        self.apply([TextEdit(*self.edits.span_of(reference.value), yaml)])

    def restamp(self, source: SourceText | None) -> None:
        """Rewrite the stamps if passages were added or removed. Raises RequestError without the article's text."""
        values = passage_values(self.document.root)
        spans = {value.value for value in values}
        stamps = self.document.root.nodes.get("passages")
        # Most changes add no passages, and then the article's text is not needed.
        if isinstance(stamps, YamlMapping) and spans == {*stamps.nodes}:
            return
        if source is None:
            raise RequestError(f"The text of {self.file.name} is not at hand, without which no passage can be changed.")
        if faulty := next((span for span in spans if TextSpan.read(span) is None), None):
            raise RequestError(f"The passage {faulty!r} is not in the text: run `kg anchor` first.")
        # The document is parsed again later, as in `apply`, since stamps move the text after them.
        self.text = stamped_document(self.text, self.file, source)
        self.__dict__.pop("document", None)

    def remove_unused_stamps(self) -> None:
        """Remove the stamps of passages that no longer exist, which does not need the article's text."""
        spans = {value.value for value in passage_values(self.document.root)}
        while isinstance(stamps := self.document.root.nodes.get("passages"), YamlMapping):
            unused = next((span for span in stamps.nodes if span not in spans), None)
            if unused is None:
                return
            # Without its last entry, the key would have no value, which YAML reads as null.
            parent, key = (self.document.root, "passages") if len(stamps.nodes) == 1 else (stamps, unused)
            self.apply(self.edits.remove_key(parent, key))


def _references_in(
    item: LocatedItem, node: YamlNode, parents: tuple[tuple[YamlMapping, str], ...], identifier: str
) -> Iterator[Reference]:
    if isinstance(node, YamlMapping):
        for key, value in node.nodes.items():
            # An identifier defines its item; only in a mention does it refer to something elsewhere.
            if key == "id" and item.section != "mentions":
                continue
            inside = (*parents, (node, key))
            if isinstance(value, YamlText):
                if value.value == identifier:
                    yield Reference(item, inside, value, None)
            elif isinstance(value, YamlList):
                for position, inner in enumerate(value.nodes):
                    if isinstance(inner, YamlText) and inner.value == identifier:
                        yield Reference(item, inside, inner, position)
                    else:
                        yield from _references_in(item, inner, inside, identifier)
            else:
                yield from _references_in(item, value, inside, identifier)
