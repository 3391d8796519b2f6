"""References between the items of a document, which a change of one item adds, renames or drops in others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kg.drafting.statements.yaml_nodes import mapping as yaml_mapping
from kg.drafting.statements.yaml_nodes import written
from kg.errors import RequestError
from kg.mapping.documents.yaml_document import YamlMapping, YamlText, mappings_in
from kg.mapping.passages.text_spans import TextSpan
from kg.review.corpus_names import corpus_names
from kg.review.review_items import REVIEW_NEEDED, UNNAMED_KEYS, in_words, item_labels, values_of
from kg.review.working_document import Reference, WorkingDocument

INNER_KEYS = ("quotedRuns", "says")
"""The keys for nodes written inside an item that others may refer to: quoted runs and propositions."""
NOBODY_SAYS = "voice/nobody"
LOST_SOURCE_NOTE = f"{REVIEW_NEEDED}; rule: its source was rejected"
PARTICIPATION_KEYS = ("attendee", "participant")
REQUIRED_KEYS = ("accounts", "tellings")
"""Keys for which an item needs at least one value, besides those that identify it."""


def written_out(node: YamlMapping, keys: Sequence[str] = INNER_KEYS) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the nodes written inside an item that others can refer to, by identifier."""
    for key in keys:
        for inner in mappings_in(node.nodes.get(key)):
            if isinstance(identifier := inner.nodes.get("id"), YamlText):
                yield identifier.value, values_of(inner)


def hand_on(document: WorkingDocument, key: str, keys: Sequence[str] = INNER_KEYS) -> None:
    """Move nodes written inside an item to another item that refers to them, before the item is removed."""
    for identifier, node in written_out(document.item(key).node, keys):
        if reference := next(document.references(identifier, outside=key), None):
            document.replace(reference, yaml_mapping(node))


def set_about(document: WorkingDocument, key: str, about: list[Any]) -> None:
    """Set what a statement is about: in its proposition if that is written inside it, else in the statement."""
    node = document.item(key).node
    proposition = next(iter(mappings_in(node.nodes.get("says"))), None)
    holder = node if proposition is None or "about" in node.nodes else proposition
    if about:
        document.apply(document.edits.set_value(holder, "about", written(about)))
    elif "about" in holder.nodes:
        document.apply(document.edits.remove_key(holder, "about"))


def tell_by(document: WorkingDocument, key: str, outer: Sequence[str], new_proposition: Callable[[], str]) -> list[str]:
    """Make exactly these statements relay another; return those changed. Raises RequestError if that is impossible."""
    changed: list[str] = []
    if key in outer:
        raise RequestError(f"{key!r} cannot be told by itself: choose another statement.")
    for identifier in (key, *outer):
        if document.item(identifier).section != "statements":
            raise RequestError(f"{identifier!r} neither tells nor is told: expected a statement of the document.")
    others = [item.key for item in document.items().values() if item.section == "statements"]
    for other in dict.fromkeys([*outer, *others]):
        relayed = document.item(other).node.texts_of("relays")
        if other in outer and key not in relayed:
            _relay(document, other, [*relayed, key])
            changed.append(other)
        elif other not in outer and key in relayed:
            _relay(document, other, [inner for inner in relayed if inner != key], new_proposition)
            changed.append(other)
    return changed


def _relay(
    document: WorkingDocument, key: str, relayed: Sequence[str], new_proposition: Callable[[], str] = str
) -> None:
    """Make a statement relay others instead of its own content; one that relays none any more says its gist."""
    if relayed:
        hand_on(document, key, ("says",))
        document.set(key, "relays", written([*relayed]))
        document.unset(key, "says")
        return
    document.unset(key, "relays")
    node = document.item(key).node
    if "says" not in node.nodes and "foretells" not in node.nodes:
        proposition = {"id": new_proposition(), "gist": node.text_of("gist")}
        document.set(key, "says", yaml_mapping(proposition))


