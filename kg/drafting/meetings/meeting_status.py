"""Whether a meeting that a text mentions took place: it occurred, or is planned, called off, denied or supposed."""

from __future__ import annotations

from kg.drafting.speech.unsaid_speech import NO, is_denied, is_hypothetical, is_left_undone
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.word_lists import words

PLANNED = words("will would plan schedule may could should might can must to")
"""Words beside a verb by which its meeting is not over."""
TAKING_PLACE = words("manage begin start continue happen stop fail hesitate")
"""Verbs whose infinitive takes place: `managed to meet`, and also `did not fail to meet`."""
PLANNING = words(
    "plan schedule propose suggest expect reject want seek demand request urge await reschedule consider discuss offer"
)
"""Verbs that a meeting is only an idea of, as their object or the subject of their passive."""
PLANNED_NOUNS = words(
    "hope possibility prospect idea plan proposal request call demand offer invitation chance likelihood ahead"
)
"""Nouns and adverbs before `of`, `for` or `to` and a meeting that has not taken place."""
PLANNED_ADJECTIVES = words("proposed planned possible potential scheduled upcoming forthcoming future expected")
CALLING_OFF = words("cancel scrap shelve abandon postpone delay")


def status_of(parsed: ParsedText, word: Word, verb: Word) -> str:
    """Return the status of the meeting that a verb or noun reports in a clause with this verb."""
    if is_hypothetical(parsed, verb):
        return "hypothetical"
    if is_left_undone(parsed, verb) or _is_denied(parsed, word, verb):
        return "denied"
    if word.lemma == "invite":
        return "planned"
    if word.is_verb:
        return "planned" if _is_planned(parsed, verb) else "occurred"
    return _status_of_noun(parsed, word, verb)


def _is_planned(parsed: ParsedText, verb: Word) -> bool:
    governor = parsed.words[verb.head]
    auxiliaries = {other.text.lower() for other in parsed.dependents(verb, "aux")}
    takes_place = verb.relation == "xcomp" and governor.lemma in TAKING_PLACE
    return bool(auxiliaries & PLANNED) and not (takes_place and not _is_planned(parsed, governor))


def _is_denied(parsed: ParsedText, word: Word, verb: Word) -> bool:
    subjects = [*parsed.dependents(verb, *SUBJECTS), *([] if word.is_verb else [word])]
    determiners = [other for noun in subjects for other in parsed.dependents(noun, "det", "preconj", "neg")]
    governor = parsed.words[verb.head]
    return (
        any(other.text.lower() in NO | {"neither"} for other in determiners)
        or is_denied(parsed, verb)
        or (verb.tag in {"VBG", "VBN"} and governor.lemma == "deny")
    )


def _status_of_noun(parsed: ParsedText, noun: Word, verb: Word) -> str:
    """Return the status of `the planned talks`, of talks that somebody cancels, and of `hopes for talks`."""
    governor = parsed.words[noun.head]
    if noun.relation == "pobj":
        if parsed.words[governor.head].lemma in PLANNED_NOUNS:
            return "planned"
        is_held = True
    else:
        is_held = governor is not verb
    if not is_held and verb.lemma in CALLING_OFF:
        return "postponed" if verb.lemma in {"postpone", "delay"} else "called-off"
    if not is_held and verb.lemma == "call" and any(word.text == "off" for word in parsed.dependents(verb, "prt")):
        return "called-off"
    is_idea = not is_held and verb.lemma in PLANNING
    is_idea |= any(word.text.lower() in PLANNED_ADJECTIVES for word in parsed.dependents(noun, "amod"))
    return "planned" if is_idea or _is_planned(parsed, verb) else "occurred"
