"""People named in a list, which a parser may take for appositions: `Ada Quill, Jon Vik and Eva Holm`."""

from __future__ import annotations

from collections.abc import Iterator

from kg.drafting.entities.names import NamedWords
from kg.drafting.entities.text_entities import Entities
from kg.drafting.text.parsed_text import Word

MAX_WORDS_OF_TITLE = 7
"""The most words between a comma or `and` and the name after it, for a title such as `the Swiss foreign minister`."""
TITLE_TAGS = ("NN", "JJ", "POS", "DT", "HYPH")
MIN_LISTED = 3
"""A list of two has no comma that could be taken for an apposition's."""


def listed_with(entities: Entities, head: Word) -> list[Word]:
    """Return the last words of the names in a name's list, in order; nothing if it is in no list."""
    name = entities.name_of.get(head.index)
    if name is None or not _is_person(entities, name):
        return []
    first = name
    while before := _before(entities, first):
        first = before
    names = [first, *_after(entities, first)]
    return [entities.parsed.words[other.end - 1] for other in names] if len(names) >= MIN_LISTED else []


def _after(entities: Entities, name: NamedWords) -> Iterator[NamedWords]:
    """Yield the names that follow a name, up to the one after `and`; none if the list has no such end."""
    names: list[NamedWords] = []
    words, is_last = entities.parsed.words, False
    while not is_last:
        marks = [word.text for word in words[name.end : name.end + 2]]
        is_last = "and" in (marks[:1] if marks[:1] != [","] else marks[1:])
        start = name.end + (marks[:1] == [","]) + is_last
        following = _titled(entities, start) if start > name.end else None
        if following is None:
            return
        names.append(following)
        name = following
    yield from names


def _titled(entities: Entities, start: int) -> NamedWords | None:
    """Return a person's name that begins at a word or after a title there."""
    for word in entities.parsed.words[start : start + MAX_WORDS_OF_TITLE]:
        name = entities.name_of.get(word.index)
        if name and _is_person(entities, name):
            return name if name.start == word.index else None
        if not word.tag.startswith(TITLE_TAGS) or word.sentence != entities.parsed.words[start].sentence:
            return None
    return None


def _before(entities: Entities, name: NamedWords) -> NamedWords | None:
    """Return the name before a name in a list."""
    words = entities.parsed.words
    for index in range(name.start - 1, max(name.start - MAX_WORDS_OF_TITLE, 0), -1):
        if words[index].text in {",", "and"}:
            last = index - 1 - (words[index].text == "and" and words[index - 1].text == ",")
            before = entities.name_of.get(last)
            return before if before and before.end == last + 1 and _is_person(entities, before) else None
        if not words[index].tag.startswith(TITLE_TAGS):
            return None
    return None


def _is_person(entities: Entities, name: NamedWords) -> bool:
    entity = entities.entity_at(name.start)
    return entity is not None and entity.kind == "person"
