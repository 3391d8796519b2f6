"""Meetings: who met whom, where and when, by verbs and nouns of meeting; planned and denied ones are separate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kg.drafting.entities.listed_people import listed_with
from kg.drafting.entities.posts import PostHeld
from kg.drafting.entities.referents import referent_of
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.meetings.meeting_places import place_of_meeting
from kg.drafting.meetings.meeting_status import status_of
from kg.drafting.speech.attributions import subject_of
from kg.drafting.text.dates import day_in
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.word_lists import words as word_set
from kg.mapping.passages.text_spans import TextSpan

MIN_PARTICIPANTS = 2
MAX_WORDS_TO_PARTIES = 15
"""The most words between a noun of meeting and `between`: `a meeting in Oslo on Monday between …`."""
VERBS = frozenset({"meet", "confer", "gather", "convene"})
RECEIVING = frozenset({"receive", "host", "welcome", "invite", "visit"})
"""Verbs that report a meeting if the sentence has a noun of meeting: `received her for talks`."""
RECEIVING_PEOPLE = frozenset({"receive", "host", "visit"})
"""Verbs that report a meeting if their object is a person."""
COMING = frozenset({"arrive", "travel", "fly", "come"})
"""Verbs that report a meeting with `for talks with` somebody."""
ENVOYS = word_set(
    "minister envoy negotiator diplomat official representative ambassador leader president delegate counterpart"
)
"""Nouns for people who speak for their countries."""
DELEGATIONS = frozenset({"delegation", "side", "team"})
COMPRISING = frozenset({"be", "include", "comprise", "lead", "head", "consist"})
BESIDE = frozenset({"sit", "accompany", "flank", "join"})
"""Verbs that report who else is at a meeting."""
GAMES = word_set(
    "final semifinal quarterfinal match game qualifier playoff tournament friendly cup championship league derby"
)
"""Nouns for occasions at which teams meet."""
BESIDE_AT_TABLE = ("beside", "alongside", "opposite")
NOUNS = frozenset({"meeting", "talk", "summit", "negotiation", "conference", "discussion"})
AGREEING = frozenset({"agree", "discuss", "sign", "decide", "pledge", "settle", "promise", "vow", "negotiate"})
"""Verbs for what participants of a meeting do together."""
MEALS = frozenset({"dinner", "lunch", "breakfast"})
"""Nouns that report a meeting only after verbs of receiving: `hosted them for a dinner`."""
PERIODS = frozenset({"hour", "day", "week", "round", "series", "evening"})
"""Measures of talks: `held four hours of talks`."""
HOLDING_VERBS = frozenset(
    {"hold", "have", "attend", "host", "begin", "open", "conduct", "chair", "join", "end", "conclude"}
)


@dataclass
class ReportedMeeting:
    """A meeting in a text; `status` is `occurred`, or a scenario's."""

    participants: list[Entity]
    place: Entity | None
    day: dt.date | None
    status: str
    span: TextSpan
    name: str
    rule: str
    word: Word
    """The verb or noun of meeting."""
    named_at: set[int] = field(default_factory=set)
    """The indices of the words that mention the meeting."""
    sides: list[Entity | None] = field(default_factory=list)
    """The side of each participant, None if unknown."""

    def complete(self, other: ReportedMeeting) -> None:
        """Add the place and the day from another mention of the meeting, if they are not known yet or a building is."""
        is_building = other.place is not None and other.place.subkind == "building"
        self.place = other.place if is_building or self.place is None else self.place
        self.day = self.day or other.day


