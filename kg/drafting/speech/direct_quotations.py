"""Direct quotations: who says the words in quotation marks, by the words around them or the previous quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.drafting.speech.attributions import Attribution, cue_phrase, sentence_span, source_phrase, subject_of
from kg.drafting.speech.speech_sources import continues_report, source_of
from kg.drafting.speech.unsaid_speech import act_of, is_supposed
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.text.quoted_runs import QuotedRun, runs_in
from kg.drafting.words.speech_words import ACT_OF_VERB, AFTER_QUOTATIONS, JUDGING
from kg.mapping.passages.text_spans import TextSpan

MAX_WORDS_TO_CUE = 30
"""The most words between a quotation and its verb: `said Ada Quill, the head of the guild of …`."""
MAX_CHARACTERS_TO_CUE = 600
"""Characters before and after a quotation within which its verb is searched for."""
MAX_WORDS_BETWEEN = 15
"""The most words between a quotation and one in the next paragraph that continues it."""
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Gov|Sen|Rep|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Cmdr|Prof|Rev|Hon|Atty|Det|Supt|Insp|St|[A-Z]))\.\s+$"
)
"""Abbreviations before a name, whose full stop ends no sentence: `“…,” Mr. Vik said`, `said Ada B. Quill`."""
ENDS_SENTENCE = re.compile(r"[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z])|\n\s*\n")  # noqa: RUF001 -- quotation marks
SIGNATURE = re.compile(r"[ \t]*[-–—]{1,2} *[A-Z][\w.'’-]*+(?:[ \t]+[A-Z][\w.'’-]*+){0,3}(?=[,.]?[ \t]*(?:\n|$))")  # noqa: RUF001 -- dashes
NOUNS_OR_VERBS = frozenset(
    {"notes", "reports", "states", "claims", "comments", "remarks", "stresses", "replies", "says", "writing"}
)
"""Forms of verbs of speech that are also forms of nouns."""
ACCORDING = re.compile(r"[,\s]*according to\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """A verb of speech beside a quotation, and its subject."""

    verb: Word
    source: Word | None
    rule: str
    confidence: float


def direct_attributions(parsed: ParsedText, runs: list[QuotedRun]) -> list[Attribution]:
    """Return the attributions of all quoted sentences, in order; parts of sentences belong to indirect speech."""
    quotations = [run for run in runs if run.is_whole or _opens_paragraph(run)]
    attributions: list[Attribution] = []
    quoted = parsed.words_in(run.span for run in runs)
    for index, run in enumerate(quotations):
        following = quotations[index + 1] if index + 1 < len(quotations) else None
        previous = attributions[-1] if attributions else None
        cue = _cue_of(parsed, run, quoted)
        # The nearest evidence first: the sentence itself outweighs its neighbours.
        if cue:
            attributions.append(_attribution(parsed, run, cue))
        elif signature := _signature(parsed, run):
            attributions.append(_of_speaker(parsed, run, signature, "quotation, then a dash and a name", 0.8))
        elif previous and _continues(parsed.text, previous, run):
            attributions.append(_continued(parsed, run, previous))
        elif speaker := _speaker_before(parsed, run, quoted):
            attributions.append(_of_speaker(parsed, run, speaker, "quotation after a sentence of its speaker", 0.6))
        elif following and _leads_on(parsed.text, run, following) and (later := _cue_of(parsed, following, quoted)):
            rule = replace(later, rule="quotation before the attributed one", confidence=0.7)
            attributions.append(_attribution(parsed, run, rule))
        else:
            attributions.append(_quotation(parsed, run, "quotation without a verb", 0.3))
    return [*_with_continuations(parsed, attributions, runs)]


def without_phrases(parsed: ParsedText, runs: list[QuotedRun]) -> list[QuotedRun]:
    """Return runs, those that are only phrases of a sentence as partial: `called it “Europe's last chance.”`."""
    return [replace(run, is_whole=False) if run.is_whole and _is_phrase(parsed, run) else run for run in runs]


def _is_phrase(parsed: ParsedText, run: QuotedRun) -> bool:
    """Return whether quoted words have no verb, and follow a word that introduces no speech."""
    is_inside = re.search(r"[^\W_]\s+$", parsed.text[max(0, run.span.start - 3) : run.span.start])
    if (
        not is_inside
        or any(word.is_verb for word in parsed.words_at(run.inner))
        or run.inner.of(parsed.text)[-1] in "?!"
    ):
        return False
    before = parsed.words[max(0, parsed.word_at(run.span.start) - 1)]
    governors = [before, *([parsed.words[before.head]] if before.relation in {"dobj", "dative"} else [])]
    return not any(word.is_verb and word.lemma in AFTER_QUOTATIONS - JUDGING for word in governors)


def _cue_of(parsed: ParsedText, run: QuotedRun, quoted: set[int]) -> Cue | None:
    after = _outside(parsed, run.span.end, _sentence_end(parsed.text, run.span.end), quoted)
    lead = len(parsed.text[: run.span.start].rstrip())
    leads_in = parsed.text[max(0, lead - 1) : lead] in {",", ":"}
    # Also `She said:`, with the quotation in a paragraph of its own.
    start = _sentence_start(parsed.text, lead if leads_in else run.span.start)
    before = _outside(parsed, start, run.span.start, quoted)
    if leads_in and before and (cue := _misread_cue(before)):
        return cue
    # A quotation that ends in a full stop ends its sentence: the verb after it belongs to the next one.
    ends_open = not parsed.text[run.inner.start : run.inner.end].endswith(".")
    text_after = parsed.text[run.span.end : run.span.end + 40]
    if ACCORDING.match(text_after):
        noun = next((word for word in after[2:] if word.is_noun and word.relation == "pobj"), None)
        verb = next((word for word in after if word.lemma == "accord"), None)
        return Cue(verb, noun, "according to", 0.9) if verb and noun else None
    introducing = _first_cue(parsed, before[::-1], "verb, then its quotation")
    last = next((word for word in reversed(before) if word.text not in {",", ":"} and word.text.strip()), None)
    if introducing and introducing.source in before and introducing.verb == last:
        return introducing  # `shouted “Shame!” as aides said that she was ill`
    if ends_open and after and (cue := _first_cue(parsed, after, "quotation, then its verb")):
        return cue
    return introducing if introducing and (leads_in or not _is_far(before, introducing)) else None


def _speaker_before(parsed: ParsedText, run: QuotedRun, quoted: set[int]) -> Word | None:
    """Return the subject of the words that lead to a quotation without a verb of speech beside it.

    That is the subject of the sentence before a colon (`Vik put up a sign: “…”`), or the speaker of the previous
    sentence in the same paragraph (`Quill noted that it rained. “…”`).
    """
    lead = parsed.text[: run.span.start].rstrip()
    if lead.endswith(":"):
        start = _sentence_start(parsed.text, len(lead))
        return _subject_of_sentence(parsed, _outside(parsed, start, len(lead), quoted))
    if "\n" in parsed.text[len(lead) : run.span.start] or not lead.endswith("."):
        return None
    sentence = _outside(parsed, _sentence_start(parsed.text, len(lead) - 1), len(lead), quoted)
    return _subject_of_sentence(parsed, [word for word in sentence if word.start < len(lead)], speaking=True)


def _subject_of_sentence(parsed: ParsedText, sentence: list[Word], *, speaking: bool = False) -> Word | None:
    """Return the subject of a sentence's main verb; with `speaking`, only if it is a verb of speech with a clause."""
    indices = {word.index for word in sentence}
    verb = next((word for word in sentence if word.is_verb and word.relation == "ROOT"), None)
    if verb is None or (speaking and not _tells_clause(parsed, verb)):
        return None
    subject = next(iter(parsed.dependents(verb, "nsubj")), None)
    return subject if subject and subject.index in indices else None


