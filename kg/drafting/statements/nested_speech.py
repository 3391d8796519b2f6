"""Reports of speech inside speech: the outer statement relays the inner one instead of having a proposition."""

from __future__ import annotations

from collections.abc import Iterable

from kg.drafting.speech.attributions import Attribution
from kg.drafting.statements.yaml_nodes import Node
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.word_lists import words

PASSING_ON = words("assert report confirm acknowledge complain accuse")
"""Acts that relay what somebody else says; denying or doubting that it was said does not."""
NOBODY_SAYS = "voice/nobody"
MODALS = words("will would shall may might can could should ’ll 'll must")  # noqa: RUF001 -- an apostrophe
"""Verbs before something that nobody has said yet, or that somebody may have said."""


def relay_nested(parsed: ParsedText, statements: Iterable[tuple[Attribution, Node]]) -> None:
    """Make each statement whose content is that somebody said something relay that statement."""
    statements = [*statements]
    by_cue: dict[int, list[Node]] = {}
    for attribution, node in statements:
        # What a thing shows is nobody's speech and cannot be passed on.
        if attribution.cue and node["source"] != NOBODY_SAYS and _is_made(parsed, attribution.cue):
            by_cue.setdefault(attribution.cue.index, []).append(node)
    for attribution, node in statements:
        inner = [other for head in attribution.content_heads for other in by_cue.get(head, []) if other is not node]
        says = node["says"]
        is_free = isinstance(says, dict) and says.keys() <= {"id", "gist", "about"}
        passes_on = attribution.act in PASSING_ON and node["polarity"] == "positive"
        passes_on = passes_on and attribution.cue is not None and _is_made(parsed, attribution.cue)
        if inner and is_free and passes_on and attribution.form == "indirect":
            _pass_on(node, inner)


def _is_made(parsed: ParsedText, cue: Word) -> bool:
    auxiliaries = {word.text.lower() for word in parsed.dependents(cue, "aux")}
    return not parsed.dependents(cue, "neg") and not auxiliaries & MODALS


def _pass_on(node: Node, inner: list[Node]) -> None:
    relays = [str(other["id"]) for other in inner]
    values = [("relays", relays) if key == "says" else (key, value) for key, value in node.items()]
    node.clear()
    node.update(values)
