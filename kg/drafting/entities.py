"""Who and what an article names, one node each: names joined within it, unnamed sources, capitals as governments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.drafting.attributions import source_phrase
from kg.drafting.given_names import gender_of
from kg.drafting.government_acts import stands_for_government
from kg.drafting.name_words import (
    COUNTRIES,
    COUNTRY_OF_ADJECTIVE,
    GROUP_KIND_OF_WORD,
    KIND_OF_WORD,
    OFFICES,
    PEOPLE,
    POSTS,
    TEXTS,
    TITLES,
)
from kg.drafting.names import NO_NAMES, NOUN_BEFORE, NamedWords, names_of
from kg.drafting.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.word_lists import words
from kg.mapping import TextSpan

PEOPLE_ENDINGS = tuple(words("er or ist man woman ian ant ee ent official source witness boy girl"))
"""Endings of nouns for people."""
THINGS = words(
    "paper letter newspaper order number river water weather matter error computer server center chapter document "
    "government parliament statement report department agreement announcement comment event incident investment "
    "movement moment percent twitter poll survey study"
)
"""Nouns with such an ending that are no people."""
BODIES_OF_PLACES = words("government parliament presidency navy army military cabinet senate treasury")
"""Nouns for what a country or region has one of."""
DESCRIBED_BODIES = words(
    "ministry department police court bank council guard agency embassy commission authority bureau regulator watchdog"
)
"""Nouns for what a place has several of, or what else has: what stands before them tells which."""
QUALIFIERS = words(
    "foreign interior central supreme high constitutional federal national regional electoral military naval municipal"
)
"""Adjectives that tell which body is meant, as the nouns before it do: `the interior ministry`."""
ONLY_WITH = {"bank": words("central national state reserve"), "guard": words("coast national border")}
"""What tells that such a noun is for a body, and not for a river's bank or a watchman."""
INDEFINITE = words("a an another any some no every each")
PUBLISHING = words("release publish conduct commission issue write compile")
"""What is done to a text by whose text it is: `a poll released on Monday by the institute`."""
OTHER_GENDER = {"he": "f", "him": "f", "his": "f", "she": "m", "her": "m", "hers": "m"}
"""Of which gender a person cannot be whom a pronoun stands for."""
QUANTITIES = words(
    "one both each neither all some many several most few others majority minority number handful dozen dozens "
    "hundreds thousands percent % half third couple pair rest"
)
"""What stands for some of those who are named after it or before it."""
MIN_WORDS_OF_SHORT_FORM = 2
"""A single word (`Court`) is no short form by which one body is known."""
OF_TWO = frozenset({"both", "each", "neither"})
"""Pronouns for two who are named together before: `two sailors`."""
NEAR_SENTENCES = 3
"""How many sentences before `they` people are named whom it stands for rather than a body."""


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
    """The entities of a parsed text, and which of them a word stands for."""

    def __init__(self, parsed: ParsedText) -> None:
        self.parsed = parsed
        self.all: list[Entity] = []
        self.names = names_of(parsed)
        self._by_word: dict[int, Entity] = {}
        self._governments: dict[str, Entity] = {}
        """By the name of the place."""
        self._by_name: dict[tuple[str, str], Entity] = {}
        """By the kind and the plain form of the whole name."""
        self._people_by_part: defaultdict[tuple[str, ...], list[Entity]] = defaultdict(list)
        self._by_short_form: dict[str, Entity] = {}
        self.name_of: dict[int, NamedWords] = {}
        # Full names first, so that a surname finds the person whom it is short for.
        full_first = sorted(self.names, key=lambda name: (-(name.end - name.start), name.start))
        for name in full_first:
            entity = self._joined(name) or self._new(name)
            entity.mentions.append(parsed.span(name.start, name.end))
            for index in range(name.start, name.end):
                self._by_word[index] = entity
                self.name_of[index] = name
        # After the names, since a body belongs to a place that is known.
        self._add_bodies()
        self._add_acting_governments()
        for entity in self.all:
            entity.mentions.sort(key=lambda span: span.start)

    def _add_bodies(self) -> None:
        """Add bodies that are described: `Denmark's navy`, `the Danish government`, `the trade ministry of Denmark`."""
        bodies: dict[tuple[str, str], Entity] = {}
        alone: list[Word] = []
        for word in self.parsed.words:
            lemma = word.lemma.lower()
            is_first = word.index == self.parsed.sentences[word.sentence][0]
            is_noun = (word.text.islower() or is_first) and word.tag.startswith("NN")
            is_state_body = lemma in BODIES_OF_PLACES and word.tag in {"NN", "NNP"}
            is_body = is_state_body or (lemma in DESCRIBED_BODIES and self._is_one_body(word))
            if not is_noun or not is_body or word.index in self._by_word:
                continue
            places = self._places_of_body(word)
            qualified = " ".join([*([] if is_state_body else self._qualifiers(word)), lemma])
            leaders = [leader.text for leader in self.parsed.dependents(word, "compound") if leader.tag == "NNP"]
            if not places and is_state_body and leaders:
                qualified = " ".join([*leaders, lemma])  # `the Monti government`
            elif not places and is_state_body:
                owners = [*self.parsed.dependents(word, "poss", "compound"), *self.parsed.objects_after(word, "of")]
                has_owner = any(owner.tag != "PRP$" for owner in owners)
                is_known = bool(owners) or self._is_definite(word) or self._is_of_person(word)
                alone += [word] if not has_owner and is_known else []
            if not places and (qualified == lemma or not self._does_something(word)):
                continue
            place = places[0] if places else ""
            same = [entity for (_, body), entity in bodies.items() if body == qualified and not places]
            entity = same[0] if len(same) == 1 else bodies.get((place, qualified))
            if entity is None:
                bodies[place, qualified] = entity = self._new_body(word, qualified, place)
            entity.mentions.append(self.parsed.span(*self.parsed.noun_phrase(word)))
            self._by_word[word.index] = entity

        for word in alone:
            self._add_body_alone(word)

    def _new_body(self, word: Word, qualified: str, place: str) -> Entity:
        lemma = word.lemma.lower()
        name = f"the {qualified} of {place}" if place else f"the {qualified}"
        rule = f"the {lemma} of a place" if place else f"the noun “{lemma}” and what is before it"
        entity = Entity("organization", name, rule, 0.75, subkind=KIND_OF_WORD.get(lemma, ""))
        if not place or lemma in DESCRIBED_BODIES:
            entity.is_named, entity.head_lemma = False, lemma  # `the ministry` is the last one
        self.all.append(entity)
        if lemma == "government":
            self._governments[place] = entity
        return entity

    def _places_of_body(self, body: Word) -> list[str]:
        """Return the names of the places whose body it is, as owner, adjective or after `of`."""
        prepositions = ("of", "in") if body.lemma.lower() == "police" else ("of",)
        owners = self.parsed.dependents(body, "poss", "compound", "amod")
        owners += self.parsed.objects_after(body, *prepositions)
        return [place for owner in owners if (place := self._place_of(owner))]

    def _is_one_body(self, noun: Word) -> bool:
        """Tell whether a noun is for one body that a reader knows, and for no title of a name after it."""
        lemma, determiners = noun.lemma.lower(), {word.text.lower() for word in self.parsed.dependents(noun, "det")}
        is_single = noun.tag in {"NN", "NNP"} or lemma == "police"
        is_right = lemma not in ONLY_WITH or bool(ONLY_WITH[lemma] & {*self._qualifiers(noun)})
        return is_single and is_right and not determiners & INDEFINITE and noun.index + 1 not in self._by_word

    def _is_of_person(self, body: Word) -> bool:
        """Tell whether a body is whose somebody is: `army chief`, `a finance ministry official`."""
        head = self.parsed.words[body.head]
        return body.relation == "compound" and (head.lemma in POSTS | PEOPLE or head.lemma.endswith(PEOPLE_ENDINGS))

    def _does_something(self, body: Word) -> bool:
        """Tell whether a body is one of those who act in a sentence, rather than where something is."""
        is_party = body.relation == "pobj" and self.parsed.words[body.head].text.lower() in {"by", "from", "with", "to"}
        return is_party or body.relation in SUBJECTS | {"dobj", "dative", "poss", "conj"} or self._is_of_person(body)

    def _qualifiers(self, noun: Word) -> list[str]:
        """Return the words before a noun that tell which body it is for, in lower case and without names."""
        before = [word for word in self.parsed.dependents(noun, "compound", "amod") if word.index < noun.index]
        words = [self.parsed.words[index] for word in before for index in self.parsed.subtree(word)]
        are_right = (word.relation != "amod" or word.text.lower() in QUALIFIERS for word in words)
        return [
            word.text.lower()
            for word, is_right in zip(words, are_right, strict=True)
            if is_right and word.index not in self._by_word and word.text.islower()
        ]

    def _place_of(self, word: Word) -> str | None:
        """Return the name of the place that a word names, or whose adjective it is."""
        entity = self._by_word.get(word.index)
        if entity is not None:
            return entity.name if entity.kind == "place" else None
        return country.title() if (country := COUNTRY_OF_ADJECTIVE.get(word.text.lower())) else None

    def _is_definite(self, word: Word) -> bool:
        return any(other.text.lower() == "the" for other in self.parsed.dependents(word, "det"))

    def _add_body_alone(self, word: Word) -> None:
        """Add `the navy`: the only one that is known, of whatever place, else one whose place is not."""
        is_one = re.compile(rf"(?:.*\b)?{word.lemma.lower()}(?: of .*)?").fullmatch
        known = [entity for entity in self.all if entity.kind == "organization" and is_one(entity.name.lower())]
        if len(known) == 1:
            known[0].mentions.append(self.parsed.span(*self.parsed.noun_phrase(word)))
            self._by_word[word.index] = known[0]
        elif not known:
            self._unnamed(word)

    def _add_acting_governments(self) -> None:
        """Add the governments of places that do what only a government does, as in `Denmark signed the pact`."""
        for name in self.names:
            entity, last = self._by_word[name.start], self.parsed.words[name.end - 1]
            if entity.kind == "place" and stands_for_government(self.parsed, last):
                self._government_of(entity, last)

    def source_of(self, head: Word) -> tuple[Entity | None, bool]:
        """Return who a source's noun stands for, None if nobody that is known; and whether that is inferred."""
        if entity := self._named(head):
            return (self._government_of(entity, head) if entity.kind == "place" else entity), False
        is_reflexive = head.text.lower() in {"himself", "herself", "itself", "themselves"}
        if is_reflexive and (before := self._by_word.get(head.index - 1)):
            return before, False
        is_acronym = head.text.isupper() and len(head.text) > 1  # `WHO` is no pronoun
        if head.tag in {"CD", "DT", "NN", "NNS", "JJ", "JJS"} and self._is_quantity(head):
            return self._part(head)
        if head.tag.startswith("PRP") or (head.tag in {"WP", "WDT", "DT"} and not is_acronym):
            return self._antecedent(head), True
        return self._source_of_noun(head) if head.tag.startswith("NN") else (None, False)

    def _source_of_noun(self, head: Word) -> tuple[Entity | None, bool]:
        author = self._author_of(head) if head.lemma.lower() in TEXTS else None
        if author:
            return self.source_of(author)
        holder = self._holder_before(head) or self._body_before(head)
        return holder or self._unnamed(head) or self._unrecognized(head), holder is not None

    def _is_quantity(self, head: Word) -> bool:
        """Tell whether a word stands for some of others, as `a group` does where it is one of people."""
        if head.lemma.lower() != "group":
            return head.lemma.lower() in QUANTITIES
        return any(noun.tag == "NNS" for noun in self.parsed.objects_after(head))

    def _part(self, head: Word) -> tuple[Entity | None, bool]:
        """Return who a number of people are (`most of the guests`), and for `one of them` somebody without a name."""
        whole = self.parsed.objects_after(head)
        if head.lemma.lower() != "one":
            return self.source_of(whole[0]) if whole else (self._antecedent(head), True)
        kind = _kind_of_part(whole[0]) if whole else ""
        if not kind:
            return None, False
        inside = self.parsed.subtree(head)
        span = self.parsed.span(inside[0], inside[-1] + 1)
        return self._added(Entity(kind, self._words_of(span), "one of several", 0.6, is_named=False), span, head), False

    def _added(self, entity: Entity, span: TextSpan, head: Word) -> Entity:
        """Add an entity that a passage mentions, and for which a word stands unless it stands for another."""
        entity.mentions.append(span)
        self._by_word.setdefault(head.index, entity)
        self.all.append(entity)
        return entity

    def _words_of(self, span: TextSpan) -> str:
        return " ".join(span.of(self.parsed.text).split())

    def _unrecognized(self, head: Word) -> Entity | None:
        """Return a body for proper nouns that say something and that the pipeline takes for no name."""
        start = head.index
        while start and (before := self.parsed.words[start - 1]).tag == "NNP" and before.sentence == head.sentence:
            start -= 1
        words = self.parsed.words[start : head.index + 1]
        if not words or not all(word.tag == "NNP" and word.text[:1].isupper() for word in words):
            return None
        if any(word.name_kind in NO_NAMES for word in words):
            return None
        span = self.parsed.span(start, head.index + 1)
        name = self._words_of(span)
        kind = "person" if len(words) == 1 and not name.isupper() else "organization"
        entity = self._added(Entity(kind, name, "proper nouns that say something", 0.5), span, head)
        self._by_word |= dict.fromkeys(range(start, head.index + 1), entity)
        return entity

    def inside(self, span: TextSpan) -> list[Entity]:
        """Return the entities that are named in a passage, once each."""
        words = self.parsed.words_at(span)
        return [*{id(entity): entity for word in words if (entity := self._by_word.get(word.index))}.values()]

    def entity_at(self, index: int) -> Entity | None:
        """Return what the name around a word names."""
        return self._by_word.get(index)

    def _joined(self, name: NamedWords) -> Entity | None:
        """Return the entity that a name is a shorter or another form of."""
        text = name.text(self.parsed)
        if exact := self._by_name.get((name.kind, _plain(text))):
            return exact
        if name.kind == "person":
            return self._by_part(name, text)
        if name.kind == "organization":
            acronym = text.replace(".", "")
            by_acronym = self._by_short_form.get(acronym) if acronym.isupper() else None
            return by_acronym or self._by_short_form.get(" ".join(_plain(text).split()))
        return None

    def _by_part(self, name: NamedWords, text: str) -> Entity | None:
        """Return the person with a surname or first name: of several, the one named last before it."""
        candidates = self._people_by_part.get(tuple(text.split()), [])
        start = self.parsed.words[name.start].start
        before = [person for person in candidates if person.mentions and person.mentions[0].start < start]
        return max(before or candidates, key=lambda person: _last_before(person, start), default=None)

    def _new(self, name: NamedWords) -> Entity:
        text = name.text(self.parsed)
        subkind = ""
        if name.kind == "organization":
            words = [word.lower().strip(".") for word in text.split()]
            subkind = next((KIND_OF_WORD[word] for word in (words[-1], words[0]) if word in KIND_OF_WORD), "")
        elif name.kind == "place":
            subkind = "country" if text.lower() in COUNTRIES else "city" if self._is_label(name, "GPE") else "region"
        entity = Entity(name.kind, text, name.rule, name.confidence, subkind=subkind)
        self.all.append(entity)
        self._add_forms(entity)
        return entity

    def _add_forms(self, entity: Entity) -> None:
        """Have an entity found by its name, a person by a part of it, an organization by its short forms."""
        self._by_name.setdefault((entity.kind, _plain(entity.name)), entity)
        if entity.kind == "person":
            parts = entity.name.split()
            for part in {tuple(parts[:1]), *(tuple(parts[start:]) for start in range(len(parts)))}:
                self._people_by_part[part].append(entity)
        elif entity.kind == "organization":
            for short_form in _short_forms(entity.name):
                self._by_short_form.setdefault(short_form, entity)

    def _is_label(self, name: NamedWords, label: str) -> bool:
        return any(word.name_kind == label for word in name.words(self.parsed))

    def _named(self, head: Word) -> Entity | None:
        """Return the entity named by a noun, its apposition or the name that it stands before."""
        if entity := self._by_word.get(head.index):
            return entity
        nearby = [
            word for word in self.parsed.dependents(head, "appos") if self.parsed.words[head.index].tag[:2] == "NN"
        ]
        if head.relation in {"appos", "compound", "nmod"}:
            nearby.append(self.parsed.words[head.head])
        following = self.name_of.get(head.index + 1)
        if following and following.rule.startswith(NOUN_BEFORE):
            return self._by_word[head.index + 1]
        if person := self._titled_by(head):
            return person
        entities = (self._by_word.get(word.index) for word in nearby)
        named = next((entity for entity in entities if entity and entity.kind in {"person", "organization"}), None)
        is_somebody = head.tag in {"NN", "NNP"} and head.lemma.lower() not in THINGS | OFFICES | TEXTS
        return named or (self._holder_of(head) if is_somebody else None)

    def _titled_by(self, post: Word) -> Entity | None:
        """Return the person before whose name a post stands as a title: `navy chief Vice Adm. Ada Quill`."""
        if post.tag != "NN" or post.lemma.lower() not in POSTS | TITLES:
            return None
        index = post.index + 1
        while index < len(self.parsed.words) and self.parsed.words[index].text.lower().strip(".") in TITLES | {"vice"}:
            index += 1
        name = self.name_of.get(index)
        # Without a title between, `told the minister Quill was ill` has the same words.
        is_title = index > post.index + 1 or not self.parsed.dependents(post, "det")
        is_beside = name is not None and name.start == index and is_title
        entity = self._by_word.get(index) if is_beside else None
        return entity if entity and entity.kind == "person" else None

    def _holder_of(self, post: Word) -> Entity | None:
        """Return the person whose name ends the phrase of a post, as in `the ambassador to Denmark, Ada Quill`."""
        end = source_phrase(self.parsed, post, with_clauses=False).end
        index = self.parsed.word_at(end - 1) if end else post.index
        if person := self._after_comma(post, index):
            return person
        name = self.name_of.get(index) if index > post.index else None
        entity = self._by_word.get(index)
        if not name or not entity or entity.kind != "person":
            return None
        return None if self.parsed.words[name.start - 1].tag in {"IN", "CC", "POS"} else entity

    def _after_comma(self, post: Word, end: int) -> Entity | None:
        """Return the person whose name stands after the comma that ends a post's phrase, and is no subject itself."""
        name, entity = self.name_of.get(end + 2), self._by_word.get(end + 2)
        if not name or not entity or entity.kind != "person" or name.start != end + 2:
            return None
        if self.parsed.words[end + 1].text != "," or post.lemma.lower() not in POSTS | TITLES:
            return None
        acts = any(word.relation in SUBJECTS or word.relation == "conj" for word in name.words(self.parsed))
        is_one = post.tag == "NN" and bool(self.parsed.dependents(post, "det", "poss"))
        return entity if is_one and not acts and self.parsed.words[end + 2].sentence == post.sentence else None

    def _holder_before(self, post: Word) -> Entity | None:
        """Return whom `the minister` stands for: the only person before it who is named with that title or post."""
        lemma = post.lemma.lower()
        if post.tag != "NN" or lemma not in POSTS | TITLES or not self._is_definite(post):
            return None
        others = [word for word in self.parsed.dependents(post) if word.relation not in {"det", "punct"}]
        holders = {
            id(entity): entity
            for name in self.names
            if name.start < post.index and not others
            if (entity := self._by_word[name.start]).kind == "person" and lemma in self._titles_of(name)
        }
        return next(iter(holders.values())) if len(holders) == 1 else None

    def _body_before(self, noun: Word) -> Entity | None:
        """Return what `the bank` or `the federation` stands for: the only body of that kind that is named before it."""
        lemma = noun.lemma.lower()
        others = [word for word in self.parsed.dependents(noun) if word.relation not in {"det", "punct", "appos"}]
        if noun.tag != "NN" or lemma not in OFFICES or others or not self._is_definite(noun):
            return None
        bodies = [
            entity
            for entity in self.all
            if entity.kind == "organization" and entity.is_named and entity.mentions[0].start < noun.start
            if lemma in entity.name.lower().split() or (lemma == entity.subkind and lemma in KIND_OF_WORD.values())
        ]
        return bodies[0] if len(bodies) == 1 else None

    def _titles_of(self, name: NamedWords) -> set[str]:
        """Return the words for what somebody is, before a name and in apposition to it."""
        last = self.parsed.words[name.end - 1]
        beside = [
            *self.parsed.dependents(last, "appos"),
            *([self.parsed.words[last.head]] if last.relation == "appos" else []),
        ]
        before = self.parsed.words[name.start - 1 : name.start] if name.start else []
        return {word.lemma.lower() for word in (*beside, *before)}

    def _author_of(self, text: Word) -> Word | None:
        """Return whose a report, post or analysis is: its possessor, or who stands after `by` or `from`."""
        owners = self.parsed.dependents(text, "poss")
        owners += self.parsed.objects_after(text, "by", "from")
        for verb in self.parsed.dependents(text, "acl"):
            owners += self.parsed.objects_after(verb, relations=("agent",)) if verb.lemma in PUBLISHING else []
        return owners[0] if owners and owners[0].lemma.lower() not in TEXTS else None

    def _government_of(self, place: Entity, head: Word) -> Entity:
        """Return the government that a place's name stands for, where the place does what only somebody can do."""
        words = self.name_of.get(head.index)
        span = self.parsed.span(words.start, words.end) if words else place.mentions[0]
        return self.government(place.name, span, "a place that says or does something")

    def government(self, place: str, span: TextSpan, rule: str) -> Entity:
        """Return the government of a place, new if the text has not named it, with a passage for it."""
        government = self._governments.get(place)
        if government is None:
            article = "the " if place.split(maxsplit=1)[0] in {"United", "US", "U.S.", "UK", "U.K."} else ""
            name = f"the government of {article}{place}"
            government = Entity("organization", name, rule, 0.6, subkind="government")
            self._governments[place] = government
            self.all.append(government)
        government.mentions += [] if span in government.mentions else [span]
        return government

    def building(self, noun: Word, name: str = "") -> Entity:
        """Return the building that a noun stands for, new if the text has not spoken of it, with its passage."""
        span = self.parsed.span(*self.parsed.noun_phrase(noun))
        name = name or " ".join(span.of(self.parsed.text).split())
        known = next((place for place in self.all if (place.kind, place.name) == ("place", name)), None)
        if known is None:
            known = Entity("place", name, "a building where people meet", 0.6, is_named=False, subkind="building")
            self.all.append(known)
        known.mentions += [] if span in known.mentions else [span]
        return known

    def place_in(self, span: TextSpan) -> tuple[str, TextSpan] | None:
        """Return the name of the first place in a passage and where it stands, as a name or as an adjective."""
        named = (
            (self._place_of(word), self.parsed.span(word.index, word.index + 1)) for word in self.parsed.words_at(span)
        )
        return next(((place, span) for place, span in named if place), None)

    def _antecedent(self, pronoun: Word) -> Entity | None:
        """Return whom a pronoun stands for: the last person before it, for `they` and `it` the last body."""
        text = pronoun.text.lower()
        if text in {"i", "me", "my", "you", "we", "us"}:
            return None
        is_several = text == "they" or text in QUANTITIES
        if text in OF_TWO and (pair := self._two_before(pronoun)):
            return pair
        if is_several and (group := self._people_before(pronoun)):
            return group
        kinds = (
            {"organization"}
            if text in {"it", "its", "which"}
            else {"group", "organization"}
            if is_several
            else {"person"}
        )
        other = OTHER_GENDER.get(text, "")
        if is_several and any(self._is_near(entity, pronoun) for entity in self.all if entity.kind == "group"):
            kinds = {"group"}
        candidates = [entity for entity in self.all if entity.kind in kinds and not _is_of(entity, other)]
        near = self._nearest(candidates, pronoun)
        return max(near, key=lambda entity: self._salience(entity, pronoun), default=None)

    def _two_before(self, pronoun: Word) -> Entity | None:
        """Return the two whom `both` or `each` stands for, in the sentence of the pronoun or the one before."""
        first = self.parsed.sentences[max(0, pronoun.sentence - 1)][0]
        for word in reversed(self.parsed.words[first : pronoun.index]):
            numbers = {number.text.lower() for number in self.parsed.dependents(word, "nummod", "det")}
            if word.tag == "NNS" and numbers & {"two", "both"}:
                return self._by_word.get(word.index) or self._unnamed(word)
        return None

    def _nearest(self, candidates: list[Entity], pronoun: Word) -> list[Entity]:
        """Return who is named in the nearest sentence, of those before a pronoun: its own and the last count as one."""
        named = [(last, entity) for entity in candidates if (last := _last_before(entity, pronoun.start)) >= 0]
        if not named:
            return []
        nearest = self.parsed.words[self.parsed.word_at(max(last for last, _ in named))].sentence
        first = self.parsed.sentences[min(nearest, max(pronoun.sentence - 1, 0))][0]
        return [entity for last, entity in named if last >= self.parsed.words[first].start]

    def _is_near(self, entity: Entity, pronoun: Word) -> bool:
        """Tell whether an entity is named in one of the last sentences before a pronoun."""
        last = _last_before(entity, pronoun.start)
        return last >= 0 and pronoun.sentence - self.parsed.words[self.parsed.word_at(last)].sentence <= NEAR_SENTENCES

    def _people_before(self, pronoun: Word) -> Entity | None:
        """Return the people that are the last subject in the plural, in the sentence of a pronoun or the one before."""
        first = self.parsed.sentences[max(0, pronoun.sentence - 1)][0]
        for word in reversed(self.parsed.words[first : pronoun.index]):
            if word.relation in SUBJECTS and word.tag in {"NNS", "NNPS"} and not self._by_word.get(word.index):
                return self._unnamed(word)
        return None

    def _salience(self, entity: Entity, pronoun: Word) -> tuple[int, int, int]:
        """Return how likely a pronoun stands for an entity: in the nearest sentence, as its subject, last."""
        last = _last_before(entity, pronoun.start)
        word = self.parsed.words[self.parsed.word_at(last)]
        distance = pronoun.sentence - word.sentence
        name = self.name_of.get(word.index)
        head = self.parsed.words[name.end - 1] if name else word
        is_subject = any(
            other.relation.startswith("nsubj") for other in (head, self.parsed.words[head.head]) if other.tag[:1] == "N"
        )
        return -(max(distance, 1)), int(is_subject), last if not is_subject else -last

    def _unnamed(self, head: Word) -> Entity | None:
        """Return whom a common noun stands for; an indefinite phrase opens a new entity."""
        lemma = head.lemma.lower()
        is_plural = head.tag in {"NNS", "NNPS"}
        determiner = next((word.text.lower() for word in self.parsed.dependents(head, "det")), "")
        start, end = self.parsed.noun_phrase(head)
        span = self.parsed.span(start, end)
        if determiner not in {"a", "an", "another", "one"}:
            known = [
                entity for entity in self.all if entity.head_lemma == lemma and entity.mentions[0].start < head.start
            ]
            if known:
                known[-1].mentions.append(span)
                self._by_word.setdefault(head.index, known[-1])
                return known[-1]
        kind, subkind, rule = _kind_of_noun(head.text.lower(), lemma, is_plural=is_plural)
        if head.tag == "NNPS" and not kind:
            kind, subkind, rule = "group", "nation", "a people"
        if not kind:
            return None
        name = self._words_of(span)
        entity = Entity(kind, name, rule, 0.7, is_named=False, subkind=subkind, head_lemma=lemma)
        return self._added(entity, span, head)


