"""Whom a pronoun refers to: somebody named before it who agrees in number and gender."""

from __future__ import annotations

from kg.drafting.entities.text_entities import Entities, Entity, last_before
from kg.drafting.speech.attributions import subject_of
from kg.drafting.text.noun_kinds import QUANTITIES
from kg.drafting.text.parsed_text import SUBJECTS, Word
from kg.drafting.words.given_names import gender_of
from kg.drafting.words.name_words import GROUP_KIND_OF_WORD
from kg.drafting.words.speech_words import ACT_OF_VERB

OTHER_GENDER = {"he": "f", "him": "f", "his": "f", "she": "m", "her": "m", "hers": "m"}
"""The gender that excludes a person as the referent of a pronoun."""
KINDS_OF_SPEAKERS = dict.fromkeys(OTHER_GENDER, "person") | dict.fromkeys(("it", "its"), "organization")
"""The kind of speaker that a pronoun inside what is said can refer to."""
OF_TWO = frozenset({"both", "each", "neither"})
"""Pronouns that refer to two people mentioned together before: `two sailors`."""
SHARES = frozenset({"percent", "%"})
"""Shares of people in a survey, which never refer to a body."""
NEAR_SENTENCES = 3
"""How many sentences before `they` a mention of people is preferred to a body."""


def antecedent(entities: Entities, pronoun: Word) -> Entity | None:
    """Return whom a pronoun refers to: the last person before it, or the last body for `they` and `it`."""
    text = pronoun.text.lower()
    if text in {"i", "me", "my", "you", "we", "us"}:
        return None
    if text in KINDS_OF_SPEAKERS and (speaker := _speaker_above(entities, pronoun)):
        return speaker
    is_several = text == "they" or text in QUANTITIES
    if text in OF_TWO and (pair := _two_before(entities, pronoun)):
        return pair
    if is_several and (group := _people_before(entities, pronoun)):
        return group
    kinds = (
        {"organization"} if text in {"it", "its", "which"} else {"group", "organization"} if is_several else {"person"}
    )
    if text in SHARES:
        kinds = {"group"}
    other = OTHER_GENDER.get(text, "")
    if is_several and any(_is_near(entities, entity, pronoun) for entity in entities.all if entity.kind == "group"):
        kinds = {"group"}
    candidates = [entity for entity in entities.all if entity.kind in kinds and not _is_of(entity, other)]
    near = _nearest(entities, candidates, pronoun)
    return max(near, key=lambda entity: _salience(entities, entity, pronoun), default=None)


def _speaker_above(entities: Entities, pronoun: Word) -> Entity | None:
    """Return the speaker of the words with a pronoun, if it may refer to the speaker: `the bank said it was shut`."""
    parsed = entities.parsed
    verbs = (word for word in parsed.ancestors(pronoun) if word.is_verb and word.lemma in ACT_OF_VERB)
    subjects = (word for verb in verbs if (word := subject_of(parsed, verb)) and word != pronoun)
    speakers = (entity for word in subjects if (entity := entities.entity_at(word.index)))
    kind, other = KINDS_OF_SPEAKERS[pronoun.text.lower()], OTHER_GENDER.get(pronoun.text.lower(), "")
    return next((entity for entity in speakers if entity.kind == kind and not _is_of(entity, other)), None)


def _two_before(entities: Entities, pronoun: Word) -> Entity | None:
    """Return the two that `both` or `each` refers to, in the pronoun's sentence or the previous one."""
    first = entities.parsed.sentences[max(0, pronoun.sentence - 1)][0]
    for word in reversed(entities.parsed.words[first : pronoun.index]):
        numbers = {number.text.lower() for number in entities.parsed.dependents(word, "nummod", "det")}
        if word.tag == "NNS" and numbers & {"two", "both"}:
            return entities.entity_at(word.index) or entities.of_common_noun(word)
    return None


def _nearest(entities: Entities, candidates: list[Entity], pronoun: Word) -> list[Entity]:
    """Return the candidates named in the nearest sentence before a pronoun: its own and the previous count as one."""
    named = [(last, entity) for entity in candidates if (last := last_before(entity, pronoun.start)) >= 0]
    if not named:
        return []
    nearest = entities.parsed.words[entities.parsed.word_at(max(last for last, _ in named))].sentence
    first = entities.parsed.sentences[min(nearest, max(pronoun.sentence - 1, 0))][0]
    return [entity for last, entity in named if last >= entities.parsed.words[first].start]


def _is_near(entities: Entities, entity: Entity, pronoun: Word) -> bool:
    """Return whether an entity is named in one of the last sentences before a pronoun."""
    last = last_before(entity, pronoun.start)
    sentence = entities.parsed.words[entities.parsed.word_at(last)].sentence
    return last >= 0 and pronoun.sentence - sentence <= NEAR_SENTENCES


def _people_before(entities: Entities, pronoun: Word) -> Entity | None:
    """Return the people of the last plural subject in a pronoun's sentence or the previous one."""
    first = entities.parsed.sentences[max(0, pronoun.sentence - 1)][0]
    for word in reversed(entities.parsed.words[first : pronoun.index]):
        if word.relation not in SUBJECTS:
            continue
        if entity := entities.entity_at(word.index):
            if entity.kind == "group":
                return entity
            if together := _named_together(entities, word):
                return together
            continue
        if word.tag in {"NNS", "NNPS"} or word.text.lower() in GROUP_KIND_OF_WORD:
            return entities.of_common_noun(word)
        # `a group of experts`
        members = [noun for noun in entities.parsed.objects_after(word, "of") if noun.tag == "NNS"]
        if members and word.lemma in {"group", *QUANTITIES}:
            return entities.of_common_noun(members[0])
    return None


def _named_together(entities: Entities, subject: Word) -> Entity | None:
    """Return people who are named together, as a group: `Ada Quill and Jon Vik signed it. They …`."""
    others = [word for word in entities.parsed.dependents(subject, "conj") if word.is_noun]
    named = [entities.entity_at(word.index) for word in (subject, *others)]
    if not others or not all(entity and entity.kind == "person" for entity in named):
        return None
    span = entities.parsed.span(entities.parsed.noun_phrase(subject)[0], others[-1].index + 1)
    known = next((entity for entity in entities.all if entity.kind == "group" and span in entity.mentions), None)
    name = entities.words_of(span)
    return known or entities.add(Entity("group", name, "people named together", 0.6, is_named=False), span, subject)


def _salience(entities: Entities, entity: Entity, pronoun: Word) -> tuple[int, int, int]:
    """Return how likely a pronoun refers to an entity: nearest sentence first, then subjects, then the latest."""
    last = last_before(entity, pronoun.start)
    word = entities.parsed.words[entities.parsed.word_at(last)]
    distance = pronoun.sentence - word.sentence
    name = entities.name_of.get(word.index)
    head = entities.parsed.words[name.end - 1] if name else word
    is_subject = any(
        other.relation.startswith("nsubj") for other in (head, entities.parsed.words[head.head]) if other.tag[:1] == "N"
    )
    return -(max(distance, 1)), int(is_subject), last if not is_subject else -last


def _is_of(entity: Entity, gender: str) -> bool:
    return bool(gender) and entity.kind == "person" and _gender(entity) == gender


def _gender(entity: Entity) -> str:
    last = entity.name.lower().split()[-1]
    if last.endswith(("woman", "girl", "lady", "mother", "sister")):
        return "f"
    return "m" if not entity.is_named and last.endswith(("man", "boy", "father")) else gender_of(entity.name)
