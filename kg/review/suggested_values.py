"""Suggested values of a new item for selected words: from the drafter's rules if possible, else from its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kg.drafting.drafted_document import DraftedStatement, drafted_statements
from kg.drafting.text.quoted_runs import quoted_runs
from kg.drafting.words.speech_words import ACT_OF_VERB
from kg.errors import CommuniqueError
from kg.mapping.passages.text_spans import TextSpan
from kg.review.reviewed_document import ReviewedDocument
from kg.review.uncovered_text import sentence_around

AGENT_SECTIONS = ("people", "organizations", "groups")
IRREGULAR_PASTS = {"said": "say", "told": "tell", "thought": "think", "felt": "feel", "knew": "know", "swore": "swear"}
MAX_NAME_CHARACTERS = 80
MIN_LIKENESS = 0.5
"""The minimum share that a drafted content and the selected words must have in common to count as the same."""
MARKS = '“”„"«» '
"""Characters that are stripped from both ends of a content."""


def suggest(document: ReviewedDocument, section: str, start: int, end: int) -> dict[str, Any]:
    """Return values for a new item of a section from the words between two offsets."""
    state = document.state()
    text, selected = state["text"] or "", TextSpan(start, end)
    words = " ".join(selected.of(text).split())
    if section == "statements":
        return _statement(text, state["items"], selected)
    if section in ("events", "scenarios"):
        event = _event(text, state["items"], selected, words)
        return event if section == "events" else _scenario(state["items"], selected, event)
    if section == "holdings":
        return _holding(state["items"], selected, words, text)
    if section == "links":
        return {"at": str(sentence_around(text, selected)), "grade": "explicit"}
    return _named(section, words, selected)


def _named(section: str, words: str, selected: TextSpan) -> dict[str, Any]:
    """Return the values of a thing named by the selected words."""
    if section == "topics":
        return {"prefLabel": words[:MAX_NAME_CHARACTERS], "mention": str(selected)}
    values: dict[str, Any] = {"name": words[:MAX_NAME_CHARACTERS], "mention": str(selected)}
    if section == "people":
        values["voiceKind"] = "named-person" if words[:1].isupper() else "unnamed-person"
    elif section in AGENT_SECTIONS:
        values["voiceKind"] = "collective"
    return values


def _statement(text: str, items: list[dict[str, Any]], selected: TextSpan) -> dict[str, Any]:
    selected = _without_marks(text, selected)
    # The drafter's rules find the source and the verb, so their result for these words is used.
    best = max(_drafted(text), key=lambda row: _likeness(row.content, selected), default=None)
    if best is not None and _likeness(best.content, selected) > MIN_LIKENESS:
        values = {
            key: value
            for key, value in best.values.items()
            if key not in ("source", "id", "says", "note", "quotedRuns")
        }
        return values | {"source": _agent_at(items, best.source_span, best.span, best.content)}
    sentence = sentence_around(text, selected)
    runs = [run for run in quoted_runs(text) if run.span.overlaps(sentence)]
    quoted = sum(_shared(run.inner, selected) for run in runs)
    form = "direct" if quoted >= selected.end - selected.start else "mixed" if quoted else "indirect"
    content = [selected]
    cue, act = _cue_in(text, sentence, content)
    gist = " ".join(selected.of(text).split())
    return {
        "source": _agent_at(items, None, sentence, content),
        "form": form,
        "act": act,
        "polarity": "positive",
        "certainty": "certain",
        "tense": "present",
        "grade": "explicit",
        "gist": gist[:1].upper() + gist[1:],
        "contentSpan": [str(span) for span in content],
        "cueSpan": str(cue or ""),
        "at": str(sentence),
    }


@lru_cache(maxsize=8)
def _drafted(text: str) -> tuple[DraftedStatement, ...]:
    """Return the statements that the drafter finds in a text, or nothing if it is not installed."""
    try:
        return tuple(drafted_statements(text))
    except CommuniqueError:
        return ()


def _agent_at(
    items: list[dict[str, Any]], named: TextSpan | None, sentence: TextSpan, content: Sequence[TextSpan]
) -> str:
    """Return the agent named in a passage, else in the sentence outside the content, else nobody."""
    mentions = [
        (TextSpan(passage["start"], passage["end"]), str(item["key"]))
        for item in items
        if item["section"] in AGENT_SECTIONS
        for passage in item["passages"]
    ]
    within = [(span, key) for span, key in mentions if named and span.overlaps(named)]
    # A person named in what is said is rarely its source.
    outside = [(span, key) for span, key in mentions if span.overlaps(sentence) and not span.overlaps(*content)]
    nearest = min(within or outside, key=lambda row: row[0].start, default=None)
    return nearest[1] if nearest else "voice/nobody"


def _cue_in(text: str, sentence: TextSpan, content: list[TextSpan]) -> tuple[TextSpan | None, str]:
    """Return the verb of speech in a sentence, outside the content, and its act."""
    position = sentence.start
    for word in sentence.of(text).split():
        # Searched from the end of the last word, since a word may occur twice in a sentence.
        start = text.index(word, position)
        position = start + len(word)
        bare = word.strip(".,;:!?“”\"'()").lower()
        lemma = next((form for form in _lemmas(bare) if form in ACT_OF_VERB), "")
        span = TextSpan(start, start + len(bare))
        if lemma and bare and not span.overlaps(*content):
            return span, ACT_OF_VERB[lemma]
    return None, "assert"


def _lemmas(word: str) -> list[str]:
    # By word endings only: the parser with real lemmas is an extra, which may not be installed.
    stems = [word, IRREGULAR_PASTS.get(word, word)]
    for ending, replacements in (("ied", ["y"]), ("ed", ["", "e"]), ("s", [""]), ("ing", ["", "e"])):
        if word.endswith(ending):
            stems += [word.removesuffix(ending) + replacement for replacement in replacements]
    return stems


def _event(text: str, items: list[dict[str, Any]], selected: TextSpan, words: str) -> dict[str, Any]:
    sentence = sentence_around(text, selected)
    present = [item for item in items if any(_span(row).overlaps(sentence) for row in item["passages"])]
    agents = [item for item in present if item["section"] in AGENT_SECTIONS]
    # A sentence names its source too, who need not have taken part: the selected words count if they name who met.
    selected_agents = [item for item in agents if any(_span(row).overlaps(selected) for row in item["passages"])]
    if len(selected_agents) > 1:
        agents = selected_agents
    place = next((item["key"] for item in present if item["section"] == "places"), "")
    is_meeting = any(word in words.lower().split() for word in ("met", "meet", "meeting", "meets", "talks"))
    participants = [
        {
            "attendee" if item["section"] == "people" else "participant": item["key"],
            "capacity": "attendee",
            "at": str(sentence),
        }
        for item in agents
    ]
    return {
        "type": "Meeting" if is_meeting else "Event",
        "name": words[:MAX_NAME_CHARACTERS],
        "kind": "event-kind/consult",
        "status": "occurred",
        "place": place,
        "participants": participants,
        "at": str(sentence),
    }


def _scenario(items: list[dict[str, Any]], selected: TextSpan, event: dict[str, Any]) -> dict[str, Any]:
    """Return an event's values for a scenario, whose status comes from the statement at the selected words."""
    statements = [
        item["key"]
        for item in items
        if item["section"] == "statements"
        and any(row["role"] == "contentSpan" and _span(row).overlaps(selected) for row in item["passages"])
    ]
    participants = [
        {"participant": row.get("attendee") or row["participant"], "capacity": row["capacity"], "at": row["at"]}
        for row in event["participants"]
    ]
    return {
        "name": event["name"],
        "kind": event["kind"],
        "status": "planned",
        # A scenario's status comes from a statement, if possible the one at the same words.
        "statusBy": statements[:1],
        "envisagedPlace": event["place"],
        "envisagedParticipants": participants,
        "at": event["at"],
    }