def speak_of_scenario(document: WorkingDocument, key: str) -> list[str]:
    """Make the statements that give a scenario its status describe it; return those changed."""
    item = document.item(key)
    if item.section != "scenarios":
        return []
    changed: list[str] = []
    for identifier in item.node.texts_of("statusBy"):
        statement = document.items().get(identifier)
        propositions = mappings_in(statement.node.nodes.get("says")) if statement else []
        described = [text for node in propositions for text in node.texts_of("describes")]
        if propositions and key not in described:
            describes = written([*propositions[0].texts_of("describes"), key])
            document.apply(document.edits.set_value(propositions[0], "describes", describes))
            changed.append(identifier)
    return changed


def in_order(passages: Iterable[str]) -> list[str]:
    """Return passages in the order of the text; those that are not offsets come first."""
    return sorted(passages, key=lambda text: (span.start, span.end) if (span := TextSpan.read(text)) else (0, 0))


def rename_references(document: WorkingDocument, identifier: str, new: str) -> None:
    """Change all references to an identifier to another one, dropping duplicates."""
    while reference := next(document.references(identifier, outside=identifier), None):
        if reference.position is not None and new in reference.mapping.texts_of(reference.key):
            document.apply(document.edits.remove_item(reference.mapping, reference.key, reference.position))
        elif reference.key in PARTICIPATION_KEYS and _takes_part(reference, new):
            drop_reference(document, reference)
        else:
            document.replace(reference, written(new))


def _takes_part(reference: Reference, identifier: str) -> bool:
    """Return whether the same participant already takes part in the same capacity."""
    holder, key = reference.parents[-2]
    capacity = values_of(reference.mapping).get("capacity")
    others = (values_of(node) for node in mappings_in(holder.nodes[key]))
    return any(
        other.get("capacity") == capacity and identifier in (other.get("attendee"), other.get("participant"))
        for other in others
    )


def remove_item(document: WorkingDocument, key: str) -> list[str]:
    """Remove an item, and update or remove references to it; return the consequences as sentences."""
    item = document.item(key)
    consequences: list[str] = []
    hand_on(document, key)
    # One by one: each edit moves the following text, so references have to be found again.
    while reference := next(document.references(item.key, outside=key), None):
        consequences += drop_reference(document, reference)
    document.remove(key)
    return consequences


def drop_reference(document: WorkingDocument, reference: Reference) -> list[str]:
    """Remove one reference from its item; return the consequences."""
    item, key = reference.item, reference.key
    label = f"“{item_labels(document.document, corpus_names(document.document))[item.key]}”"
    is_own = len(reference.parents) == 1
    if is_own and (key in UNNAMED_KEYS.get(item.section, ()) or key in ("id", "wouldBeSaidBy")):
        return [f"{label} is removed too.", *remove_item(document, item.key)]
    if is_own and key == "source":
        document.replace(reference, NOBODY_SAYS)
        document.set(item.key, "note", written(LOST_SOURCE_NOTE))
        return [f"{label} has no source any more, and needs review again."]
    if key in PARTICIPATION_KEYS:
        # A participation without a participant is meaningless, so it is removed as a whole.
        holder, holder_key = reference.parents[-2]
        participations = mappings_in(holder.nodes[holder_key])
        index = next(index for index, node in enumerate(participations) if node is reference.mapping)
        document.apply(document.edits.remove_item(holder, holder_key, index))
        return [f"{label} loses a participant."]
    if is_own and key in REQUIRED_KEYS and len(reference.mapping.texts_of(key)) == 1:
        return [f"{label} is removed too.", *remove_item(document, item.key)]
    if reference.position is None:
        document.apply(document.edits.remove_key(reference.mapping, key))
    else:
        document.apply(document.edits.remove_item(reference.mapping, key, reference.position))
    return [f"{label} does not refer to it any more ({in_words(key)})."]