def meetings_of(
    parsed: ParsedText, entities: Entities, posts: list[PostHeld], article_day: dt.date | None
) -> list[ReportedMeeting]:
    """Return the meetings of a text; one that is reported twice, with the same participants, is returned once."""
    meetings: list[ReportedMeeting] = []
    for word in parsed.words:
        if word.lemma in DELEGATIONS and meetings:
            members = [person for person in _members(parsed, entities, word) if person not in meetings[-1].participants]
            meetings[-1].participants += members
        if word.lemma in BESIDE and meetings:
            beside = _beside(parsed, entities, word)
            is_there = any(person in meetings[-1].participants for person in beside)
            if is_there or _is_at_table(parsed, word, meetings[-1]) or _is_of_them(parsed, word, meetings[-1]):
                meetings[-1].participants += [person for person in beside if person not in meetings[-1].participants]
        people = [*_participants(parsed, entities, posts, word)]
        if len(people) < MIN_PARTICIPANTS:
            if _is_taken_up(parsed, word) and meetings:
                again = _meeting(parsed, entities, word, people, article_day)
                if not _is_apart(parsed, word):
                    meetings[-1].complete(again)
                meetings[-1].named_at.add(word.index)
            elif _is_opening(parsed, word):
                meetings.append(_meeting(parsed, entities, word, people, article_day))
            continue
        known = next((meeting for meeting in meetings if _is_same(meeting, people)), None)
        meeting = _meeting(parsed, entities, word, people, article_day)
        if known is None or known.status != meeting.status:
            meetings.append(meeting)
        else:
            known.complete(meeting)
            known.named_at.add(word.index)
    return [replace(meeting, name=_name_of(meeting)) for meeting in meetings if len(meeting.participants) > 1]


def _name_of(meeting: ReportedMeeting) -> str:
    return "the meeting of " + " and ".join(person.name for person in meeting.participants[:3])


def _is_opening(parsed: ParsedText, noun: Word) -> bool:
    """Return whether a noun of meeting is what opened or went on, whose participants may be named later."""
    governor = parsed.words[noun.head]
    is_subject = noun.relation in SUBJECTS and governor.lemma in HOLDING_VERBS | {"last", "take", "resume"}
    return noun.lemma in NOUNS and noun.tag.startswith("NN") and is_subject


def _is_taken_up(parsed: ParsedText, noun: Word) -> bool:
    """Return whether a noun refers to a meeting that was mentioned before: `the talks`."""
    determiners = {word.text.lower() for word in parsed.dependents(noun, "det")}
    return noun.lemma in NOUNS and noun.tag.startswith("NN") and bool(determiners & {"the", "these", "those"})


def _is_apart(parsed: ParsedText, noun: Word) -> bool:
    """Return whether a sentence is about a time before or after a meeting, so that its place is another."""
    return noun.relation == "pobj" and parsed.words[noun.head].text.lower() in {"before", "after"}


def _members(parsed: ParsedText, entities: Entities, delegation: Word) -> list[Entity]:
    """Return the people that a delegation is said to consist of or be led by."""
    verb = parsed.words[delegation.head]
    if delegation.relation not in SUBJECTS or verb.lemma not in COMPRISING:
        return []
    verbs = [verb, *(word for word in parsed.dependents(verb, "conj") if word.lemma in COMPRISING)]
    heads = [
        head
        for comprising in verbs
        for head in (*parsed.dependents(comprising, "attr", "dobj"), *parsed.objects_after(comprising, "of", "by"))
    ]
    # `Tarrant's team`: its owner takes part too.
    owners = [(word, entities.entity_at(word.index)) for word in parsed.dependents(delegation, "poss")]
    heads += [word for word, owner in owners if owner and owner.kind == "person"]
    people = [referent_of(entities, other)[0] for head in heads for other in _coordinated(parsed, head)]
    return [*{id(person): person for person in people if person and person.kind in {"person", "group"}}.values()]


def _beside(parsed: ParsedText, entities: Entities, verb: Word) -> list[Entity]:
    """Return people who are reported beside one another: `Beside Vik sat two aides`, `Vik was joined by two aides`."""
    subject = subject_of(parsed, verb)
    is_named = subject is not None and subject.text.lower() != "they"
    heads = [*([subject] if subject and is_named else []), *parsed.dependents(verb, "dobj", "attr")]
    heads += parsed.objects_after(verb, *BESIDE_AT_TABLE, "with", "by")
    people = [referent_of(entities, other)[0] for head in heads for other in _coordinated(parsed, head)]
    return [*{id(person): person for person in people if person and person.kind in {"person", "group"}}.values()]


def _is_of_them(parsed: ParsedText, verb: Word, meeting: ReportedMeeting) -> bool:
    """Return whether a verb reports who joined those who met in the sentence before: `They were joined by Vik`."""
    subjects = parsed.dependents(verb, *SUBJECTS)
    is_next = verb.sentence == meeting.word.sentence + 1
    return is_next and verb.lemma == "join" and any(word.text.lower() == "they" for word in subjects)


