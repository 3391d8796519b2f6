"""Whom a noun or pronoun refers to: a named entity, the holder of a post, some of several, or somebody unnamed."""

from __future__ import annotations

from kg.drafting.entities.antecedents import antecedent
from kg.drafting.entities.names import NO_NAMES, NOUN_BEFORE
from kg.drafting.entities.post_holders import holder_before, holder_of, names_another, titled_by
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.text.noun_kinds import QUANTITIES, THINGS, kind_of_part
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.words.name_words import KIND_OF_WORD, OFFICES, POSTS, TEXTS, TITLES
from kg.drafting.words.word_lists import words

PUBLISHING = words("release publish conduct commission issue write compile")
"""Verbs for what the owner of a text does to it: `a poll released on Monday by the institute`."""


def referent_of(entities: Entities, head: Word) -> tuple[Entity | None, bool]:
    """Return whom a source's noun refers to, or None if that is not known, and whether the referent is inferred."""
    if entity := _named(entities, head):
        return (entities.government_named(entity, head) if entity.kind == "place" else entity), False
    is_reflexive = head.text.lower() in {"himself", "herself", "itself", "themselves"}
    if is_reflexive and (before := entities.entity_at(head.index - 1)):
        return before, False
    is_acronym = head.text.isupper() and len(head.text) > 1  # `WHO` is not a pronoun
    if head.tag in {"CD", "DT", "NN", "NNS", "JJ", "JJS"} and _is_quantity(entities.parsed, head):
        return _part(entities, head)
    if head.text.lower() == "another" and head.tag == "DT":
        span = entities.parsed.span(head.index, head.index + 1)
        return entities.add(Entity("person", head.text, "one of several", 0.5, is_named=False), span, head), False
    if head.tag.startswith("PRP") or (head.tag in {"WP", "WDT", "DT"} and not is_acronym):
        return antecedent(entities, head), True
    return _referent_of_noun(entities, head) if head.tag.startswith("NN") else (None, False)


def _referent_of_noun(entities: Entities, head: Word) -> tuple[Entity | None, bool]:
    author = _author_of(entities, head) if head.lemma.lower() in TEXTS else None
    if author:
        return referent_of(entities, author)
    is_name = head.tag == "NNP" and head.text[:1].isupper() and not entities.parsed.dependents(head, "det")
    if is_name and (unrecognized := _unrecognized(entities, head)):
        return unrecognized, False
    holder = holder_before(entities, head) or _body_before(entities, head)
    return holder or entities.of_common_noun(head) or _unrecognized(entities, head), holder is not None


def _is_quantity(parsed: ParsedText, head: Word) -> bool:
    """Return whether a word refers to some members of a whole, as `a group` does if it is a group of people."""
    if head.lemma.lower() != "group":
        return head.lemma.lower() in QUANTITIES
    return any(noun.tag == "NNS" for noun in parsed.objects_after(head))


def _part(entities: Entities, head: Word) -> tuple[Entity | None, bool]:
    """Return who a number of people are (`most of the guests`), or for `one of them` somebody without a name."""
    whole = entities.parsed.objects_after(head)
    if head.lemma.lower() == "few" and not whole:
        return None, False
    if head.lemma.lower() != "one":
        return referent_of(entities, whole[0]) if whole else (antecedent(entities, head), True)
    kind = kind_of_part(whole[0]) if whole else ""
    if not kind:
        return None, False
    inside = entities.parsed.subtree(head)
    span = entities.parsed.span(inside[0], inside[-1] + 1)
    return entities.add(Entity(kind, entities.words_of(span), "one of several", 0.6, is_named=False), span, head), False


def _unrecognized(entities: Entities, head: Word) -> Entity | None:
    """Return an entity for proper nouns that say something and that the pipeline does not take for a name."""
    start = head.index
    while start and (before := entities.parsed.words[start - 1]).tag == "NNP" and before.sentence == head.sentence:
        start -= 1
    words = entities.parsed.words[start : head.index + 1]
    if not words or not all(word.tag == "NNP" and word.text[:1].isupper() for word in words):
        return None
    if any(word.name_kind in NO_NAMES for word in words) or words[-1].text.lower() in POSTS | TITLES:
        return None  # a day, or `Minority Leader` before a name that the parser puts elsewhere
    span = entities.parsed.span(start, head.index + 1)
    name = entities.words_of(span)
    kind = "person" if len(words) == 1 and not name.isupper() else "organization"
    entity = entities.add(Entity(kind, name, "proper nouns that say something", 0.5), span, head)
    entities.set_entity(range(start, head.index + 1), entity)
    return entity


def _named(entities: Entities, head: Word) -> Entity | None:
    """Return the entity named by a noun, by its apposition or by the name after it."""
    if entity := entities.entity_at(head.index):
        return entity
    # Also of `one of them, Ada Quill` and `another, Jon Vik`.
    is_single = head.tag in {"NN", "NNP", "CD", "DT"}
    nearby = entities.parsed.dependents(head, "appos") if is_single or head.tag == "NNS" else []
    if head.relation in {"appos", "compound", "nmod"}:
        nearby.append(entities.parsed.words[head.head])
    following = entities.name_of.get(head.index + 1)
    if following and following.rule.startswith(NOUN_BEFORE):
        return entities.entity_at(head.index + 1)
    if person := titled_by(entities, head):
        return person
    near = (entities.entity_at(word.index) for word in nearby if not names_another(entities.parsed, head, word))
    named = next((entity for entity in near if entity and entity.kind in {"person", "organization"}), None)
    is_somebody = head.tag in {"NN", "NNP"} and head.lemma.lower() not in THINGS | OFFICES | TEXTS
    return named or (holder_of(entities, head) if is_somebody else None)


def _body_before(entities: Entities, noun: Word) -> Entity | None:
    """Return what `the bank` or `the federation` refers to: the only body of that kind that is named before it."""
    lemma = noun.lemma.lower()
    others = [word for word in entities.parsed.dependents(noun) if word.relation not in {"det", "punct", "appos"}]
    if noun.tag != "NN" or lemma not in OFFICES or others or not entities.parsed.is_definite(noun):
        return None
    bodies = [
        entity
        for entity in entities.all
        if entity.kind == "organization" and entity.is_named and entity.mentions[0].start < noun.start
        if lemma in entity.name.lower().split() or (lemma == entity.subkind and lemma in KIND_OF_WORD.values())
    ]
    return bodies[0] if len(bodies) == 1 else None


def _author_of(entities: Entities, text: Word) -> Word | None:
    """Return the author of a report, post or poll: its possessor, who follows `by` or `from`, or the body before it."""
    parsed = entities.parsed
    owners = parsed.dependents(text, "poss")
    owners += parsed.objects_after(text, "by", "from")
    for verb in parsed.dependents(text, "acl"):
        owners += parsed.objects_after(verb, relations=("agent",)) if verb.lemma in PUBLISHING else []
    named = ((word, entities.entity_at(word.index)) for word in parsed.dependents(text, "compound", "nmod"))
    owners += [word for word, entity in named if entity and entity.kind == "organization"]
    return owners[0] if owners and owners[0].lemma.lower() not in TEXTS else None
