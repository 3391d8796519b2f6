"""Posts and ranks of people, by the words before a name or in apposition to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.drafting.entities.names import NamedWords
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.text.parsed_text import ParsedText
from kg.drafting.words.name_words import POSTS, RANKS
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

MAX_WORDS_OF_POST = 10
OFFICES_OF_GENERALS = words(
    "attorney solicitor secretary director surgeon inspector consul postmaster governor auditor comptroller"
)
"""Words before `General` in the name of a civil post rather than a rank."""
FORMER = frozenset({"former", "ex-", "late", "then", "previous", "outgoing"})


@dataclass(frozen=True)
class PostHeld:
    """A person with a post or a rank, and the passage that says so."""

    person: Entity
    title: str
    span: TextSpan
    rule: str
    is_rank: bool = False
    is_former: bool = False


def posts_held(parsed: ParsedText, entities: Entities) -> Iterator[PostHeld]:
    """Yield the posts and ranks of named people in the order of the text."""
    for name in entities.names:
        person = entities.entity_at(name.start)
        if person and name.kind == "person" and person.kind == "person":
            yield from _prefixed(parsed, name, person)
            yield from _in_apposition(parsed, name, person)


def _prefixed(parsed: ParsedText, name: NamedWords, person: Entity) -> Iterator[PostHeld]:
    """Yield the post or rank right before a name, as in `Foreign Minister Ada Quill`."""
    start = name.start
    while start and name.start - start < MAX_WORDS_OF_POST:
        word = parsed.words[start - 1]
        if word.sentence != parsed.words[start].sentence:
            break  # `OSLO — President Ada Quill`
        is_part = word.tag.startswith(("NN", "JJ")) or word.tag == "POS" or parsed.is_hyphen(word.index)
        if not is_part or word.name_kind == "DATE":
            break
        start -= 1
    before = parsed.words[start : name.start]
    last = before[-1].text.lower().strip(".") if before else ""
    span = parsed.span(start, name.end)
    offices = [word.text.lower() for word in before[:-1] if word.text != "-"]
    is_of_office = bool(offices) and offices[-1] in OFFICES_OF_GENERALS
    if last == "general" and is_of_office:
        yield _post(parsed, start, name.start, person, span)
    elif last in RANKS:
        yield PostHeld(person, last, span, "a rank before the name", is_rank=True)
    elif last in POSTS and not before[-1].tag.endswith("S"):
        yield _post(parsed, start, name.start, person, span)


def _in_apposition(parsed: ParsedText, name: NamedWords, person: Entity) -> Iterator[PostHeld]:
    """Yield the posts in apposition to a name, after it or before it."""
    head = next(
        (word for word in name.words(parsed) if not name.start <= word.head < name.end), parsed.words[name.end - 1]
    )
    beside = parsed.dependents(head, "appos")
    if head.relation == "appos":
        beside.append(parsed.words[head.head])
    for noun in beside:
        if noun.lemma.lower() not in POSTS or noun.tag != "NN" or noun.index in range(name.start, name.end):
            continue
        start, end = parsed.noun_phrase(noun)
        for by in parsed.dependents(noun, "prep"):
            if by.text.lower() in {"of", "for", "at"} and by.index == end:
                end = max(parsed.subtree(by)) + 1
        if end - start <= MAX_WORDS_OF_POST and parsed.words[start].text.lower() not in {"a", "an"}:
            span = parsed.span(min(start, name.start), max(end, name.end))
            yield _post(parsed, start, end, person, span)


def _post(parsed: ParsedText, start: int, end: int, person: Entity, span: TextSpan) -> PostHeld:
    is_former = parsed.words[start].text.lower() in FORMER
    title = " ".join(parsed.span(start + is_former, end).of(parsed.text).split())
    title = re.sub(r"^(?:the|its|his|her|their) ", "", title, flags=re.IGNORECASE)
    rule = "a title before the name" if end < span.end else "an apposition to the name"
    return PostHeld(person, title, span, rule, is_former=is_former)
