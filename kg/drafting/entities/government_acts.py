"""What only governments do: it shows that a place's name denotes the place's government."""

from __future__ import annotations

from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.word_lists import words

GOVERNMENT_ACTS = words(
    "sign ratify recognize recognise negotiate impose lift expel recall deploy withdraw ban outlaw invade annex arm "
    "extradite sanction ally pledge veto close open hide release demand promise refuse answer respond accuse deny "
    "agree cancel postpone suspend resume approve reject accept boycott offer send support oppose endorse summon "
    "mediate broker halt restrict tighten rejoin invite want seek plan intend vow insist"
)
"""Verbs whose subject, if it is a place, denotes that place's government."""
ACTS_TOWARDS_GOVERNMENTS = words(
    "promise accuse urge warn ask blame sanction assure demand criticize criticise condemn thank invite notify"
)
"""Verbs whose object, if it is a place, denotes that place's government."""
DONE_BY_GOVERNMENTS = words(
    "decision refusal offer proposal veto demand sanction ban promise pledge inspector negotiator delegation diplomat"
)
"""Nouns whose owner, if it is a place, denotes that place's government: its acts, and people who act for it."""


def stands_for_government(parsed: ParsedText, place: Word) -> bool:
    """Return whether a place's name is where only its government can be, such as the subject of a government's act."""
    while place.relation == "conj" and parsed.words[place.head].tag.startswith("NNP"):
        place = parsed.words[place.head]  # `Denmark and Norway signed`
    verb = parsed.words[place.head]
    if place.relation in {"dobj", "dative", "iobj"}:
        return verb.lemma in ACTS_TOWARDS_GOVERNMENTS
    if place.relation == "poss":
        return verb.lemma in DONE_BY_GOVERNMENTS
    if place.relation == "pobj" and verb.relation == "agent":
        return parsed.words[verb.head].lemma in GOVERNMENT_ACTS
    calls_off = verb.lemma == "call" and any(word.text.lower() == "off" for word in parsed.dependents(verb, "prt"))
    return place.relation == "nsubj" and (verb.lemma in GOVERNMENT_ACTS or calls_off)
