"""Words that tell that somebody says, thinks, wants or fears something, with the act that each stands for.

The lists are in `words.toml`.
"""

from __future__ import annotations

from kg.drafting.word_lists import keys_by_word, word_list, words

ACT_OF_VERB = keys_by_word("verbs_by_act")
ACT_OF_STATE = keys_by_word("states_by_act")
ACT_OF_NOUN = keys_by_word("nouns_by_act")
AFTER_QUOTATIONS = words("go begin start open laugh smile sigh").union(ACT_OF_VERB) - words(
    "see find show discover determine hold view know rate want seek plan aim attack direct order project"
)
"""Verbs that can introduce a direct quotation."""
WITH_INFINITIVE, WITH_OBJECT = word_list("with_infinitive"), word_list("with_object")
THOUGHT_ACTS = frozenset({"believe", "doubt", "expect", "fear", "intend", "want"})
POSSIBLE, PROBABLE = word_list("possible"), word_list("probable")
UNKNOWN = frozenset({"whether"})
