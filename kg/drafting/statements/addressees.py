"""Whom something is said to: the object of `told`, or the object of `to` after a verb of speech."""

from __future__ import annotations

from kg.drafting.entities.referents import referent_of
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.speech.attributions import Attribution
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.speech_words import WITH_ADDRESSEE
from kg.drafting.words.word_lists import words

WITH_TO = words("say speak write add explain suggest announce admit complain reply")


def addressees_of(parsed: ParsedText, entities: Entities, attribution: Attribution) -> list[Entity]:
    """Return the addressees of an attribution: people and bodies that are named outside its content."""
    cue = attribution.cue
    if cue is None or not cue.is_verb:
        return []
    heads: list[Word] = []
    if cue.lemma.lower() in WITH_ADDRESSEE:
        heads += parsed.dependents(cue, "dobj", "dative")
    if cue.lemma.lower() in WITH_TO:
        heads += parsed.objects_after(cue, "to", relations=("prep", "dative"))
    outside = [head for head in heads if not any(span.start <= head.start < span.end for span in attribution.content)]
    named = [referent_of(entities, head)[0] for head in outside if head.tag.startswith("NN")]
    return [*{id(entity): entity for entity in named if entity and entity.kind != "place"}.values()]
