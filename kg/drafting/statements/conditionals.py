"""Conditionals in what is said: the condition and the consequence, and whether either is negative."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.drafting.speech.attributions import Attribution
from kg.drafting.statements.statement_values import gist_of, negation_of
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.mapping.passages.text_spans import TextSpan

MARKS = frozenset({"if", "unless"})
MIN_HALF_WORDS = 2


@dataclass(frozen=True)
class Conditional:
    """The keys of both halves in a proposition, and their gists, which are worded positively."""

    condition_key: str
    condition: str
    consequence_key: str
    consequence: str


def conditional_in(parsed: ParsedText, attribution: Attribution, verb: Word | None) -> Conditional | None:
    """Return a content's conditional; None if it is not one, or its halves are not at its two ends."""
    if verb is None or len(attribution.content) != 1:
        return None
    content = attribution.content[0]
    for clause in parsed.dependents(verb, "advcl"):
        mark = next((word for word in parsed.dependents(clause, "mark") if word.text.lower() in MARKS), None)
        indices = parsed.subtree(clause)
        # A gap in a clause is a parenthesis, which belongs to neither half.
        is_whole = indices == [*range(indices[0], indices[-1] + 1)]
        if mark is None or mark.index != indices[0] or not is_whole:
            continue
        half = parsed.span(mark.index + 1, indices[-1] + 1)
        before = parsed.span(parsed.word_at(content.start), mark.index)
        after = parsed.span(indices[-1] + 1, parsed.word_at(content.end - 1) + 1)
        rest = [span for span in (before, after) if len(span.of(parsed.text).split()) >= MIN_HALF_WORDS]
        if len(rest) == 1 and content.start <= mark.start and half.end <= content.end:
            return _conditional(parsed, attribution, (mark, clause, verb), half, rest[0])
    return None


def _conditional(
    parsed: ParsedText, attribution: Attribution, words: tuple[Word, Word, Word], half: TextSpan, rest: TextSpan
) -> Conditional | None:
    mark, clause, verb = words
    in_condition, in_consequence = negation_of(parsed, clause), negation_of(parsed, verb)
    is_unless = mark.text.lower() == "unless"
    if is_unless and in_condition:
        return None  # “unless … not” is a condition, which a person has to word
    return Conditional(
        "unless" if is_unless or in_condition else "condition",
        gist_of(parsed, replace(attribution, content=(half,)), in_condition),
        "rulesOut" if in_consequence else "consequence",
        gist_of(parsed, replace(attribution, content=(rest,)), in_consequence),
    )
