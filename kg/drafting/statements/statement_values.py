"""Values read from a statement's content: its polarity, certainty, tense and gist."""

from __future__ import annotations

import re

from kg.act_words import sentence
from kg.drafting.speech.attributions import Attribution
from kg.drafting.speech.unsaid_speech import is_left_unsaid
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.speech_words import POSSIBLE, PROBABLE, UNKNOWN

MAX_GIST_CHARACTERS = 200
FULL_FORMS = {"ca": "can", "wo": "will", "sha": "shall"}
"""The full forms of verbs that change before `n't`."""


def main_verb(parsed: ParsedText, attribution: Attribution, words: list[Word]) -> Word | None:
    """Return the main verb of what is said."""
    heads = [parsed.words[index] for index in attribution.content_heads]
    inside = {word.index for word in words}
    tops = [word for word in words if word.head == word.index or word.head not in inside]
    return next((word for word in [*heads, *tops] if word.is_verb), None)


def negation_of(parsed: ParsedText, verb: Word | None) -> Word | None:
    """Return the word that negates a verb."""
    return next(iter(parsed.dependents(verb, "neg")), None) if verb else None


def certainty_of(parsed: ParsedText, attribution: Attribution, words: list[Word], verb: Word | None) -> str:
    """Return how certain the content is said to be, by its modal verb and adverbs."""
    if attribution.cue and attribution.act == "assert" and is_left_unsaid(parsed, attribution.cue):
        return "possible"  # `has not ruled out a strike`
    if attribution.act == "ask" or any(word.text.lower() in UNKNOWN for word in words[:2]):
        return "unknown"
    beside = {word.lemma.lower() for word in parsed.dependents(verb, "aux", "advmod", "acomp")} if verb else set()
    beside |= {word.text.lower() for word in parsed.dependents(verb, "aux")} if verb else set()
    return "possible" if beside & POSSIBLE else "probable" if beside & PROBABLE else "certain"


def tense_of(parsed: ParsedText, attribution: Attribution, verb: Word | None) -> str:
    """Return whether what is said is past, present or future, by the forms of its verb."""
    if not verb:
        return "present"
    auxiliaries = [word.text.lower() for word in parsed.dependents(verb, "aux", "auxpass")]
    is_infinitive = "to" in auxiliaries
    if is_infinitive or {"will", "’ll", "'ll", "shall", "would"} & {*auxiliaries}:  # noqa: RUF001 -- an apostrophe
        return "future"
    if verb.lemma == "go" and verb.tag == "VBG" and parsed.dependents(verb, "xcomp"):
        return "future"
    forms = [verb.tag, *(word.tag for word in parsed.dependents(verb, "aux", "auxpass"))]
    is_past = "VBD" in forms or {"have", "has", "had"} & {*auxiliaries}
    # After `said that`, a past form may be a backshifted present; the past is the more frequent reading.
    return "past" if is_past or (attribution.form == "direct" and verb.tag == "VBD") else "present"


def gist_of(parsed: ParsedText, attribution: Attribution, negation: Word | None) -> str:
    """Return the content as a sentence of at most MAX_GIST_CHARACTERS, made positive if it is negative."""
    parts = []
    for span in attribution.content:
        text = span.of(parsed.text)
        if negation and span.start <= negation.start < span.end:
            before = parsed.text[span.start : negation.start].rstrip()
            stem = before.split()[-1] if before.split() else ""
            before = before[: len(before) - len(stem)] + FULL_FORMS.get(stem.lower(), stem)
            text = f"{before} {parsed.text[negation.end : span.end].lstrip()}"
        parts.append(text)
    whole = " ".join(" ".join(parts).split()).strip(",;:–—- ")  # noqa: RUF001 -- dashes
    gist = whole.strip("“”\"«»„‘’',;:–—- ")  # noqa: RUF001 -- marks of quotations
    if gist.count('"') % 2 or gist.count("“") != gist.count("”"):
        gist = whole  # a mark inside is paired with one at an end
    gist = re.sub(r"^that\s+", "", gist)
    if len(gist) > MAX_GIST_CHARACTERS:
        gist = gist[:MAX_GIST_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return sentence(gist[:1].upper() + gist[1:])
