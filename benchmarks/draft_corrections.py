"""What a reviewer changed in drafts: items by section that were added, removed, moved or changed, and which keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.draft_gold import Span, spans_of
from kg.drafting.drafted_document import Findings, name_entities, sections_of

NAMED = ("people", "organizations", "groups", "places", "topics")
SECTIONS = (*NAMED, "posts", "holdings", "events", "scenarios", "statements", "links")
SECTION_OF_PREFIX = {"person": "people", "organization": "organizations", "group": "groups", "place": "places"}
COMPARED = {
    **dict.fromkeys(NAMED, ("name", "kind", "voiceKind", "mention")),
    "posts": ("name",),
    "holdings": ("incumbent", "formerHolder", "rank", "at"),
    "events": ("kind", "status", "place", "when", "participants", "at"),
    "statements": (
        *("source", "form", "act", "polarity", "certainty", "tense", "grade", "gist", "sourceSpan", "cueSpan"),
        *("contentSpan", "quotedRuns", "addressee", "onBehalfOf", "speakingAs", "occasion", "saidWhen", "relays"),
    ),
}
"""The keys that are compared, by section."""

Node = Mapping[str, Any]


@dataclass
class Corrections:
    """How many items of drafts stayed, were changed, moved or removed, and how many were added, by section."""

    items: Counter[tuple[str, str]] = field(default_factory=Counter)
    keys: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, findings: Findings, mapping: Path) -> None:
        """Add the draft of an article, and the document that a person made of it."""
        name_entities(findings.entities.all)
        draft: dict[str, list[Node]] = {name: [*nodes] for name, nodes in sections_of(findings).items()}
        final = _final_sections(mapping)
        pairs = {section: _pairs(draft.get(section, []), final[section]) for section in SECTIONS}
        moved = {
            id(node)
            for section in NAMED
            for node in draft.get(section, [])
            if not any(node is drafted for drafted, _ in pairs[section])
            and any(_overlap(node, other) for name in NAMED if name != section for other in final[name])
        }
        names = {drafted["id"]: other["id"] for section in NAMED for drafted, other in pairs[section]}
        for section in SECTIONS:
            for drafted, other in pairs[section]:
                changed = [
                    key for key in COMPARED.get(section, ()) if _value(drafted, key, names) != _value(other, key, {})
                ]
                self.items[section, "changed" if changed else "unchanged"] += 1
                self.keys.update((section, key) for key in changed)
            paired = {id(drafted) for drafted, _ in pairs[section]}
            for node in draft.get(section, []):
                if id(node) not in paired:
                    self.items[section, "moved" if id(node) in moved else "removed"] += 1
            self.items[section, "added"] += len(final[section]) - len(pairs[section])

    def lines(self) -> Iterator[str]:
        """Yield the lines of a table by section, and one of keys for each section."""
        states = ("unchanged", "changed", "moved", "removed", "added")
        yield "  " + " " * 16 + "".join(f"{state:>11}" for state in states)
        for section in SECTIONS:
            if any(self.items[section, state] for state in states):
                yield f"  {section:16}" + "".join(f"{self.items[section, state]:11}" for state in states)
        for section in COMPARED:
            keys = [(key, count) for (name, key), count in self.keys.most_common() if name == section]
            if keys:
                yield f"  keys of {section}: " + ", ".join(f"{key} {count}" for key, count in keys)


def _final_sections(mapping: Path) -> dict[str, list[Node]]:
    """Return the nodes of a document by section; what it names of the authority is in the section of its kind."""
    document = yaml.safe_load(mapping.read_text("utf-8"))
    authority = yaml.safe_load((mapping.parent / "authority.yaml").read_text("utf-8"))
    shared = {node["id"]: node for section in NAMED for node in authority.get(section, ())}
    sections: dict[str, list[Node]] = {section: [*document.get(section, ())] for section in SECTIONS}
    for node in document.get("mentions", ()):
        section = SECTION_OF_PREFIX[node["id"].partition(":")[0]]
        sections[section].append({**shared[node["id"]], **node})
    defaults = document.get("defaults", {})
    sections["statements"] = [{**defaults, **node} for node in sections["statements"]]
    return sections


def _pairs(draft: list[Node], final: list[Node]) -> list[tuple[Node, Node]]:
    """Return which item of a draft became which of the final document: by passages or name, one to one."""
    pairs: list[tuple[Node, Node]] = []
    taken: set[int] = set()
    for drafted in draft:
        other = next((node for node in final if id(node) not in taken and _overlap(drafted, node)), None)
        if other is not None:
            taken.add(id(other))
            pairs.append((drafted, other))
    return pairs


def _overlap(drafted: Node, other: Node) -> bool:
    first, second = _passages(drafted), _passages(other)
    if not first or not second:
        return bool({*str(drafted.get("name", "")).lower().split()} & {*str(other.get("name", "")).lower().split()})
    common = sum(max(0, min(b, d) - max(a, c)) for a, b in first for c, d in second)
    return 0 < common >= min(sum(b - a for a, b in first), sum(d - c for c, d in second)) / 2


def _passages(node: Node) -> list[Span]:
    return spans_of(node.get("contentSpan") or node.get("mention") or node.get("at"))


def _value(node: Node, key: str, names: Mapping[str, str]) -> object:
    """Return a value as it is compared: identifiers of the draft by those that they became, order left out."""
    value = node.get(key) or None
    if key == "quotedRuns":
        runs = value if isinstance(value, list) else [value] if value else []
        return sorted(run if isinstance(run, str) else run["id"] for run in runs)
    if isinstance(value, list):
        return sorted(str(part) for part in value) if len(value) > 1 else str(value[0])
    return names.get(str(value), str(value)) if value is not None else None
