"""Meetings: who met whom where and when, by verbs and nouns of meeting; planned and denied ones apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from kg.drafting.attributions import subject_of
from kg.drafting.dates import day_in
from kg.drafting.entities import Entities, Entity
from kg.drafting.parsed_text import ParsedText, Word
from kg.mapping import TextSpan

MIN_PARTICIPANTS = 2
VERBS = frozenset({"meet", "confer"})
NOUNS = frozenset({"meeting", "talk", "summit", "negotiation", "conference", "discussion"})
HOLDING_VERBS = frozenset(
    {"hold", "have", "attend", "host", "begin", "open", "conduct", "chair", "join", "end", "conclude"}
)
PLANNED = frozenset({"will", "would", "plan", "schedule", "may", "could", "should", "might", "can", "must", "to"})


@dataclass
class ReportedMeeting:
    """A meeting of a text: `status` is `occurred`, or that of a scenario."""

    participants: list[Entity]
    place: Entity | None
    day: dt.date | None
    status: str
    span: TextSpan
    name: str
    rule: str


def meetings_of(parsed: ParsedText, entities: Entities, article_day: dt.date | None) -> list[ReportedMeeting]:
    """Return the meetings of a text; one that is told twice, with the same participants, once."""
    meetings: list[ReportedMeeting] = []
    for word in parsed.words:
        people = [*_participants(parsed, entities, word)]
        if len(people) < MIN_PARTICIPANTS:
            continue
        known = next((meeting for meeting in meetings if _is_same(meeting, people)), None)
        meeting = _meeting(parsed, entities, word, people, article_day)
        if known is None or known.status != meeting.status:
            meetings.append(meeting)
        else:
            known.place = known.place or meeting.place
            known.day = known.day or meeting.day
    return meetings


def _participants(parsed: ParsedText, entities: Entities, word: Word) -> Iterator[Entity]:
    """Yield who takes part in the meeting that a word names, once each."""
    heads: list[Word] = []
    if word.lemma in VERBS and word.is_verb:
        subject = subject_of(parsed, word)
        heads += [subject] if subject else []
        heads += parsed.dependents(word, "dobj")
        heads += _after(parsed, word, "with", "by", "alongside")
    elif word.lemma in NOUNS and word.tag.startswith("NN"):
        governor = parsed.words[word.head]
        if governor.is_verb and governor.lemma in HOLDING_VERBS and word.relation == "dobj":
            subject = subject_of(parsed, governor)
            heads += [subject] if subject else []
            heads += _after(parsed, governor, "with", "between")
        heads += _after(parsed, word, "with", "between", "of")
        heads += parsed.dependents(word, "poss")
    entities_of = [
        entity for head in heads for other in _coordinated(parsed, head) if (entity := _agent(entities, other))
    ]
    yield from {id(entity): entity for entity in entities_of}.values()


def _agent(entities: Entities, head: Word) -> Entity | None:
    if head.tag.startswith("NN") and not entities.entity_at(head.index) and not head.text[:1].isupper():
        return None if not (named := entities.source_of(head)[0]) else named
    entity = entities.source_of(head)[0]
    return entity if entity and entity.kind != "place" else None


def _after(parsed: ParsedText, head: Word, *prepositions: str) -> list[Word]:
    phrases = [word for word in parsed.dependents(head, "prep", "agent") if word.text.lower() in prepositions]
    return [noun for phrase in phrases for noun in parsed.dependents(phrase, "pobj")]


def _coordinated(parsed: ParsedText, head: Word) -> Iterator[Word]:
    yield head
    for word in parsed.dependents(head, "conj"):
        if word.is_noun:
            yield from _coordinated(parsed, word)


def _meeting(
    parsed: ParsedText, entities: Entities, word: Word, people: list[Entity], article_day: dt.date | None
) -> ReportedMeeting:
    verb = word if word.is_verb else next((other for other in parsed.ancestors(word) if other.is_verb), word)
    auxiliaries = {other.text.lower() for other in parsed.dependents(verb, "aux")}
    is_denied = bool(parsed.dependents(verb, "neg"))
    status = "denied" if is_denied else "planned" if auxiliaries & PLANNED else "occurred"
    words = [other for other in parsed.sentence_words(word.sentence) if other.text.strip()]
    span = TextSpan(words[0].start, words[-1].end)
    places = [entity for other in words if (entity := _place_after(parsed, entities, other))]
    day = day_in(span.of(parsed.text), article_day)
    name = "the meeting of " + " and ".join(person.name for person in people[:3])
    return ReportedMeeting(people, places[0] if places else None, day, status, span, name, f"the word “{word.lemma}”")


def _place_after(parsed: ParsedText, entities: Entities, word: Word) -> Entity | None:
    entity = entities.entity_at(word.index)
    preposition = parsed.words[word.head]
    is_there = word.relation == "pobj" and preposition.text.lower() in {"in", "at", "near", "on"}
    return entity if entity and entity.kind == "place" and is_there else None


def _is_same(meeting: ReportedMeeting, people: list[Entity]) -> bool:
    known = {id(person) for person in meeting.participants}
    return len(known & {id(person) for person in people}) >= MIN_PARTICIPANTS