def _tells_clause(parsed: ParsedText, verb: Word) -> bool:
    return verb.lemma.lower() in ACT_OF_VERB and bool(parsed.dependents(verb, "ccomp"))


def _of_speaker(parsed: ParsedText, run: QuotedRun, speaker: Word, rule: str, confidence: float) -> Attribution:
    source = source_phrase(parsed, speaker)
    quotation = _quotation(parsed, run, rule, confidence)
    return replace(quotation, source=speaker, source_span=source, span=sentence_span(parsed, run.span, source))


def _misread_cue(before: list[Word]) -> Cue | None:
    """Return a verb before a comma or colon and a quotation that the parser takes for a noun: `notes, “…”`."""
    words = [word for word in before if word.text.strip() and word.text not in {",", ":"}]
    if not words or words[-1].text.lower() not in NOUNS_OR_VERBS:
        return None
    verb = words[-1]
    nouns = [word for word in reversed(words[:-1]) if word.is_noun and word.relation != "pobj"]
    is_participle = verb.text.endswith("ing")  # its subject is the sentence's
    subject = next((word for word in nouns if word.relation in SUBJECTS or not is_participle), None)
    return Cue(verb, subject, "verb, then its quotation; the noun beside it", 0.7) if subject else None


def _signature(parsed: ParsedText, run: QuotedRun) -> Word | None:
    """Return the last word of the name after a quotation and a dash, as in a caption: `“…” — Ada Quill`."""
    match = SIGNATURE.match(parsed.text, run.span.end)
    if not match:
        return None
    word = parsed.words[min(parsed.word_at(match.end() - 1), len(parsed.words) - 1)]
    return word if word.tag.startswith("NNP") else None