def _holding(items: list[dict[str, Any]], selected: TextSpan, words: str, text: str) -> dict[str, Any]:
    people = [
        (_span(row), item)
        for item in items
        if item["section"] == "people"
        for row in item["passages"]
        if _span(row).overlaps(selected)
    ]
    post = words
    for span, _ in people:
        # The words without the names of people are the post.
        post = " ".join(post.replace(" ".join(span.of(text).split()), " ").split()).strip(" ,")
    holder = people[0][1]["key"] if people else ""
    return {"incumbent": holder, "postName": post.removeprefix("the "), "at": str(selected)}


def _span(passage: dict[str, Any]) -> TextSpan:
    return TextSpan(passage["start"], passage["end"])


def _likeness(content: tuple[TextSpan, ...], selected: TextSpan) -> float:
    """Return the common share of a content and of the selection, from 0 to 1."""
    lengths = sum(span.end - span.start for span in content), selected.end - selected.start
    return sum(_shared(span, selected) for span in content) / max(lengths)


def _without_marks(text: str, selected: TextSpan) -> TextSpan:
    """Return a passage without quotation marks at its ends."""
    words = selected.of(text)
    start = selected.start + len(words) - len(words.lstrip(MARKS))
    end = selected.start + len(words.rstrip(MARKS))
    return TextSpan(start, end) if start < end else selected


def _shared(first: TextSpan, second: TextSpan) -> int:
    return max(0, min(first.end, second.end) - max(first.start, second.start))
