"""Short invented news of several styles, with gold by close reading from before the rules that they measure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.draft_gold import GoldDocument, GoldEntity, GoldMeeting, GoldStatement, Span

NEWS = sorted((Path(__file__).parent / "news").glob("*.yaml"))
SEEN, HELD_OUT = NEWS[:7], NEWS[7:14]
"""Texts whose errors the rules were made by, and those of which only the scores were looked at."""
LATER_SEEN, LATER_HELD_OUT = NEWS[14:19], NEWS[19:]
"""The same of ten that were written, and scored, when the rules had been made by the others."""
MARKUP = re.compile(r"\[(?P<part>[sct])(?P<number>\d+) |(?P<end>\])")
PARTS = {"s": "source", "c": "cue", "t": "content"}
KINDS = {"people": "person", "organizations": "organization", "others": "group", "places": "place"}


def read_news(file: Path) -> tuple[str, GoldDocument]:
    """Read a text and its gold, in which the source `""` is nobody.

    Raises ValueError for a name or statement that the text does not have.
    """
    document = yaml.safe_load(file.read_text("utf-8"))
    text, spans = _without_markup(document["text"])
    entities = {
        name: GoldEntity(kind, name, section == "people", [*_mentions(text, (name, *forms))])
        for section, kind in KINDS.items()
        for name, forms in document.get(section, {}).items()
    }
    unmentioned = [name for name, entity in entities.items() if not entity.mentions]
    unknown = [source for source in document["sources"].values() if source and source not in entities]
    if unmentioned or unknown or spans.keys() - document["sources"].keys():
        raise ValueError(f"{file.name}: not in the text: {unmentioned}; no entity: {unknown}; {[*spans]}")
    statements = [
        GoldStatement(
            "direct" if number in document["direct"] else "indirect",
            source,
            spans[number]["content"],
            {part: spans[number][part] for part in PARTS.values()},
        )
        for number, source in document["sources"].items()
        if spans[number]["content"]
    ]
    meetings = [_meeting(text, meeting) for meeting in document.get("meetings", ())]
    return text, GoldDocument(entities, statements, meetings)


def _without_markup(marked: str) -> tuple[str, defaultdict[int, defaultdict[str, list[Span]]]]:
    """Return a text without `[s1 …]`, and the passages that these mark by the statement's number and its part."""
    spans: defaultdict[int, defaultdict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    text, last = "", 0
    waiting: list[tuple[int, str, int]] = []
    for match in MARKUP.finditer(marked):
        text += marked[last : match.start()]
        last = match.end()
        if match["end"]:
            number, part, start = waiting.pop()
            spans[number][part].append((start, len(text)))
        else:
            waiting.append((int(match["number"]), PARTS[match["part"]], len(text)))
    return text + marked[last:], spans


def _mentions(text: str, names: tuple[str, ...]) -> Iterator[Span]:
    for name in names:
        yield from (match.span() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _meeting(text: str, meeting: dict[str, Any]) -> GoldMeeting:
    start = text.index(meeting["at"])
    return GoldMeeting(meeting["place"], frozenset(meeting["participants"]), [(start, start + len(meeting["at"]))])