def _is_at_table(parsed: ParsedText, verb: Word, meeting: ReportedMeeting) -> bool:
    """Return whether a verb reports who sat where at talks that the text only opened: `Beside Vik sat two aides`."""
    is_beside = bool(parsed.objects_after(verb, *BESIDE_AT_TABLE))
    for subject in parsed.dependents(verb, *SUBJECTS):  # the parser takes `Beside` for a part of it
        is_beside |= parsed.words[parsed.noun_phrase(subject)[0]].text.lower() in BESIDE_AT_TABLE
    return verb.lemma == "sit" and is_beside and _is_opening(parsed, meeting.word)


def _participants(parsed: ParsedText, entities: Entities, posts: list[PostHeld], word: Word) -> Iterator[Entity]:
    """Yield the distinct participants of the meeting that a word reports."""
    heads: list[Word] = []
    if word.is_verb and _tells_of_meeting(parsed, entities, word):
        heads += _with_joining(parsed, subject_of(parsed, word))
        heads += parsed.dependents(word, "dobj")
        heads += parsed.objects_after(word, "with", "by", "alongside")
    elif word.lemma in NOUNS | MEALS and word.tag.startswith("NN"):
        noun = _measured(parsed, word)
        governor = parsed.words[noun.head]
        is_held = governor.is_verb and governor.lemma in HOLDING_VERBS and noun.relation == "dobj"
        if (word.lemma in MEALS and not is_held) or _is_for_reporters(parsed, word):
            return
        if is_held:
            heads += _with_joining(parsed, subject_of(parsed, governor))
            heads += parsed.objects_after(governor, "with", "between")
        heads += _agreeing(parsed, noun) + _brought(parsed, noun) + _speaking(parsed, entities, noun)
        heads += _coming(parsed, word, governor)
        heads += parsed.objects_after(governor, "by") if governor.lemma in {"attend", "join"} else []
        heads += parsed.objects_after(word, "with", "between", "of") or _between(parsed, word)
        heads += parsed.dependents(word, "poss")
    joined = [other for head in heads for other in _coordinated(parsed, head)]
    nouns = [other for head in joined for other in _led(parsed, head) or listed_with(entities, head) or [head]]
    people = {id(entity): entity for other in nouns if (entity := _agent(entities, other))}
    if len(people) < MIN_PARTICIPANTS and (pair := _pair_before(entities, nouns)):
        people = {id(person): person for person in pair}
    if len(people) < MIN_PARTICIPANTS or any(head.lemma == "counterpart" for head in nouns):
        countries = [entity for other in nouns for entity in _of_countries(parsed, entities, posts, other)]
        heads_of_countries = {id(_agent(entities, head)) for head in nouns if head.lemma.lower() in ENVOYS}
        others = {key: entity for key, entity in people.items() if key not in heads_of_countries}
        people = others | {id(entity): entity for entity in countries} if countries else people
    yield from people.values()


def _pair_before(entities: Entities, heads: list[Word]) -> list[Entity]:
    """Return whom `the two leaders` or `the pair` refers to: the only two people named in the previous sentence."""
    if len(heads) != 1 or not heads[0].sentence:
        return []
    numbers = {word.text.lower() for word in entities.parsed.dependents(heads[0], "nummod", "det")}
    is_pair = heads[0].lemma in {"pair", "two"} or ("two" in numbers and heads[0].tag == "NNS")
    if not is_pair or entities.parsed.objects_after(heads[0]):
        return []
    before = entities.parsed.sentence_words(heads[0].sentence - 1)
    named = {
        id(entity): entity for word in before if (entity := entities.entity_at(word.index)) and entity.kind == "person"
    }
    return [*named.values()] if len(named) == MIN_PARTICIPANTS else []


def _led(parsed: ParsedText, delegation: Word) -> list[Word]:
    """Return the leaders of a delegation, who represent it: `a team headed by Ada Quill`."""
    if delegation.lemma not in DELEGATIONS:
        return []
    # `a delegation of lawmakers headed by Ada Quill`
    nouns = [delegation, *parsed.objects_after(delegation, "of")]
    clauses = [word for noun in nouns for word in parsed.dependents(noun, "acl") if word.lemma in {"lead", "head"}]
    leaders = (leader for clause in clauses for leader in parsed.objects_after(clause, "by"))
    return [other for leader in leaders for other in _coordinated(parsed, leader)]


def _measured(parsed: ParsedText, noun: Word) -> Word:
    """Return the noun that measures a meeting (`four hours of talks`), or the meeting's own noun."""
    of = parsed.words[noun.head]
    period = parsed.words[of.head]
    is_part = noun.relation == "pobj" and of.text.lower() == "of" and period.lemma in PERIODS
    return period if is_part else noun


