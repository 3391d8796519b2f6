"""Where a meeting is: the place nearest to its verb, a building rather than the town that it is in."""

from __future__ import annotations

from kg.drafting.entities.names import BY_DATE_LINE, KINDS_OF_PLACES
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.word_lists import words as word_set

AT = frozenset({"in", "at", "near", "on", "inside"})
AT_A_BUILDING = frozenset({"in", "at", "inside"})
BUILDINGS = word_set(
    "airport palace hotel embassy consulate headquarters residence villa mansion castle house ranch resort hall "
    "restaurant chancellery monastery cathedral stadium airfield retreat compound"
)
"""Nouns for buildings where people meet, even without a name: `at the airport`."""
SEATS = frozenset({"White House", "Kremlin", "Capitol", "Pentagon", "Downing Street", "Elysee", "Vatican"})
"""Names of buildings that news uses for the bodies in them."""


def place_of_meeting(parsed: ParsedText, entities: Entities, word: Word, verb: Word) -> Entity | None:
    """Return the place of a meeting reported by a word in a sentence with this verb, None if it is not stated."""
    if any(other.text.lower() == "here" for other in parsed.dependents(verb, "advmod")):
        return _place_of_date_line(entities)
    where = entities.entity_at(verb.head)
    if verb.relation == "relcl" and where and where.kind == "place":
        return where  # `visited Oslo, where he met Vik`
    if visited := _place_visited(parsed, entities, verb):
        return visited
    nouns = [
        noun
        for noun in parsed.sentence_words(word.sentence)
        if noun.relation == "pobj" and parsed.words[noun.head].text.lower() in AT
    ]
    if verb.lemma in {"welcome", "invite"}:
        nouns += parsed.objects_after(verb, "to", relations=("prep", "dative"))
    of_verb = [
        noun for noun in nouns if next((other for other in parsed.ancestors(noun) if other.is_verb), word) == verb
    ]
    buildings = (_named_building(entities, noun) or _building(parsed, entities, noun) for noun in of_verb)
    beside = [noun for noun in nouns if noun not in of_verb and not _is_of_another_act(parsed, noun, verb)]
    named = (_named(parsed, entities, noun) for noun in (*of_verb, *beside, *_visits(parsed, word.sentence)))
    others = (_building(parsed, entities, noun) for noun in beside)
    places = (place for place in (*buildings, *named, *others) if place and place.kind == "place")
    return next(places, None)


def _place_of_date_line(entities: Entities) -> Entity | None:
    """Return what `here` refers to in an agency's report."""
    names = (name for name in entities.names if name.rule == BY_DATE_LINE)
    return next((entity for name in names if (entity := entities.entity_at(name.start))), None)


def _is_of_another_act(parsed: ParsedText, noun: Word, verb: Word) -> bool:
    """Return whether a noun depends on a verb joined to a meeting's: `met Vik and visited a factory in Oslo`."""
    nearest = next((other for other in parsed.ancestors(noun) if other.is_verb), verb)
    return parsed.words[nearest.head] is verb and nearest.relation == "conj"


def _place_visited(parsed: ParsedText, entities: Entities, verb: Word) -> Entity | None:
    """Return the place before a `where` clause that depends on another word: `visited Oslo on Monday, where …`."""
    if verb.relation == "conj" and parsed.words[verb.head].is_verb:
        verb = parsed.words[verb.head]
    governor = next((word for word in parsed.ancestors(verb) if word.is_verb), None)
    if governor is None or not any(word.text.lower() == "where" for word in parsed.dependents(verb, "advmod")):
        return None
    visited = [*parsed.dependents(governor, "dobj"), *parsed.objects_after(governor, "to", "in", "for")]
    places = (entities.entity_at(noun.index) for noun in visited if noun.index < verb.index)
    return next((place for place in places if place and place.kind == "place"), None)


def _named(parsed: ParsedText, entities: Entities, noun: Word) -> Entity | None:
    """Return the place that a noun names, also as `the Swiss city of Geneva` or `the Norwegian capital, Oslo`."""
    if entity := entities.entity_at(noun.index):
        return entity
    if noun.lemma.lower() not in KINDS_OF_PLACES:
        return None
    names = [*parsed.objects_after(noun, "of"), *parsed.dependents(noun, "appos")]
    places = (entities.entity_at(name.index) for name in names)
    return next((place for place in places if place and place.kind == "place"), None)


def _visits(parsed: ParsedText, sentence: int) -> list[Word]:
    """Return where somebody is in a sentence: `during a visit to Tokyo`, `Quill, who is visiting Nairobi`."""
    visits = [word for word in parsed.sentence_words(sentence) if word.lemma in {"visit", "trip", "stop", "stay"}]
    of_noun = [noun for word in visits if word.relation == "pobj" for noun in parsed.objects_after(word, "to", "in")]
    return of_noun + [noun for word in visits if word.tag == "VBG" for noun in parsed.dependents(word, "dobj")]


def _named_building(entities: Entities, noun: Word) -> Entity | None:
    """Return the building whose name has a word for its kind: `the Hotel Imperial`."""
    entity = entities.entity_at(noun.index)
    is_building = entity is not None and entity.kind == "place" and BUILDINGS & {*entity.name.lower().split()}
    return entity if is_building else None


def _building(parsed: ParsedText, entities: Entities, noun: Word) -> Entity | None:
    """Return the building that a noun names or describes, unless it is indefinite: `at a hotel`."""
    if parsed.words[noun.head].text.lower() not in AT_A_BUILDING:
        return None
    entity = entities.entity_at(noun.index)
    if entity and entity.kind == "organization" and entity.name in SEATS:
        return entities.building(noun, entity.name)
    if entity or noun.lemma.lower() not in BUILDINGS:
        return None
    before = parsed.dependents(noun, "compound", "nmod")
    if name := next((place for word in before if (place := entities.entity_at(word.index))), None):
        return name if name.kind == "place" else entities.building(noun)
    is_one = any(word.text.lower() == "the" for word in parsed.dependents(noun, "det"))
    return entities.building(noun) if is_one or before or parsed.dependents(noun, "poss") else None
