"""Names in a text: what a pipeline takes for one, mended by what stands before, after and elsewhere in the article."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.drafting.name_words import COUNTRIES, KIND_OF_WORD, POSTS, TITLES
from kg.drafting.parsed_text import NameSpan, ParsedText, Word
from kg.drafting.word_lists import words

KIND_OF_LABEL = {"PERSON": "person", "ORG": "organization", "GPE": "place", "LOC": "place", "FAC": "place"}
"""The kinds of names that become nodes."""
NOT_IN_A_NAME = words("DT POS `` '' -LRB- -RRB- , . : IN CC _SP PRP$ HYPH RB")
"""Tags that no name begins or ends with."""
FIRST_WORDS_OF_ORGANIZATIONS = frozenset(
    {"university", "ministry", "department", "bank", "institute", "court", "bureau"}
)


@dataclass(frozen=True)
class NamedWords:
    """Words that name something: a person, organization or place, by one of the rules."""

    start: int
    end: int
    kind: str
    rule: str
    confidence: float

    def words(self, parsed: ParsedText) -> list[Word]:
        """Return its words."""
        return parsed.words[self.start : self.end]

    def text(self, parsed: ParsedText) -> str:
        """Return its words as one text."""
        words = self.words(parsed)
        return " ".join(parsed.text[words[0].start : words[-1].end].split())


def names_of(parsed: ParsedText) -> list[NamedWords]:
    """Return the names of people, organizations and places in order, none within another."""
    names = [name for span in _candidates(parsed) if (name := _trimmed(parsed, span))]
    named = {index for name in names for index in range(name.start, name.end)}
    names += [name for name in _capitalized(parsed) if not named & {*range(name.start, name.end)}]
    return sorted(_agreed(parsed, names), key=lambda name: name.start)


def _candidates(parsed: ParsedText) -> Iterator[NameSpan]:
    for span in parsed.names:
        if span.kind in KIND_OF_LABEL or span.kind in {"PRODUCT", "WORK_OF_ART", "EVENT", "NORP"}:
            yield span


def _trimmed(parsed: ParsedText, span: NameSpan) -> NamedWords | None:
    """Return a name without articles, titles and marks around it; None if it is the name of something else."""
    start, end = span.start, span.end
    for index in range(start, end):
        if parsed.words[index].tag == "_SP" and index > start:
            end = index  # a headline and what follows are no one name
            break
    while start < end and (parsed.words[start].tag in NOT_IN_A_NAME or not parsed.words[start].text.strip()):
        start += 1
    while start < end and (parsed.words[end - 1].tag in NOT_IN_A_NAME or not parsed.words[end - 1].text.strip()):
        end -= 1
    while end - start > 1 and _is_title(parsed.words[start]) and span.kind in {"PERSON", "ORG"}:
        start += 1
    words = parsed.words[start:end]
    if not words or not any(word.text[:1].isupper() for word in words):
        return None
    kind, rule, confidence = _kind(parsed, span.kind, start, end)
    return NamedWords(start, end, kind, rule, confidence) if kind else None


def _kind(parsed: ParsedText, label: str, start: int, end: int) -> tuple[str, str, float]:
    """Return what a name is the name of, by what is known of its words before what the pipeline says."""
    words = parsed.words[start:end]
    before = parsed.words[start - 1] if start else None
    last, first = words[-1].text.lower().strip("."), words[0].text.lower()
    text = " ".join(word.text.lower() for word in words)
    if text in COUNTRIES:
        return "place", "a country", 0.95
    if before and _is_title(before) and before.text[:1].isupper() and label != "GPE":
        return "person", f"the title “{before.text}” before it", 0.9
    if last in KIND_OF_WORD and (len(words) > 1 or label == "ORG"):
        return "organization", f"the word “{words[-1].text}”", 0.85
    if words[1:] and first in FIRST_WORDS_OF_ORGANIZATIONS:
        return "organization", f"the word “{words[0].text}”", 0.9
    if label != "PERSON" and words[0].tag == "NNP" and _has_post_beside(parsed, words[-1]):
        return "person", "a post in apposition to it", 0.85
    return KIND_OF_LABEL.get(label, ""), "a name by the pipeline", 0.75


def _has_post_beside(parsed: ParsedText, head: Word) -> bool:
    """Tell whether the name of a post stands in apposition to a noun, as in `Ada Quill, the chairman of the guild`."""
    beside = [*parsed.dependents(head, "appos"), *([parsed.words[head.head]] if head.relation == "appos" else [])]
    return any(word.lemma.lower() in POSTS and word.tag == "NN" for word in beside)


def _is_title(word: Word) -> bool:
    return word.text.lower().strip(".") in TITLES and word.text[:1].isupper()


def _capitalized(parsed: ParsedText) -> Iterator[NamedWords]:
    """Yield proper nouns that the pipeline takes for no name, after a title or as who says something."""
    index = 0
    while index < len(parsed.words):
        end = index
        while (
            end < len(parsed.words)
            and parsed.words[end].tag in {"NNP", "NNPS"}
            and parsed.words[end].text[:1].isupper()
        ):
            end += 1
        start = index
        while end - start > 1 and _is_title(parsed.words[start]):
            start += 1
        if end > start and (name := _named_by_place(parsed, start, end)):
            yield name
        index = max(end, index + 1)


def _named_by_place(parsed: ParsedText, start: int, end: int) -> NamedWords | None:
    words = parsed.words[start:end]
    if any(word.name_kind in {"DATE", "TIME", "MONEY", "CARDINAL", "PERCENT", "LANGUAGE"} for word in words):
        return None
    before = parsed.words[start - 1] if start else None
    if before and _is_title(before) and before.tag in {"NNP", "NN"}:
        return NamedWords(start, end, "person", f"the title “{before.text}” before it", 0.85)
    if words[-1].text.lower().strip(".") in KIND_OF_WORD and len(words) > 1:
        return NamedWords(start, end, "organization", f"the word “{words[-1].text}”", 0.7)
    return None


def _agreed(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names, all of one spelling of one kind, and a surname of the kind of the full name."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        votes[name.text(parsed).lower()][name.kind] += round(name.confidence * 100)
    people = {
        text.split()[-1] for text, kinds in votes.items() if " " in text and kinds.most_common(1)[0][0] == "person"
    }
    for name in names:
        text = name.text(parsed).lower()
        kind = votes[text].most_common(1)[0][0]
        if " " not in text and text in people and text not in COUNTRIES:
            kind = "person"
        rule = name.rule if kind == name.kind else "the same name elsewhere in the article"
        yield NamedWords(name.start, name.end, kind, rule, name.confidence)