def _first_cue(parsed: ParsedText, words: list[Word], rule: str) -> Cue | None:
    """Return the nearest verb of speech, and its subject by dependency or position."""
    for word in words[:MAX_WORDS_TO_CUE]:
        is_cue = word.is_verb and word.lemma.lower() in AFTER_QUOTATIONS
        if not is_cue or word.relation in {"aux", "auxpass", "amod"} or is_supposed(parsed, word):
            continue
        if word.tag == "VBN" and not parsed.dependents(word, "aux", "auxpass", "agent", *SUBJECTS):
            continue
        indices = {other.index for other in words}
        subject = source_of(parsed, word) if continues_report(parsed, word) else subject_of(parsed, word)
        if subject and subject.index in indices:
            return Cue(word, subject, rule, 0.95)
        if beside := _noun_beside(parsed, word, indices):
            return Cue(word, beside, f"{rule}; the noun beside it", 0.85)
        return Cue(word, subject, rule, 0.6)
    return None


def _noun_beside(parsed: ParsedText, verb: Word, outside: set[int]) -> Word | None:
    """Return the head of the noun phrase right after a verb, or else right before it, that can be its subject."""
    last: Word | None = None
    for index in range(verb.index + 1, min(verb.index + 8, len(parsed.words))):
        word = parsed.words[index]
        if index not in outside or word.text in {",", ".", ":"} or word.tag in {"IN", "TO", "VBD", "VBG", "RB"}:
            break
        last = word if word.is_noun and word.tag != "DT" else last
        if word.tag == "POS":
            last = None
    if last:
        return last
    for index in range(verb.index - 1, max(verb.index - 12, -1), -1):
        word = parsed.words[index]
        if index not in outside:
            break
        if word.is_noun and word.tag not in {"DT", "CD"} and word.relation not in {"pobj", "poss", "npadvmod"}:
            return word
    return None


def _attribution(parsed: ParsedText, run: QuotedRun, cue: Cue) -> Attribution:
    source_span = source_phrase(parsed, cue.source, cue.verb) if cue.source else None
    if source_span and (source_span.end > run.span.start and source_span.start < run.span.end):
        source_span = parsed.span(cue.source.index, cue.source.index + 1) if cue.source else None
    act = act_of(parsed, cue.verb, ACT_OF_VERB.get(cue.verb.lemma.lower(), "assert"))
    cue_span = cue_phrase(parsed, cue.verb)
    if cue.rule == "according to":
        cue_span = parsed.span(cue.verb.index, cue.verb.index + 2)
    return replace(
        _quotation(parsed, run, cue.rule, cue.confidence),
        span=sentence_span(parsed, run.span, cue_span, source_span),
        act=act,
        source=cue.source,
        source_span=source_span,
        cue=cue.verb,
        cue_span=cue_span,
    )


