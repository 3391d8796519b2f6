"""Who says what: source, cue and content of an attribution, and where a verb's subject is."""

from __future__ import annotations

from dataclasses import dataclass

from kg.drafting.parsed_text import SUBJECTS, ParsedText, Word
from kg.mapping import TextSpan

CLAUSES_AFTER_SOURCE = ("relcl", "acl", "advcl", "punct", "cc", "preconj", "case")
"""What hangs from a source and does not name it."""
SHARING_SUBJECT = frozenset({"conj", "advcl", "xcomp", "pcomp", "prep", "ccomp", "dep"})
"""Relations of verbs without a subject to one whose subject is theirs."""


@dataclass(frozen=True)
class Attribution:
    """A quotation or an indirect speech, with the rule that found it and how sure that rule is, from 0 to 1."""

    form: str
    content: tuple[TextSpan, ...]
    span: TextSpan
    rule: str
    confidence: float
    act: str = "assert"
    source: Word | None = None
    """The head of what names the source; None if the source goes on from the attribution before, or nobody is named."""
    source_span: TextSpan | None = None
    cue: Word | None = None
    cue_span: TextSpan | None = None
    content_heads: tuple[int, ...] = ()
    """Words that the content's clauses or phrases depend on."""
    runs: tuple[int, ...] = ()
    """The numbers of the quoted runs in it."""
    continues: bool = False
    """Whether the source is that of the attribution before."""


def subject_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the subject of a verb, or that of a verb which governs it; None if there is none."""
    for governor in (verb, *parsed.ancestors(verb)):
        if subject := _own_subject(parsed, governor):
            return subject
        head = parsed.words[governor.head]
        if governor.relation in {"acl", "relcl"} and head.is_noun:
            return head
        is_finite_clause = governor.relation == "ccomp" and governor.tag not in {"VBG", "VB"}
        if governor.relation not in SHARING_SUBJECT or is_finite_clause:
            return None
    return None


def _own_subject(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the subject or agent of a verb; what a relative pronoun stands for, in its place."""
    subject = next(iter(parsed.dependents(verb, *SUBJECTS)), None)
    if subject:
        return parsed.words[verb.head] if subject.tag in {"WP", "WDT"} and verb.relation == "relcl" else subject
    return next((noun for by in parsed.dependents(verb, "agent") for noun in parsed.dependents(by, "pobj")), None)


def source_phrase(parsed: ParsedText, head: Word) -> TextSpan:
    """Return the words that name a source: its noun with all that hangs from it but clauses."""
    left_out = [word.index for word in parsed.dependents(head, *CLAUSES_AFTER_SOURCE)]
    appositions = parsed.dependents(head, "conj", "appos")
    for word in appositions:
        left_out += [clause.index for clause in parsed.dependents(word, "relcl", "acl", "advcl")]
    indices = parsed.subtree(head, left_out)
    start, end = head.index, head.index + 1
    # Dependents may stand anywhere in the sentence: only those that lie next to the head name the source.
    known = {*indices}
    punctuation = {word.index for word in parsed.dependents(head, "punct", "cc", "case")}
    while start - 1 in known or (start - 1 in punctuation and start - 2 in known):
        start -= 1
    while end in known or (end in punctuation and end + 1 in known):
        end += 1
    return parsed.span(start, end)


def cue_phrase(parsed: ParsedText, verb: Word) -> TextSpan:
    """Return a verb with its particle."""
    particles = [word.index for word in parsed.dependents(verb, "prt") if word.index == verb.index + 1]
    return parsed.span(verb.index, max([verb.index, *particles]) + 1)


def sentence_span(parsed: ParsedText, *spans: TextSpan | None) -> TextSpan:
    """Return the passage from the first to the last sentence that passages lie in."""
    present_spans = [span for span in spans if span and span.start < span.end]
    first_offset, end = min(span.start for span in present_spans), max(span.end for span in present_spans)
    last_word = len(parsed.words) - 1
    numbers = {parsed.words[min(parsed.word_at(offset), last_word)].sentence for offset in (first_offset, end - 1)}
    words = [word for number in sorted(numbers) for word in parsed.sentence_words(number) if word.text.strip()]
    return TextSpan(min([first_offset, *(word.start for word in words)]), max([end, *(word.end for word in words)]))
