"""What a common noun denotes: a person, a group, an organization, or a thing."""

from __future__ import annotations

from kg.drafting.text.parsed_text import Word
from kg.drafting.words.name_words import GROUP_KIND_OF_WORD, KIND_OF_WORD, OFFICES, PEOPLE, POSTS
from kg.drafting.words.word_lists import words

PEOPLE_ENDINGS = tuple(words("er or ist man woman ian ant ee ent official source witness boy girl"))
"""Endings of nouns for people."""
THINGS = words(
    "paper letter newspaper order number river water weather matter error computer server center chapter document "
    "government parliament statement report department agreement announcement comment event incident investment "
    "movement moment percent twitter poll survey study murder power border danger disaster offer answer intent extent "
    "content consent rent grant warrant plant list"
)
"""Nouns with such an ending that are not people."""
QUANTITIES = words(
    "one both each neither all some many several most few others majority minority number handful dozen dozens "
    "hundreds thousands percent % half third couple pair rest"
)
"""Words that refer to some of the people mentioned after or before them."""


def is_for_people(lemma: str) -> bool:
    """Return whether a noun denotes a person, or several if in the plural; `judgment` does not, despite its ending."""
    if lemma in POSTS | PEOPLE:
        return True
    return lemma.endswith(PEOPLE_ENDINGS) and not lemma.endswith("ment") and lemma not in THINGS


def is_somebody(noun: Word) -> bool:
    """Return whether a word is a name, a pronoun, or a noun for people."""
    is_named = noun.tag in {"PRP", "PRP$", "NNP", "NNPS", "WP"}
    return is_named or is_for_people(noun.lemma) or noun.text.lower() in GROUP_KIND_OF_WORD


def kind_of_noun(text: str, lemma: str, *, is_plural: bool) -> tuple[str, str, str]:
    """Return the kind and subkind of what a noun denotes, and the rule; empty texts if that is not somebody."""
    if text in GROUP_KIND_OF_WORD:
        return "group", GROUP_KIND_OF_WORD[text], f"the noun “{text}”"
    if lemma in OFFICES and (not is_plural or text in OFFICES):
        return "organization", KIND_OF_WORD.get(lemma, ""), f"the noun “{lemma}”"
    if not is_for_people(lemma):
        return "", "", ""
    if is_plural:
        return "group", "officials", f"the noun “{text}”"
    return "person", "", f"a person without a name: “{lemma}”"


def kind_of_part(whole: Word) -> str:
    """Return what one of several is: "person" or "organization", or "" if they are things, such as reports."""
    if not whole.tag.startswith("NN") or whole.tag.startswith("NNP"):
        return "person"
    text, lemma = whole.text.lower(), whole.lemma.lower()
    if GROUP_KIND_OF_WORD.get(text) == "parties":
        return "organization"
    kind = kind_of_noun(lemma, lemma, is_plural=False)[0] or kind_of_noun(text, lemma, is_plural=True)[0]
    return "person" if kind == "group" else kind