def _continued(parsed: ParsedText, run: QuotedRun, previous: Attribution) -> Attribution:
    is_in_paragraph = "\n" not in parsed.text[previous.content[-1].end : run.span.start]
    rule, confidence = "quotation after one of the same speaker", 0.8 if is_in_paragraph else 0.6
    return replace(_quotation(parsed, run, rule, confidence), continues=True)


def _quotation(parsed: ParsedText, run: QuotedRun, rule: str, confidence: float) -> Attribution:
    """Return a quotation without a source."""
    return Attribution("direct", (run.inner,), sentence_span(parsed, run.span), rule, confidence, runs=(run.number,))


def _with_continuations(
    parsed: ParsedText, attributions: list[Attribution], runs: list[QuotedRun]
) -> Iterator[Attribution]:
    """Yield attributions, with the second half of a split quotation added to its first."""
    for attribution in attributions:
        end = attribution.span.end
        halves = [
            run
            for run in runs_in(runs, TextSpan(attribution.content[-1].end, end))
            if not run.is_whole
            and attribution.cue_span
            and attribution.content[-1].end < run.span.start < end
            and attribution.cue_span.end <= run.span.start
            and re.search(r",\s*$", parsed.text[: run.span.start][-3:])
            and re.search(r"[.!?,]$", run.inner.of(parsed.text))
        ]
        content = (*attribution.content, *(run.inner for run in halves))
        numbers = (*attribution.runs, *(run.number for run in halves))
        yield replace(attribution, content=content, runs=numbers) if halves else attribution


def _continues(text: str, previous: Attribution, run: QuotedRun) -> bool:
    """Return whether a quotation continues the previous one: in its paragraph, or at the start of the next."""
    gap = text[previous.content[-1].end : run.span.start]
    paragraphs = len(re.findall(r"\n\s*\n", gap))
    if paragraphs > 1:
        return False
    return paragraphs == 0 or bool(_starts_paragraph(text, run) and len(gap.split()) <= MAX_WORDS_BETWEEN)


def _leads_on(text: str, run: QuotedRun, following: QuotedRun) -> bool:
    gap = text[run.span.end : following.span.start]
    return not re.search(r"\w", gap) and "\n\n" not in gap


def _starts_paragraph(text: str, run: QuotedRun) -> bool:
    return bool(re.search(r"(?:\A|\n)\s*$", text[: run.span.start][-20:]))


def _opens_paragraph(run: QuotedRun) -> bool:
    """Return whether a quotation continues in the next paragraph, so that no mark closes it."""
    return run.span.end == run.inner.end


def _is_far(before: list[Word], cue: Cue) -> bool:
    return any(word.is_verb for word in before if word.index > cue.verb.index)


def _sentence_start(text: str, position: int) -> int:
    first = max(0, position - MAX_CHARACTERS_TO_CUE)
    ends = [match.end() for match in ENDS_SENTENCE.finditer(text, first, position) if not _is_abbreviation(match)]
    return ends[-1] if ends else first


def _is_abbreviation(end: re.Match[str]) -> bool:
    return bool(ABBREVIATION.search(end.string, max(0, end.start() - 6), end.end()))


def _sentence_end(text: str, position: int) -> int:
    last = min(len(text), position + MAX_CHARACTERS_TO_CUE)
    ends = ENDS_SENTENCE.finditer(text, position, last)
    match = next((match for match in ends if not _is_abbreviation(match)), None)
    return match.start() + 1 if match else last


def _outside(parsed: ParsedText, start: int, end: int, quoted: set[int]) -> list[Word]:
    """Return the words of a passage that are not in quotation marks, given the indices of quoted words."""
    words = parsed.words[parsed.word_at(start) : parsed.word_at(max(start, end - 1)) + 1]
    return [word for word in words if word.index not in quoted and start <= word.start and word.end <= end]