def _agreeing(parsed: ParsedText, noun: Word) -> list[Word]:
    """Return who agrees on something at a meeting: `in talks in Oslo, Quill and Vik agreed to …`."""
    preposition = parsed.words[noun.head]
    verb = parsed.words[preposition.head]
    is_at = noun.relation == "pobj" and preposition.text.lower() in {"in", "at", "during"}
    subject = subject_of(parsed, verb) if is_at and verb.lemma in AGREEING else None
    return [subject] if subject and parsed.dependents(subject, "conj") else []


def _speaking(parsed: ParsedText, entities: Entities, noun: Word) -> list[Word]:
    """Return who says or does something at or after a meeting with somebody: `after talks with Quill, Vik said …`."""
    partners = [entities.entity_at(word.index) for word in parsed.objects_after(noun, "with")]
    preposition = parsed.words[noun.head]
    is_beside = noun.relation in {"pobj", "dobj"} and preposition.text.lower() in {
        "after",
        "following",
        "in",
        "at",
        "during",
    }
    if not is_beside or not any(partner and partner.kind == "person" for partner in partners):
        return []
    verb = next((word for word in parsed.ancestors(preposition) if word.is_verb), None)
    subject = subject_of(parsed, verb) if verb and verb.tag != "VB" else None
    return [subject] if subject else []


def _is_for_reporters(parsed: ParsedText, noun: Word) -> bool:
    """Return whether a conference is a press conference."""
    return any(word.text.lower() in {"news", "press"} for word in parsed.dependents(noun, "compound"))


def _brought(parsed: ParsedText, noun: Word) -> list[Word]:
    """Return whom a meeting brings together."""
    verb = parsed.words[noun.head]
    is_together = any(word.text.lower() == "together" for word in parsed.dependents(verb))
    return parsed.dependents(verb, "dobj") if verb.lemma == "bring" and is_together and noun.relation == "nsubj" else []


def _coming(parsed: ParsedText, noun: Word, preposition: Word) -> list[Word]:
    """Return who comes to a meeting: `flew to Oslo for talks with Vik`."""
    verb = parsed.words[preposition.head]
    is_for = noun.relation == "pobj" and preposition.text.lower() == "for" and verb.lemma in COMING
    return _with_joining(parsed, subject_of(parsed, verb) if is_for else None)


def _of_countries(parsed: ParsedText, entities: Entities, posts: list[PostHeld], head: Word) -> list[Entity]:
    """Return who meets as `the foreign ministers of Kenya and Chad`: people named as such, or governments."""
    if head.tag != "NNS" or head.lemma.lower() not in ENVOYS:
        return []
    places = [word for noun in parsed.objects_after(head, "of", "from") for word in _coordinated(parsed, noun)]
    names = [entities.entity_at(word.index) for word in places]
    if len(names) < MIN_PARTICIPANTS or not all(name and name.kind == "place" for name in names):
        return []
    holders = (_holder(parsed, entities, posts, head, name.name if name else "") for name in names)
    people = [holder or referent_of(entities, word)[0] for word, holder in zip(places, holders, strict=True)]
    return [person for person in people if person]


def _holder(parsed: ParsedText, entities: Entities, posts: list[PostHeld], envoys: Word, place: str) -> Entity | None:
    """Return the only person named in the article as minister or envoy of a place, or as its `counterpart`."""
    start, end = parsed.noun_phrase(envoys)
    title = {word.lemma.lower() for word in parsed.words[start:end] if word.tag != "DT"}
    holders = [
        post.person
        for post in posts
        if not post.is_former and title <= {*post.title.lower().split()} and _is_of(entities, post.span, place)
    ]
    holders += [
        person
        for word in parsed.words
        if word.lemma == "counterpart" and (person := referent_of(entities, word)[0]) and person.is_named
        if _is_of(entities, parsed.span(*parsed.noun_phrase(word)), place)
    ]
    return holders[0] if len({id(holder) for holder in holders}) == 1 else None


def _is_of(entities: Entities, title: TextSpan, place: str) -> bool:
    named = entities.place_in(title)
    return named is not None and named[0] == place