def _kind_of_noun(text: str, lemma: str, *, is_plural: bool) -> tuple[str, str, str]:
    if text in GROUP_KIND_OF_WORD:
        return "group", GROUP_KIND_OF_WORD[text], f"the noun “{text}”"
    if lemma in OFFICES and (not is_plural or text in OFFICES):
        return "organization", KIND_OF_WORD.get(lemma, ""), f"the noun “{lemma}”"
    if lemma in THINGS or not (lemma in POSTS | PEOPLE or lemma.endswith(PEOPLE_ENDINGS)):
        return "", "", ""
    if is_plural:
        return "group", "officials", f"the noun “{text}”"
    return "person", "", f"a person without a name: “{lemma}”"


def _kind_of_part(whole: Word) -> str:
    """Return what one of several is: a person or an organization; nothing where they are things, as reports are."""
    if not whole.tag.startswith("NN") or whole.tag.startswith("NNP"):
        return "person"
    text, lemma = whole.text.lower(), whole.lemma.lower()
    if GROUP_KIND_OF_WORD.get(text) == "parties":
        return "organization"
    kind = _kind_of_noun(lemma, lemma, is_plural=False)[0] or _kind_of_noun(text, lemma, is_plural=True)[0]
    return "person" if kind == "group" else kind


def _is_of(entity: Entity, gender: str) -> bool:
    return bool(gender) and entity.kind == "person" and _gender(entity) == gender


def _gender(entity: Entity) -> str:
    last = entity.name.lower().split()[-1]
    if last.endswith(("woman", "girl", "lady", "mother", "sister")):
        return "f"
    return "m" if not entity.is_named and last.endswith(("man", "boy", "father")) else gender_of(entity.name)


def _last_before(entity: Entity, position: int) -> int:
    return max((span.start for span in entity.mentions if span.start < position), default=-1)


def _plain(name: str) -> str:
    return re.sub(r"^the |[.,]|['’]s$", "", name.lower())  # noqa: RUF001 -- an apostrophe


def _short_forms(name: str) -> Iterator[str]:
    """Yield a name's acronym, and in plain form what is left without its country or the words for its kind."""
    if capitals := "".join(word[0] for word in re.findall(r"\w+", name) if word[0].isupper()):
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
