"""Edits of the references to an identifier in one document: to another in its place, or to none."""

from __future__ import annotations

from kg.drafting.yaml_nodes import written
from kg.mapping.yaml_document import YamlList, YamlMapping, YamlText, mappings_in, texts_in
from kg.review.item_references import hand_on
from kg.review.review_items import REVIEW_NEEDED, UNNAMED_KEYS, LocatedItem, values_of
from kg.review.working_document import Reference, WorkingDocument

NOBODY_SAYS = "voice/nobody"
LOST_SOURCE_NOTE = f"{REVIEW_NEEDED}; rule: its source was rejected"
PARTICIPATION_KEYS = ("attendee", "participant")
REQUIRED_KEYS = ("accounts", "tellings")
"""Keys of which an item needs one value at least, beside those that tell it apart."""


def rename_references(document: WorkingDocument, identifier: str, new: str) -> None:
    """Have all references to an identifier be to another; what would be there twice is dropped."""
    while reference := next(document.references(identifier, outside=identifier), None):
        holder = reference.mapping.nodes[reference.key]
        others = (
            [node.value for node in holder.nodes if isinstance(node, YamlText)] if isinstance(holder, YamlList) else []
        )
        if reference.position is not None and new in others:
            document.apply(document.edits.remove_item(reference.mapping, reference.key, reference.position))
        elif reference.key in PARTICIPATION_KEYS and _takes_part(reference, new):
            drop_reference(document, reference)
        else:
            document.replace(reference, written(new))


def _takes_part(reference: Reference, identifier: str) -> bool:
    """Tell whether somebody takes part in the same capacity already."""
    holder, key = reference.parents[-2]
    capacity = values_of(reference.mapping).get("capacity")
    others = (values_of(node) for node in mappings_in(holder.nodes[key]))
    return any(
        other.get("capacity") == capacity and identifier in (other.get("attendee"), other.get("participant"))
        for other in others
    )


def remove_item(document: WorkingDocument, key: str) -> list[str]:
    """Remove an item, and mend or remove what refers to it; return in sentences what that does."""
    item = document.item(key)
    consequences: list[str] = []
    hand_on(document, key)
    # One by one: each edit moves what comes after it, so places are looked up again.
    while reference := next(document.references(item.key, outside=key), None):
        consequences += drop_reference(document, reference)
    document.remove(key)
    return consequences


def drop_reference(document: WorkingDocument, reference: Reference) -> list[str]:
    """Take one reference out of the item that has it; return what that does."""
    item, key = reference.item, reference.key
    label = f"“{_label(item)}”"
    is_own = len(reference.parents) == 1
    if is_own and (key in UNNAMED_KEYS.get(item.section, ()) or key in ("id", "wouldBeSaidBy")):
        return [f"{label} is removed too.", *remove_item(document, item.key)]
    if is_own and key == "source":
        document.replace(reference, NOBODY_SAYS)
        document.set(item.key, "note", written(LOST_SOURCE_NOTE))
        return [f"{label} has no source any more, and needs review again."]
    if key in PARTICIPATION_KEYS:
        holder, holder_key = reference.parents[-2]
        index = _index_of(holder, holder_key, reference.mapping)
        document.apply(document.edits.remove_item(holder, holder_key, index))
        return [f"{label} has a participant less."]
    if is_own and key in REQUIRED_KEYS and len(texts_in(reference.mapping.nodes[key])) == 1:
        return [f"{label} is removed too.", *remove_item(document, item.key)]
    if reference.position is None:
        document.apply(document.edits.remove_key(reference.mapping, key))
    else:
        document.apply(document.edits.remove_item(reference.mapping, key, reference.position))
    return [f"{label} does not refer to it any more ({key})."]


def _index_of(holder: YamlMapping, key: str, node: YamlMapping) -> int:
    return next(index for index, inner in enumerate(mappings_in(holder.nodes[key])) if inner is node)


def _label(item: LocatedItem) -> str:
    values = values_of(item.node)
    parts = [str(values[key]) for key in UNNAMED_KEYS.get(item.section, ()) if key in values]
    return str(values.get("gist") or values.get("name") or " ".join(parts) or item.key)
