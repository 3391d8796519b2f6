"""Words that report that somebody says, thinks, wants or fears something, with the act of each.

The lists are in `words.toml`.
"""

from __future__ import annotations

from kg.drafting.word_lists import keys_by_word, word_list, words

ACT_OF_VERB = keys_by_word("verbs_by_act")
ACT_OF_STATE = keys_by_word("states_by_act")
ACT_OF_NOUN = keys_by_word("nouns_by_act")
VERBS_WITH_PREPOSITIONS: dict[str, dict[str, str]] = {}
"""The act by verb and the word after it: `call for` and `call on` are demands."""
for _phrase, _act in keys_by_word("phrases_by_act").items():
    _verb, _, _preposition = _phrase.partition("-")
    VERBS_WITH_PREPOSITIONS.setdefault(_verb, {})[_preposition] = _act
STATES_WITH_PREPOSITIONS: dict[str, dict[str, str]] = {}
"""The act by adjective and the preposition after it: who is `critical of` a plan complains of it."""
for _phrase, _act in keys_by_word("state_phrases_by_act").items():
    _state, _, _preposition = _phrase.partition("-")
    STATES_WITH_PREPOSITIONS.setdefault(_state, {})[_preposition] = _act
AFTER_QUOTATIONS = words(
    "go begin start open read return laugh smile sigh shoot fire snap chant yell scream chime intone deadpan gush fume "
    "thunder roar bellow growl scoff sneer crow gloat sob chuckle wail howl hiss snarl"
).union(ACT_OF_VERB) - words(
    "see find show discover determine hold view know rate want seek plan aim attack direct order project"
)
"""Verbs that can introduce a direct quotation."""
JUDGING = words(
    "call label dub describe characterize characterise consider see view regard portray cast depict brand deem "
    "proclaim paint frame rate declare pronounce"
)
"""Verbs that are statements if they say that their object is something."""
WITH_ADDRESSEE = words("tell inform assure remind ask urge warn order advise promise")
"""Verbs whose object is the addressee."""
WITH_INFINITIVE, WITH_OBJECT = word_list("with_infinitive"), word_list("with_object")
THOUGHT_ACTS = frozenset({"believe", "doubt", "expect", "fear", "intend", "want"})
POSSIBLE, PROBABLE = word_list("possible"), word_list("probable")
UNKNOWN = frozenset({"whether"})
