"""When something is said, relative to a meeting in the text: at, before or after it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.drafting.meetings.reported_meetings import ReportedMeeting
from kg.drafting.speech.attributions import Attribution
from kg.drafting.text.parsed_text import ParsedText
from kg.mapping.passages.text_spans import TextSpan

RELATIONS = {"at": "occasion", "during": "occasion", "after": "after", "following": "after", "before": "before"}
"""The relation that each preposition between a verb of speech and a meeting expresses."""


@dataclass(frozen=True)
class SpeechOccasion:
    """A meeting at, after or before which (`relation`) a statement is made, and the words that say so."""

    meeting: ReportedMeeting
    relation: str
    span: TextSpan


def speech_occasion(
    parsed: ParsedText, attribution: Attribution, meetings: list[ReportedMeeting]
) -> SpeechOccasion | None:
    """Return the meeting by which a text dates what was said, as in `after the talks, Quill said`."""
    if attribution.cue is None:
        return None
    for preposition in parsed.dependents(attribution.cue, "prep"):
        relation = RELATIONS.get(preposition.text.lower())
        if relation is None:
            continue
        for word in parsed.dependents(preposition, "pobj", "pcomp"):
            meeting = next((meeting for meeting in meetings if word.index in meeting.named_at), None)
            if meeting is not None:
                return SpeechOccasion(meeting, relation, parsed.span(preposition.index, word.index + 1))
    return None
