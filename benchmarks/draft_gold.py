"""What people have written of shipped articles, to measure drafts by: entities, statements and meetings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1] / "examples"
SERIES = ("1-ferry-fire", "2-patrols-off", "3-strait-closed", "4-harbour-books", "5-correction")
WIKINEWS = ("1-hackers", "2-defector", "3-old-browser", "4-crops", "5-school-taxes", "6-robot-team")
INVENTED = {
    ROOT / "harbour-talks/harbour-talks.yaml": ROOT / "harbour-talks/article.txt",
    **{ROOT / f"strait-series/{name}.yaml": ROOT / f"strait-series/texts/{name}.txt" for name in SERIES},
}
"""Mapping documents of invented articles, and their texts."""
REAL = {ROOT / f"wikinews/{name}.yaml": ROOT / f"wikinews/texts/{name}.txt" for name in WIKINEWS}
"""Mapping documents of real articles, and their texts."""

Span = tuple[int, int]
SECTIONS = {"people": "person", "organizations": "organization", "groups": "group", "places": "place"}
SAID = frozenset({"direct", "mixed", "indirect", "thought"})
"""Forms of statements that somebody else than the article makes."""
TALKS = frozenset({"event-kind/consult", "event-kind/visit"})
MIN_PARTICIPANTS = 2
ONE_SIDED = frozenset({"speaker", "addressee"})
"""Capacities in what is no meeting: a speech, words to reporters."""


@dataclass(frozen=True)
class GoldEntity:
    """A person, organization, group or place with the passages that name it."""

    kind: str
    identifier: str
    is_named: bool
    mentions: list[Span]


@dataclass(frozen=True)
class GoldStatement:
    """A statement of somebody else than the article."""

    form: str
    source: str
    content: list[Span]
    spans: Mapping[str, list[Span]]
    """The passages of source, cue and content, where the document has them."""


@dataclass(frozen=True)
class GoldMeeting:
    """A meeting that took place, with the identifiers of its place and of who took part."""

    place: str
    participants: frozenset[str]
    at: list[Span]


@dataclass(frozen=True)
class GoldDocument:
    """A mapping document by people."""

    entities: dict[str, GoldEntity]
    statements: list[GoldStatement]
    meetings: list[GoldMeeting]


def read_gold(mapping: Path) -> GoldDocument:
    """Read a mapping document, with what it names of its corpus's authority."""
    document = yaml.safe_load(mapping.read_text("utf-8"))
    authority = yaml.safe_load((mapping.parent / "authority.yaml").read_text("utf-8"))
    mentions = {node["id"]: spans_of(node.get("mention")) for node in document.get("mentions", ())}
    entities = {
        node["id"]: GoldEntity(
            kind,
            node["id"],
            node.get("voiceKind") != "unnamed-person",
            spans_of(node.get("mention")) + mentions.get(node["id"], []),
        )
        for part in (authority, document)
        for section, kind in SECTIONS.items()
        for node in part.get(section, ())
    }
    return GoldDocument(
        {name: entity for name, entity in entities.items() if entity.mentions},
        [*_statements(document)],
        [*_meetings(document)],
    )


def spans_of(value: str | list[str] | None) -> list[Span]:
    """Return the passages of a value as offsets."""
    passages = [value] if isinstance(value, str) else value or []
    return [(int(start), int(end)) for start, _, end in (passage.partition("-") for passage in passages)]


def _statements(document: Mapping[str, Any]) -> Iterator[GoldStatement]:
    for statement in document["statements"]:
        if statement.get("form", document.get("defaults", {}).get("form")) not in SAID:
            continue
        spans = {part: spans_of(statement.get(f"{part}Span")) for part in ("source", "cue", "content")}
        form = statement.get("form", "indirect")
        yield GoldStatement(form, statement["source"], spans["content"] or spans_of(statement["at"]), spans)


def _meetings(document: Mapping[str, Any]) -> Iterator[GoldMeeting]:
    for event in document.get("events", ()):
        people = {part.get("attendee") or part["participant"] for part in event.get("participants", ())}
        capacities = {part["capacity"] for part in event.get("participants", ())}
        is_talk = event["kind"] in TALKS and len(people) >= MIN_PARTICIPANTS and not capacities & ONE_SIDED
        if event.get("type") == "Meeting" or is_talk:
            at = [span for part in (event, *event.get("participants", ())) for span in spans_of(part["at"])]
            yield GoldMeeting(event.get("place", ""), frozenset(people), at)
