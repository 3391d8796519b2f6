"""Nodes written as YAML: one per line, with values as text whatever they contain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias, Union

from kg.mapping.documents.yaml_document import single_quoted

Value: TypeAlias = Union[str, "Node", "list[str | Node]", "list[str]", "list[Node]"]
Node: TypeAlias = dict[str, Value]

PLAIN = re.compile(r"[A-Za-z0-9](?:[\w /.-]|:(?=[a-z]))*[\w/.]|[A-Za-z0-9]", re.ASCII)
"""Values that need no quotation marks inside `{ }`."""
LIST_KEYS = frozenset({"participants", "envisagedParticipants"})
"""Keys whose value is a list even if it has a single item."""
NOT_TEXT = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
"""Characters that are not printable in YAML, or that are line ends or direction marks there."""


def section(name: str, nodes: Iterable[Node]) -> str:
    """Return a section with its nodes, or an empty text if there are none."""
    lines = [f"  - {mapping(node)}\n" for node in nodes]
    return f"\n{name}:\n{''.join(lines)}" if lines else ""


def mapping(node: Mapping[str, Value]) -> str:
    """Return a node on one line, without the keys whose value is empty."""
    return "{" + ", ".join(f"{key}: {written_under(key, value)}" for key, value in node.items() if value) + "}"


def scalar(value: str) -> str:
    """Return a text so that YAML reads it back, with white space collapsed and characters that are not text omitted."""
    clean = " ".join(NOT_TEXT.sub(" ", value).split())
    is_plain = PLAIN.fullmatch(clean) and clean.lower() not in {"null", "true", "false"}
    return clean if is_plain else single_quoted(clean)


def written(value: Value) -> str:
    """Return a value on one line; a list with a single item is written as that item."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, dict):
        return mapping(value)
    items = [mapping(item) if isinstance(item, dict) else scalar(item) for item in value]
    return items[0] if len(items) == 1 else f"[{', '.join(items)}]"


def written_under(key: str, value: Value) -> str:
    """Return a key's value on one line, in brackets if the key takes a list even for a single item."""
    in_yaml = written(value)
    return f"[{in_yaml}]" if key in LIST_KEYS and len(value) == 1 else in_yaml
