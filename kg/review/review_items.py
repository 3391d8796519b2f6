"""The items of a mapping document for review: people, posts, events, statements and others, by their place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from kg.mapping.authoring.anchoring import PASSAGE_KEYS
from kg.mapping.documents.document_edits import DocumentEdits
from kg.mapping.documents.key_order import SECTIONS
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlMapping,
    YamlText,
    mappings_below,
    mappings_in,
    texts_below,
    to_json,
)
from kg.mapping.passages.text_spans import TextSpan

SHARED_SECTIONS = ("occurrences", "utterances")
"""The sections that only authorities have, and whose items refer to articles."""
REVIEW_NEEDED = "review: needed"
"""The beginning of the note of an item that has not been reviewed."""
NOTE = re.compile(rf"{REVIEW_NEEDED}(?:; rule: (?P<rule>.*?))?(?:; confidence: (?P<confidence>[0-9.]+))?", re.DOTALL)
UNNAMED_KEYS = {
    "holdings": ("incumbent", "formerHolder", "post", "rank"),
    "links": ("linkSubject", "linkPredicate", "linkObject"),
}
"""The keys that identify items in sections where most have no identifier."""


@dataclass(frozen=True)
class ItemPassage:
    """A passage of an item: its key, and its code points."""

    role: str
    start: int
    end: int


@dataclass(frozen=True)
class ReviewItem:
    """An item: its values, its passages in the article, and whether it needs review."""

    key: str
    """Its identifier, or if it has none, a key made of its section and values."""
    section: str
    index: int
    label: str
    values: dict[str, Any]
    passages: list[ItemPassage]
    needs_review: bool
    rule: str
    confidence: str
    digest: str
    """A digest of its text, to detect changes by others."""
    referred_by: list[str]
    """The keys of the items that refer to it."""


@dataclass(frozen=True)
class LocatedItem:
    """An item's node in a document, with its place in the section."""

    key: str
    section: str
    index: int
    node: YamlMapping


def located_items(document: MappingDocument) -> dict[str, LocatedItem]:
    """Return the nodes of a document's items by key, in the order of the file."""
    located: dict[str, LocatedItem] = {}
    for section in (*SECTIONS, *SHARED_SECTIONS):
        for index, node in enumerate(mappings_in(document.root.nodes.get(section))):
            # Holdings and links with the same values would have the same key, but a reviewer needs access to each.
            key = first_free(_key_of(section, node), located.__contains__, "~")
            located[key] = LocatedItem(key, section, index, node)
    return located


def first_free(name: str, is_taken: Callable[[str], bool], separator: str = "-") -> str:
    """Return a name, or if it is taken, the first free one with a number: 2, 3 and so on."""
    names = chain([name], (f"{name}{separator}{number}" for number in count(2)))
    return next(free for free in names if not is_taken(free))


def item_labels(document: MappingDocument, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the labels of a document's items by key; `names` has names from its corpus by identifier."""
    located = located_items(document)
    own = {key: name for key, item in located.items() if (name := _name(values_of(item.node)))}
    known = {**(names or {}), **own}
    return {
        key: own.get(key) or _label_of_unnamed(item.section, values_of(item.node), known) or key
        for key, item in located.items()
    }


def review_items(document: MappingDocument, names: Mapping[str, str] | None = None) -> list[ReviewItem]:
    """Return a document's items in the order of their first passages; those without a passage come first.

    `names` has the names of things that it refers to in its corpus, by identifier.
    """
    located, edits = located_items(document), DocumentEdits(document)
    # All texts of an item, which include identifiers of other items.
    references = {key: {text.value for _, text in texts_below(item.node)} for key, item in located.items()}
    labels = item_labels(document, names)
    items = []
    for key, item in located.items():
        start, end = edits.span_of(item.node)
        values = values_of(item.node)
        # Other items may also refer to its propositions, quoted runs and participations.
        identifiers = {key, *(node.text_of("id") for node in mappings_below(item.node) if node is not item.node)} - {""}
        note = NOTE.fullmatch(str(values.get("note", "")))
        # A passage that is not anchored yet is given as words, without a place.
        passages = [
            ItemPassage(role, span.start, span.end)
            for role, text in texts_below(item.node)
            if role in PASSAGE_KEYS and (span := TextSpan.read(text.value))
        ]
        items.append(
            ReviewItem(
                key=key,
                section=item.section,
                index=item.index,
                label=labels[key],
                values=values,
                passages=passages,
                needs_review=str(values.get("note", "")).startswith(REVIEW_NEEDED),
                rule=(note and note["rule"]) or "",
                confidence=(note and note["confidence"]) or "",
                digest=hashlib.sha256(document.text[start:end].encode()).hexdigest()[:16],
                referred_by=sorted(
                    other for other, mentioned in references.items() if other != key and mentioned & identifiers
                ),
            )
        )
    first = {item.key: min((passage.start for passage in item.passages), default=-1) for item in items}
    for bare in items:  # an item without passages, such as a post, is placed where it is first referred to
        if not bare.passages:
            first[bare.key] = min((first[key] for key in bare.referred_by if first[key] >= 0), default=-1)
    return sorted(items, key=lambda item: (first[item.key], SECTIONS.index(item.section), item.key))


def values_of(node: YamlMapping) -> dict[str, Any]:
    """Return a node as plain strings, lists and dictionaries."""
    return {key: to_json(value) for key, value in node.nodes.items()}


def _key_of(section: str, node: YamlMapping) -> str:
    if identifier := node.text_of("id"):
        return identifier if section != "mentions" else f"mentions/{identifier}"
    parts = (node.nodes.get(key) for key in UNNAMED_KEYS.get(section, ()))
    return "/".join([section, *(part.value for part in parts if isinstance(part, YamlText))])


def _name(values: dict[str, Any]) -> str:
    return str(values.get("gist") or values.get("name") or values.get("prefLabel") or "")


def _label_of_unnamed(section: str, values: dict[str, Any], names: Mapping[str, str]) -> str:
    if section == "mentions":
        return names.get(values.get("id", ""), "")
    holder = values.get("incumbent") or values.get("formerHolder")
    if holder:
        post = values.get("post") or values.get("rank") or ""
        former = " (former)" if values.get("formerHolder") else ""
        return f"{names.get(holder) or holder}: {names.get(post) or post}{former}"
    if predicate := values.get("linkPredicate"):
        subject, thing = values.get("linkSubject", ""), values.get("linkObject", "")
        return f"{names.get(subject) or subject} {in_words(predicate)} {names.get(thing) or thing}"
    return ""


def in_words(name: str) -> str:
    """Return the name of a key or a relation as words, such as "allied with"."""
    return re.sub("[A-Z]", lambda letter: f" {letter[0].lower()}", name)
