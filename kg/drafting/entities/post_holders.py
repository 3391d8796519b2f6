"""Who holds the post that a noun denotes: named after it, in apposition, or earlier with that title."""

from __future__ import annotations

from kg.drafting.entities.names import NamedWords
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.speech.attributions import source_phrase
from kg.drafting.text.noun_kinds import is_for_people
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.name_words import POSTS, TITLES


def titled_by(entities: Entities, post: Word) -> Entity | None:
    """Return the person whose name a post precedes as a title: `navy chief Vice Adm. Ada Quill`."""
    if post.tag not in {"NN", "NNP"} or post.lemma.lower() not in POSTS | TITLES:
        return None
    index, words = post.index + 1, entities.parsed.words
    while index < len(words) and words[index].text.lower().strip(".") in TITLES | {"vice"}:
        index += 1
    name = entities.name_of.get(index)
    # Without a title in between, `told the minister Quill was ill` looks the same.
    is_title = index > post.index + 1 or not entities.parsed.dependents(post, "det")
    is_beside = name is not None and name.start == index and is_title
    entity = entities.entity_at(index) if is_beside else None
    return entity if entity and entity.kind == "person" else None


def holder_of(entities: Entities, post: Word) -> Entity | None:
    """Return the person whose name ends a post's phrase, as in `the ambassador to Denmark, Ada Quill`."""
    end = source_phrase(entities.parsed, post, with_clauses=False).end
    index = entities.parsed.word_at(end - 1) if end else post.index
    if person := _after_comma(entities, post, index):
        return person
    name = entities.name_of.get(index) if index > post.index else None
    entity = entities.entity_at(index)
    if not name or not entity or entity.kind != "person":
        return None
    is_of_another = names_another(entities.parsed, post, entities.parsed.words[name.end - 1])
    return None if is_of_another or _is_of_phrase(entities, name) else entity


def names_another(parsed: ParsedText, noun: Word, apposition: Word) -> bool:
    """Return whether an apposition names whom a noun's preposition refers to: `an aide to Oslo's mayor, Jon Vik`."""
    for other in parsed.objects_after(noun):
        if other.index > apposition.index or not is_for_people(other.lemma.lower()):
            continue
        if apposition.relation == "appos" and apposition.head == other.index:
            return True
        # The parser attaches some to `an aide`: whose mayor it is introduces the mayor.
        is_introduced = any(word.tag == "NNP" for word in parsed.dependents(other, "poss"))
        if is_introduced and not parsed.is_definite(noun) and parsed.words[other.index + 1].text == ",":
            return True
    return False


def _is_of_phrase(entities: Entities, name: NamedWords) -> bool:
    """Return whether a name follows a preposition, possibly with a title: `a spokesman for Prime Minister Jon Vik`."""
    index, words = name.start - 1, entities.parsed.words
    # `House Speaker` is a title with a name in it, unlike `the head of the guild in Oslo Jon Vik`.
    is_title = words[index].lemma.lower() in POSTS | TITLES
    while index > 0 and words[index].tag.startswith("NN") and (is_title or entities.entity_at(index) is None):
        index -= 1
    return words[index].tag in {"IN", "CC", "POS"}


def _after_comma(entities: Entities, post: Word, end: int) -> Entity | None:
    """Return the person whose name follows the comma that ends a post's phrase, and is not itself a subject."""
    name, entity = entities.name_of.get(end + 2), entities.entity_at(end + 2)
    if not name or not entity or entity.kind != "person" or name.start != end + 2:
        return None
    is_somebodys = bool(entities.parsed.dependents(post, "poss")) and is_for_people(post.lemma.lower())
    if entities.parsed.words[end + 1].text != "," or not (post.lemma.lower() in POSTS | TITLES or is_somebodys):
        return None
    acts = any(word.relation in SUBJECTS or word.relation == "conj" for word in name.words(entities.parsed))
    is_one = post.tag == "NN" and bool(entities.parsed.dependents(post, "det", "poss"))
    return entity if is_one and not acts and entities.parsed.words[end + 2].sentence == post.sentence else None


def holder_before(entities: Entities, post: Word) -> Entity | None:
    """Return whom `the minister` refers to: the only person before it who is named with that title or post."""
    lemma = post.lemma.lower()
    others = [word for word in entities.parsed.dependents(post) if word.relation not in {"det", "punct"}]
    if post.tag != "NN" or lemma not in POSTS | TITLES or others or not entities.parsed.is_definite(post):
        return None
    titled = [name for name in entities.names if name.start < post.index and lemma in _titles_of(entities.parsed, name)]
    named = [entities.entity_at(name.start) for name in titled]
    holders = {id(entity): entity for entity in named if entity and entity.kind == "person"}
    return next(iter(holders.values())) if len(holders) == 1 else None


def _titles_of(parsed: ParsedText, name: NamedWords) -> set[str]:
    """Return the words for what somebody is that stand before a name or in apposition to it."""
    last = parsed.words[name.end - 1]
    beside = [
        *parsed.dependents(last, "appos"),
        *([parsed.words[last.head]] if last.relation == "appos" else []),
    ]
    before = parsed.words[name.start - 1 : name.start] if name.start else []
    return {word.lemma.lower() for word in (*beside, *before)}
