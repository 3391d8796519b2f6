"""Bodies that an article describes rather than names: `Denmark's navy`, `the trade ministry`, `police in Oslo`."""

from __future__ import annotations

import re

from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.text.noun_kinds import is_for_people
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.name_words import KIND_OF_WORD
from kg.drafting.words.word_lists import words

BODIES_OF_PLACES = words("government parliament presidency navy army military cabinet senate treasury")
"""Nouns for bodies of which a country or region has only one."""
DESCRIBED_BODIES = words(
    "ministry department police court bank council guard agency embassy commission authority bureau regulator watchdog "
    "prosecutor"
)
"""Nouns for bodies of which a place may have several, or that need not belong to a place: see their qualifiers."""
QUALIFIERS = words(
    "public foreign interior central supreme high constitutional federal national regional electoral military naval "
    "municipal"
)
"""Adjectives that distinguish a body, as nouns before it do: `the interior ministry`."""
ONLY_WITH = {
    "bank": words("central national state reserve"),
    "guard": words("coast national border"),
    "prosecutor": words("public"),
}
"""The qualifiers with which a noun is a body, rather than a river's bank or a watchman."""
LED_BODIES = words("campaign administration")
"""Nouns for bodies that are identified by their leaders."""
INDEFINITE = words("a an another any some no every each")


def add_bodies(entities: Entities) -> None:
    """Add bodies that are described: `Denmark's navy`, `the Danish government`, `the trade ministry of Denmark`."""
    bodies: dict[tuple[str, str], Entity] = {}
    alone: list[Word] = []
    for word in entities.parsed.words:
        lemma = word.lemma.lower()
        is_first = word.index == entities.parsed.sentences[word.sentence][0]
        is_noun = (word.text.islower() or is_first) and word.tag.startswith("NN")
        is_state_body = lemma in BODIES_OF_PLACES and word.tag in {"NN", "NNP"}
        is_body = is_state_body or (lemma in DESCRIBED_BODIES and _is_one_body(entities, word))
        if not is_noun or not is_body or entities.entity_at(word.index):
            continue
        places = _places_of_body(entities, word)
        qualified = " ".join([*([] if is_state_body else _qualifiers(entities, word)), lemma])
        leaders = [leader.text for leader in entities.parsed.dependents(word, "compound") if leader.tag == "NNP"]
        if not places and is_state_body and leaders:
            qualified = " ".join([*leaders, lemma])  # `the Monti government`
        elif not places and is_state_body:
            owners = [*entities.parsed.dependents(word, "poss", "compound"), *entities.parsed.objects_after(word, "of")]
            has_owner = any(owner.tag != "PRP$" for owner in owners)
            is_known = bool(owners) or entities.parsed.is_definite(word) or _is_of_person(entities.parsed, word)
            alone += [word] if not has_owner and is_known else []
        if not places and (qualified == lemma or not _does_something(entities.parsed, word)):
            continue
        place = places[0] if places else ""
        same = [entity for (_, body), entity in bodies.items() if body == qualified and not places]
        entity = same[0] if len(same) == 1 else bodies.get((place, qualified))
        if entity is None:
            bodies[place, qualified] = entity = _new_body(entities, word, qualified, place)
        entity.mentions.append(entities.parsed.span(*entities.parsed.noun_phrase(word)))
        entities.set_entity([word.index], entity)

    for word in alone:
        _add_body_alone(entities, word)
    _add_governments_together(entities)
    _add_led_bodies(entities)


def _add_governments_together(entities: Entities) -> None:
    """Add each of `the Swedish and Danish governments`."""
    for word in entities.parsed.words:
        if word.tag != "NNS" or word.lemma.lower() != "government":
            continue
        owners = entities.parsed.dependents(word, "poss", "compound", "amod")
        owners += entities.parsed.objects_after(word, "of")
        owners += [other for owner in owners for other in entities.parsed.dependents(owner, "conj")]
        places = [(place, owner) for owner in owners if (place := entities.place_of(owner))]
        for place, owner in places if len(places) > 1 else ():
            span = entities.parsed.span(owner.index, owner.index + 1)
            entities.government(place, span, "the governments of several places")


