"""References between items that a change of one writes into another: what is told in what, and what speaks of what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kg.drafting.yaml_nodes import mapping as yaml_mapping
from kg.drafting.yaml_nodes import written
from kg.errors import RequestError
from kg.mapping.yaml_document import YamlMapping, YamlText, mappings_in, texts_in
from kg.review.review_items import values_of
from kg.review.working_document import WorkingDocument

INNER_KEYS = ("quotedRuns", "says")
"""The keys under which an item has written out what others may refer to: quoted runs and propositions."""


def written_out(node: YamlMapping, keys: Sequence[str] = INNER_KEYS) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is written out inside an item and can be referred to from others, by identifier."""
    for key in keys:
        for inner in mappings_in(node.nodes.get(key)):
            if isinstance(identifier := inner.nodes.get("id"), YamlText):
                yield identifier.value, values_of(inner)


def hand_on(document: WorkingDocument, key: str, keys: Sequence[str] = INNER_KEYS) -> None:
    """Write out in another item that refers to it what this item has written out, before it goes."""
    for identifier, node in written_out(document.item(key).node, keys):
        if reference := next(document.references(identifier, outside=key), None):
            document.replace(reference, yaml_mapping(node))


def set_about(document: WorkingDocument, key: str, about: list[Any]) -> None:
    """Say what a statement is about: in its proposition if that is written out in it, else in the statement."""
    node = document.item(key).node
    proposition = next(iter(mappings_in(node.nodes.get("says"))), None)
    holder = node if proposition is None or "about" in node.nodes else proposition
    if about:
        document.apply(document.edits.set_value(holder, "about", written(about)))
    elif "about" in holder.nodes:
        document.apply(document.edits.remove_key(holder, "about"))


def tell_by(document: WorkingDocument, key: str, outer: Sequence[str], new_proposition: Callable[[], str]) -> list[str]:
    """Have these statements tell a statement, and no others; return the statements changed.

    Raises RequestError if one of them is the statement itself, or no statement of the document.
    """
    changed: list[str] = []
    if key in outer:
        raise RequestError(f"{key!r} cannot be told by itself: choose another statement.")
    for identifier in (key, *outer):
        if document.item(identifier).section != "statements":
            raise RequestError(f"{identifier!r} neither tells nor is told: expected a statement of the document.")
    others = [item.key for item in document.items().values() if item.section == "statements"]
    for other in dict.fromkeys([*outer, *others]):
        relayed = [text.value for text in texts_in(document.item(other).node.nodes.get("relays"))]
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
    """Have a statement tell others in the place of what it says; one that tells none any more says its gist."""
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
    """Have the statements by which a scenario has its status describe it, if they do not; return those changed."""
    item = document.item(key)
    if item.section != "scenarios":
        return []
    changed: list[str] = []
    for identifier in [text.value for text in texts_in(item.node.nodes.get("statusBy"))]:
        statement = document.items().get(identifier)
        propositions = mappings_in(statement.node.nodes.get("says")) if statement else []
        described = [text.value for node in propositions for text in texts_in(node.nodes.get("describes"))]
        if propositions and key not in described:
            of_first = [text.value for text in texts_in(propositions[0].nodes.get("describes"))]
            document.apply(document.edits.set_value(propositions[0], "describes", written([*of_first, key])))
            changed.append(identifier)
    return changed
