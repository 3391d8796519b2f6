"""Words that show what kind of thing a name denotes, and what an unnamed person is; see `words.toml`."""

from __future__ import annotations

from kg.drafting.words.word_lists import keys_by_word, word_lines, word_list

TITLES, RANKS = word_list("titles"), word_list("ranks")
OFFICES, TEXTS, POSTS = word_list("offices"), word_list("texts"), word_list("posts")
PEOPLE = word_list("people")
KNOWN_ORGANIZATIONS = word_lines("known_organizations")
KIND_OF_WORD = keys_by_word("organization_kinds")
GROUP_KIND_OF_WORD = keys_by_word("group_kinds")
COUNTRIES = word_list("countries") | {
    "new zealand",
    "north korea",
    "saudi arabia",
    "south africa",
    "south korea",
    "sri lanka",
    "united arab emirates",
    "united kingdom",
    "united states",
}
COUNTRY_OF_ADJECTIVE = keys_by_word("adjectives_by_country")
