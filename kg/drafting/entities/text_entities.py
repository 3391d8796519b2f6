"""Who and what an article names or describes, one node each, and which words refer to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.drafting.entities.names import NamedWords
from kg.drafting.text.noun_kinds import kind_of_noun
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.name_words import COUNTRY_OF_ADJECTIVE, POSTS
from kg.mapping.passages.text_spans import TextSpan


@dataclass
class Entity:
    """A node of a draft: a person, organization, group or place, with the passages that name it."""

    kind: str
    name: str
    rule: str
    confidence: float
    is_named: bool = True
    subkind: str = ""
    mentions: list[TextSpan] = field(default_factory=list)
    head_lemma: str = ""
    identifier: str = ""


class Entities:
    """The entities of a parsed text, and the entity that each word refers to."""

    def __init__(self, parsed: ParsedText, names: list[NamedWords]) -> None:
        self.parsed = parsed
        self.names = names
        self.all: list[Entity] = []
        self.name_of: dict[int, NamedWords] = {}
        self.governments: dict[str, Entity] = {}
        """By the place's name."""
        self._by_word: dict[int, Entity] = {}

    def add_name(self, name: NamedWords, entity: Entity) -> None:
        """Make the words of a name refer to an entity, and add them to its passages."""
        entity.mentions.append(self.parsed.span(name.start, name.end))
        self.set_entity(range(name.start, name.end), entity)
        self.name_of |= dict.fromkeys(range(name.start, name.end), name)

    def set_entity(self, indices: Iterable[int], entity: Entity) -> None:
        """Make words refer to an entity."""
        self._by_word |= dict.fromkeys(indices, entity)

    def add(self, entity: Entity, span: TextSpan, head: Word) -> Entity:
        """Add an entity that a passage mentions; the head word refers to it unless it already refers to another."""
        entity.mentions.append(span)
        self._by_word.setdefault(head.index, entity)
        self.all.append(entity)
        return entity

    def entity_at(self, index: int) -> Entity | None:
        """Return the entity that a word refers to, None if it refers to none."""
        return self._by_word.get(index)

    def inside(self, span: TextSpan) -> list[Entity]:
        """Return the distinct entities that are named in a passage."""
        words = self.parsed.words_at(span)
        return [*{id(entity): entity for word in words if (entity := self._by_word.get(word.index))}.values()]

    def words_of(self, span: TextSpan) -> str:
        """Return the words of a passage with single spaces."""
        return " ".join(span.of(self.parsed.text).split())

    def place_of(self, word: Word) -> str | None:
        """Return the name of the place that a word names or is the adjective of."""
        entity = self._by_word.get(word.index)
        if entity is not None:
            return entity.name if entity.kind == "place" else None
        return country.title() if (country := COUNTRY_OF_ADJECTIVE.get(word.text.lower())) else None

    def place_in(self, span: TextSpan) -> tuple[str, TextSpan] | None:
        """Return the name of the first place in a passage, as a name or an adjective, and its position."""
        named = (
            (self.place_of(word), self.parsed.span(word.index, word.index + 1)) for word in self.parsed.words_at(span)
        )
        return next(((place, span) for place, span in named if place), None)

    def government_named(self, place: Entity, head: Word) -> Entity:
        """Return the government that a place's name denotes where the place does something."""
        words = self.name_of.get(head.index)
        span = self.parsed.span(words.start, words.end) if words else place.mentions[0]
        return self.government(place.name, span, "a place that says or does something")

    def government(self, place: str, span: TextSpan, rule: str) -> Entity:
        """Return the government of a place with this passage added; it is new if not mentioned before."""
        government = self.governments.get(place)
        if government is None:
            article = "the " if place.split(maxsplit=1)[0] in {"United", "US", "U.S.", "UK", "U.K."} else ""
            name = f"the government of {article}{place}"
            government = Entity("organization", name, rule, 0.6, subkind="government")
            self.governments[place] = government
            self.all.append(government)
        government.mentions += [] if span in government.mentions else [span]
        return government

    def building(self, noun: Word, name: str = "") -> Entity:
        """Return the building that a noun denotes with its passage added; it is new if not mentioned before."""
        span = self.parsed.span(*self.parsed.noun_phrase(noun))
        name = name or self.words_of(span)
        known = next((place for place in self.all if (place.kind, place.name) == ("place", name)), None)
        if known is None:
            known = Entity("place", name, "a building where people meet", 0.6, is_named=False, subkind="building")
            self.all.append(known)
        known.mentions += [] if span in known.mentions else [span]
        return known

    def of_common_noun(self, head: Word) -> Entity | None:
        """Return whom a common noun refers to; an indefinite phrase introduces a new entity."""
        is_plural = head.tag in {"NNS", "NNPS"}
        lemma = head.lemma.lower()
        if head.tag == "NNPS" and head.text.lower().removesuffix("s") in POSTS:
            lemma = head.text.lower().removesuffix("s")  # `the Ministers`, in a communiqué
        determiner = next((word.text.lower() for word in self.parsed.dependents(head, "det")), "")
        start, end = self.parsed.noun_phrase(head)
        span = self.parsed.span(start, end)
        if determiner not in {"a", "an", "another", "one"}:
            known = [
                entity
                for entity in self.all
                if entity.head_lemma == lemma and entity.mentions[0].start < head.start
                if self._may_be(entity, head)
            ]
            if known:
                known[-1].mentions.append(span)
                self._by_word.setdefault(head.index, known[-1])
                return known[-1]
        kind, subkind, rule = kind_of_noun(head.text.lower(), lemma, is_plural=is_plural)
        if lemma == "side" and any(self.place_of(word) for word in self.parsed.dependents(head, "amod", "poss")):
            kind, subkind, rule = "group", "delegation", "a country's side"
        if head.tag == "NNPS" and not kind:
            kind, subkind, rule = "group", "nation", "a people"
        if not kind:
            return None
        name = self.words_of(span)
        entity = Entity(kind, name, rule, 0.7, is_named=False, subkind=subkind, head_lemma=lemma)
        return self.add(entity, span, head)

    def _may_be(self, entity: Entity, head: Word) -> bool:
        """Return whether a noun may refer to an entity described by it before: not `German officials` to Danish ones.

        Without an article, all its modifiers are those of the entity: `legal experts` are not `security experts`.
        """
        modifiers = self.parsed.dependents(head, "amod", "compound", "nmod", "poss")
        is_definite = self.parsed.is_definite(head)
        described = {*entity.name.lower().split()}
        others = [word for word in modifiers if word.text.lower() not in described and word.tag[:3] != "PRP"]
        return not any(self.place_of(word) or not is_definite for word in others)


def last_before(entity: Entity, position: int) -> int:
    """Return where the last passage before a position that names an entity begins, -1 if there is none."""
    return max((span.start for span in entity.mentions if span.start < position), default=-1)
