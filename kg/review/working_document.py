"""A mapping document while a change is made of it: parsed again after each edit, so that places are always right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import RequestError
from kg.mapping import DocumentEdits, SourceText, TextSpan, passage_values, stamped_document
from kg.mapping.key_order import HEAD_KEYS, SECTIONS
from kg.mapping.text_edits import TextEdit, apply_edits
from kg.mapping.yaml_document import (
    MappingDocument,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlText,
    parse_document,
    read_text,
)
from kg.review.review_items import LocatedItem, located_items


@dataclass(frozen=True)
class Reference:
    """A text in an item that is an identifier, with the mapping and key that it stands under."""

    item: LocatedItem
    parents: tuple[tuple[YamlMapping, str], ...]
    """The mappings from the item's own inward, each with the key that leads on."""
    value: YamlText
    position: int | None
    """Its place in the list of the innermost key, None if the key has one value."""

    @property
    def mapping(self) -> YamlMapping:
        """Return the innermost mapping."""
        return self.parents[-1][0]

    @property
    def key(self) -> str:
        """Return the innermost key."""
        return self.parents[-1][1]


class WorkingDocument:
    """The text of a document that changes edit by edit."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text
        self.beside: dict[Path, WorkingDocument] = {}
        """Other documents that the change alters too, by their files."""

    @cached_property
    def document(self) -> MappingDocument:
        """Return the document as it is parsed now."""
        return parse_document(self.file, self.text)

    @property
    def edits(self) -> DocumentEdits:
        """Return what makes the edits of the document as it is now."""
        return DocumentEdits(self.document)

    def apply(self, edits: list[TextEdit]) -> None:
        """Apply edits that were made of the document as it is now."""
        # Parsed again when it is needed next: every place after an edit has moved.
        self.text = apply_edits(self.text, edits)
        self.__dict__.pop("document", None)

    def other(self, file: Path) -> WorkingDocument:
        """Return a document that the change alters too, as it is now: this one, or another."""
        file = file.resolve()
        if file == self.file.resolve():
            return self
        if file not in self.beside:
            self.beside[file] = WorkingDocument(file, read_text(file))
        return self.beside[file]

    def item(self, key: str) -> LocatedItem:
        """Return an item. Raises RequestError if there is none of that key."""
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
        """Give a key of an item a value."""
        self.apply(self.edits.set_value(self.item(key).node, name, yaml))

    def unset(self, key: str, name: str) -> None:
        """Remove a key of an item, if it has it."""
        node = self.item(key).node
        if name in node.nodes:
            self.apply(self.edits.remove_key(node, name))

    def remove(self, key: str) -> None:
        """Remove an item."""
        item = self.item(key)
        self.apply(self.edits.remove_item(self.document.root, item.section, item.index))

    def append(self, section: str, yaml: str) -> None:
        """Add an item to a section, which is begun if it is missing."""
        # The keys after which it is to stand, in the order in which documents are written.
        after = [*HEAD_KEYS, *SECTIONS[: SECTIONS.index(section)]]
        self.apply(self.edits.append(self.document.root, section, yaml, after))

    def references(self, identifier: str, *, outside: str = "") -> Iterator[Reference]:
        """Yield where items refer to an identifier, those of the item `outside` left out."""
        for item in self.items().values():
            if item.key != outside:
                yield from _references_in(item, item.node, (), identifier)

    def replace(self, reference: Reference, yaml: str) -> None:
        """Write something else in the place of a reference."""
        self.apply([TextEdit(*self.edits.span_of(reference.value), yaml)])

    def restamp(self, source: SourceText | None) -> None:
        """Write the stamps anew if passages have come or gone. Raises RequestError without the article's text."""
        values = passage_values(self.document.root)
        spans = {value.value for value in values}
        stamps = self.document.root.nodes.get("passages")
        # Most changes bring no passage, and need no text of the article then.
        if isinstance(stamps, YamlMapping) and spans == {*stamps.nodes}:
            return
        if source is None:
            raise RequestError(f"The text of {self.file.name} is not at hand, without which no passage can be changed.")
        if faulty := next((span for span in spans if TextSpan.read(span) is None), None):
            raise RequestError(f"The passage {faulty!r} is no place in the text: run `kg anchor` first.")
        # Likewise, since stamps move what follows them.
        self.text = stamped_document(self.text, self.file, source)
        self.__dict__.pop("document", None)

    def remove_unused_stamps(self) -> None:
        """Remove the stamps of passages that have gone, for which the article's text is not needed."""
        spans = {value.value for value in passage_values(self.document.root)}
        while isinstance(stamps := self.document.root.nodes.get("passages"), YamlMapping):
            unused = next((span for span in stamps.nodes if span not in spans), None)
            if unused is None:
                return
            # Without its last entry the key would stand before nothing, which YAML reads as null.
            parent, key = (self.document.root, "passages") if len(stamps.nodes) == 1 else (stamps, unused)
            self.apply(self.edits.remove_key(parent, key))


def _references_in(
    item: LocatedItem, node: YamlNode, parents: tuple[tuple[YamlMapping, str], ...], identifier: str
) -> Iterator[Reference]:
    if isinstance(node, YamlMapping):
        for key, value in node.nodes.items():
            # An identifier defines its item; only that of a mention refers to something that stands elsewhere.
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