def _tells_of_meeting(parsed: ParsedText, entities: Entities, verb: Word) -> bool:
    if verb.lemma in VERBS:
        where = parsed.objects_after(verb, "in", "at", "for")
        return not any(noun.lemma.lower() in GAMES for noun in where)
    if verb.lemma in RECEIVING_PEOPLE:
        received = parsed.dependents(verb, "dobj", "nsubjpass")
        if any((entity := entities.entity_at(word.index)) and entity.kind == "person" for word in received):
            return True
    if verb.lemma == "sit":
        is_interview = any(noun.lemma == "interview" for noun in parsed.objects_after(verb, "for"))
        is_down = any(particle.text.lower() == "down" for particle in parsed.dependents(verb, "prt", "advmod"))
        return is_down and not is_interview
    return verb.lemma in RECEIVING and any(
        word.lemma in NOUNS | MEALS and word.relation == "pobj" for word in parsed.sentence_words(verb.sentence)
    )


def _with_joining(parsed: ParsedText, subject: Word | None) -> list[Word]:
    """Return a subject and those who join it: `Ada Quill, joined by Jon Vik and two aides, met …`."""
    if subject is None:
        return []
    clauses = [
        word
        for word in parsed.sentence_words(subject.sentence)
        if word.lemma in {"join", "accompany", "flank"} and word.tag == "VBN"
    ]
    return [subject, *(noun for clause in clauses for noun in parsed.objects_after(clause, "by"))]


def _between(parsed: ParsedText, noun: Word) -> list[Word]:
    """Return the parties after a `between` in the sentence that does not depend on the noun."""
    for word in parsed.words[noun.index + 1 : noun.index + MAX_WORDS_TO_PARTIES]:
        if word.sentence != noun.sentence:
            break
        if word.text.lower() == "between":
            return parsed.dependents(word, "pobj")
    return []


def _agent(entities: Entities, head: Word) -> Entity | None:
    is_unnamed = head.tag.startswith("NN") and not entities.entity_at(head.index) and not head.text[:1].isupper()
    entity = referent_of(entities, head)[0]
    return entity if entity and (is_unnamed or entity.kind != "place") else None


def _coordinated(parsed: ParsedText, head: Word) -> Iterator[Word]:
    others = [word for word in parsed.dependents(head, "conj") if word.is_noun]
    if head.tag.endswith("S"):
        others += parsed.objects_after(head, "including")  # `Senate leaders, including Ada Quill`
    # `the two ministers, Ada Quill and Jon Vik`: the named people are the ministers.
    named = others or parsed.dependents(head, "appos")
    if head.tag == "NNS" and len(named) == 1 and _is_appositive(parsed, named[0]):
        others = named
    else:
        yield from _before_title(parsed, head)
        yield head
    for word in others:
        yield from _coordinated(parsed, word)


def _is_appositive(parsed: ParsedText, name: Word) -> bool:
    """Return whether a name comes after a comma without `and`, and other names are joined to it."""
    start = parsed.noun_phrase(name)[0]
    is_after_comma = start > 0 and parsed.words[start - 1].text == ","
    return name.tag == "NNP" and is_after_comma and bool(parsed.dependents(name, "conj"))


def _before_title(parsed: ParsedText, head: Word) -> Iterator[Word]:
    """Yield the names joined to a name before its title: Tillman in `Tillman and Senate Leader Joan Pruitt`."""
    for word in parsed.dependents(head, "nmod", "compound"):
        if word.tag == "NNP" and parsed.dependents(word, "cc"):
            yield word
        yield from _before_title(parsed, word)


def _meeting(
    parsed: ParsedText, entities: Entities, word: Word, people: list[Entity], article_day: dt.date | None
) -> ReportedMeeting:
    verb = word if word.is_verb else next((other for other in parsed.ancestors(word) if other.is_verb), word)
    status = status_of(parsed, word, verb)
    words = [other for other in parsed.sentence_words(word.sentence) if other.text.strip()]
    span = TextSpan(words[0].start, words[-1].end)
    place = place_of_meeting(parsed, entities, word, verb)
    day = day_in(span.of(parsed.text), article_day)
    return ReportedMeeting(people, place, day, status, span, "", f"the word “{word.lemma}”", word, {word.index})


def _is_same(meeting: ReportedMeeting, people: list[Entity]) -> bool:
    known = {id(person) for person in meeting.participants}
    return len(known & {id(person) for person in people}) >= MIN_PARTICIPANTS