def _add_led_bodies(entities: Entities) -> None:
    """Add `the Quill campaign` and `Quill's administration`, one for each leader."""
    bodies: dict[tuple[str, str], Entity] = {}
    for word in entities.parsed.words:
        lemma = word.lemma.lower()
        if lemma not in LED_BODIES or word.tag != "NN" or entities.entity_at(word.index):
            continue
        owners = entities.parsed.dependents(word, "compound", "nmod", "poss")
        owners += entities.parsed.words[max(0, word.index - 1) : word.index]  # `the Quill campaign manager`
        leader = next((name for owner in owners if (name := _leader(entities, owner))), "")
        if not leader:
            continue
        if (leader, lemma) not in bodies:
            name, rule = f"the {leader} {lemma}", f"the {lemma} of a leader"
            bodies[leader, lemma] = Entity("organization", name, rule, 0.75, subkind=KIND_OF_WORD.get(lemma, ""))
            entities.all.append(bodies[leader, lemma])
        bodies[leader, lemma].mentions.append(entities.parsed.span(*entities.parsed.noun_phrase(word)))
        entities.set_entity([word.index], bodies[leader, lemma])


def _leader(entities: Entities, owner: Word) -> str:
    """Return the surname of the person who leads a body, empty if a place or a day comes before it."""
    entity = entities.entity_at(owner.index)
    is_somebody = entity.kind == "person" if entity else owner.name_kind in {"", "PERSON", "ORG"}
    return owner.text if owner.tag.startswith("NNP") and owner.text.istitle() and is_somebody else ""


def _new_body(entities: Entities, word: Word, qualified: str, place: str) -> Entity:
    lemma = word.lemma.lower()
    name = f"the {qualified} of {place}" if place else f"the {qualified}"
    rule = f"the {lemma} of a place" if place else f"the noun “{lemma}” and what is before it"
    entity = Entity("organization", name, rule, 0.75, subkind=KIND_OF_WORD.get(lemma, ""))
    if not place or lemma in DESCRIBED_BODIES:
        entity.is_named, entity.head_lemma = False, lemma  # `the ministry` refers to the last one
    entities.all.append(entity)
    if lemma == "government":
        entities.governments[place] = entity
    return entity


def _places_of_body(entities: Entities, body: Word) -> list[str]:
    """Return the names of the places that a body belongs to, as owner, adjective or after `of`."""
    prepositions = ("of", "in") if body.lemma.lower() == "police" else ("of",)
    owners = entities.parsed.dependents(body, "poss", "compound", "amod")
    owners += entities.parsed.objects_after(body, *prepositions)
    return [place for owner in owners if (place := entities.place_of(owner))]


def _is_one_body(entities: Entities, noun: Word) -> bool:
    """Return whether a noun denotes one definite body, and is not a title before a name."""
    lemma, determiners = noun.lemma.lower(), {word.text.lower() for word in entities.parsed.dependents(noun, "det")}
    is_single = noun.tag in {"NN", "NNP"} or lemma == "police"
    is_right = lemma not in ONLY_WITH or bool(ONLY_WITH[lemma] & {*_qualifiers(entities, noun)})
    return is_single and is_right and not determiners & INDEFINITE and not entities.entity_at(noun.index + 1)


def _is_of_person(parsed: ParsedText, body: Word) -> bool:
    """Return whether somebody belongs to a body: `army chief`, `a finance ministry official`."""
    head = parsed.words[body.head]
    return body.relation == "compound" and is_for_people(head.lemma)


def _does_something(parsed: ParsedText, body: Word) -> bool:
    """Return whether a body acts in a sentence, rather than being where something is."""
    is_party = body.relation == "pobj" and parsed.words[body.head].text.lower() in {"by", "from", "with", "to"}
    return is_party or body.relation in SUBJECTS | {"dobj", "dative", "poss", "conj"} or _is_of_person(parsed, body)


def _qualifiers(entities: Entities, noun: Word) -> list[str]:
    """Return the words before a noun that distinguish its body, in lower case and without names."""
    before = [word for word in entities.parsed.dependents(noun, "compound", "amod") if word.index < noun.index]
    words = [entities.parsed.words[index] for word in before for index in entities.parsed.subtree(word)]
    are_right = (word.relation != "amod" or word.text.lower() in QUALIFIERS for word in words)
    return [
        word.text.lower()
        for word, is_right in zip(words, are_right, strict=True)
        if is_right and not entities.entity_at(word.index) and word.text.islower()
    ]


def _add_body_alone(entities: Entities, word: Word) -> None:
    """Add `the navy`: a mention of the only known one, of any place, or a new one without a place."""
    is_one = re.compile(rf"(?:.*\b)?{word.lemma.lower()}(?: of .*)?").fullmatch
    known = [entity for entity in entities.all if entity.kind == "organization" and is_one(entity.name.lower())]
    if len(known) == 1:
        known[0].mentions.append(entities.parsed.span(*entities.parsed.noun_phrase(word)))
        entities.set_entity([word.index], known[0])
    elif not known:
        entities.of_common_noun(word)
