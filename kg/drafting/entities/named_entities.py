"""The entities of an article: one for all names of the same person, body or place, then described bodies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kg.drafting.entities.described_bodies import add_bodies
from kg.drafting.entities.government_acts import stands_for_government
from kg.drafting.entities.names import NamedWords, initials_of, names_of
from kg.drafting.entities.text_entities import Entities, Entity, last_before
from kg.drafting.text.parsed_text import ParsedText
from kg.drafting.words.name_words import COUNTRIES, COUNTRY_OF_ADJECTIVE, KIND_OF_WORD, KNOWN_ORGANIZATIONS

MIN_WORDS_OF_SHORT_FORM = 2
"""A single word (`Court`) is not a short form that identifies one body."""


def find_entities(parsed: ParsedText) -> Entities:
    """Return the entities that an article names or describes, with their passages."""
    entities = Entities(parsed, names_of(parsed))
    known = _NameForms(parsed)
    # Full names first, so that a surname finds its person.
    for name in sorted(entities.names, key=lambda name: (-(name.end - name.start), name.start)):
        entity = known.entity_of(name)
        if entity is None:
            entity = _new_entity(name, parsed)
            entities.all.append(entity)
            known.add(entity)
        entities.add_name(name, entity)
    # After the names, since described bodies belong to known places.
    add_bodies(entities)
    _add_acting_governments(entities)
    for entity in entities.all:
        entity.mentions.sort(key=lambda span: span.start)
    return entities


def _new_entity(name: NamedWords, parsed: ParsedText) -> Entity:
    text = name.text(parsed)
    subkind = ""
    if name.kind == "organization":
        words = [word.lower().strip(".") for word in text.split()]
        subkind = next((KIND_OF_WORD[word] for word in (words[-1], words[0]) if word in KIND_OF_WORD), "")
    elif name.kind == "place":
        is_geopolitical = any(word.name_kind == "GPE" for word in name.words(parsed))
        subkind = "country" if text.lower() in COUNTRIES else "city" if is_geopolitical else "region"
    return Entity(name.kind, text, name.rule, name.confidence, subkind=subkind)


def _add_acting_governments(entities: Entities) -> None:
    """Add the governments of places that do what only governments do, as in `Denmark signed the pact`."""
    for name in entities.names:
        entity, last = entities.entity_at(name.start), entities.parsed.words[name.end - 1]
        if entity and entity.kind == "place" and stands_for_government(entities.parsed, last):
            entities.government_named(entity, last)


class _NameForms:
    """The forms by which an entity may be named again: its name, a part of a person's name, a body's acronym."""

    def __init__(self, parsed: ParsedText) -> None:
        self._parsed = parsed
        self._by_name: dict[tuple[str, str], Entity] = {}
        """By kind and plain form of the full name."""
        self._people_by_part: defaultdict[tuple[str, ...], list[Entity]] = defaultdict(list)
        self._by_short_form: dict[str, Entity] = {}
        self._bodies_by_last_word: defaultdict[str, list[Entity]] = defaultdict(list)

    def add(self, entity: Entity) -> None:
        """Index an entity by its name, a person by parts of it, an organization by its short forms."""
        self._by_name.setdefault((entity.kind, _plain(entity.name)), entity)
        if entity.kind == "person":
            parts = entity.name.split()
            for part in {tuple(parts[:1]), *(tuple(parts[start:]) for start in range(len(parts)))}:
                self._people_by_part[part].append(entity)
        elif entity.kind == "organization":
            for short_form in _short_forms(entity.name):
                self._by_short_form.setdefault(short_form, entity)
            self._bodies_by_last_word[_plain(entity.name).split()[-1]].append(entity)

    def entity_of(self, name: NamedWords) -> Entity | None:
        """Return the entity of which a name is a shorter or another form."""
        text = name.text(self._parsed)
        if exact := self._by_name.get((name.kind, _plain(text))):
            return exact
        if name.kind == "person":
            return self._by_part(name, text)
        if name.kind == "organization":
            acronym = text.replace(".", "")
            by_acronym = self._by_short_form.get(acronym) if acronym.isupper() else None
            return by_acronym or self._by_short_form.get(" ".join(_plain(text).split())) or self._by_last_word(text)
        return None

    def _by_last_word(self, text: str) -> Entity | None:
        """Return the body that a single word refers to: `the Front`, if only one named body ends in that word."""
        bodies = self._bodies_by_last_word.get(text.lower(), [])
        return bodies[0] if len(bodies) == 1 and text not in KNOWN_ORGANIZATIONS else None

    def _by_part(self, name: NamedWords, text: str) -> Entity | None:
        """Return the person with a surname or first name; of several, the one named last before it."""
        candidates = self._people_by_part.get(tuple(text.split()), [])
        start = self._parsed.words[name.start].start
        before = [person for person in candidates if person.mentions and person.mentions[0].start < start]
        return max(before or candidates, key=lambda person: last_before(person, start), default=None)


def _plain(name: str) -> str:
    return re.sub(r"^the |[.,]|['’]s$", "", name.lower())  # noqa: RUF001 -- an apostrophe


def _short_forms(name: str) -> Iterator[str]:
    """Yield a name's acronym, and its plain form without its country or the words for its kind."""
    if capitals := initials_of(name):
        yield capitals
    words = _plain(name).split()
    is_of_country = words[0] in COUNTRIES or words[0] in COUNTRY_OF_ADJECTIVE
    if is_of_country and len(words) > MIN_WORDS_OF_SHORT_FORM:
        yield " ".join(words := words[1:])  # `the Italian Supreme Court`
    if len(words) > MIN_WORDS_OF_SHORT_FORM and words[0] in KIND_OF_WORD and words[1] == "of":
        yield " ".join([*words[2:], words[0]])  # `the Ministry of Defence` is the Defence Ministry
    while len(words) > 1 and words[-1] in KIND_OF_WORD:
        words.pop()
        yield " ".join(words)
