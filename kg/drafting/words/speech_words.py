"""Words that report that somebody says, thinks, wants or fears something, with the act of each.

The lists are in `words.toml`.
"""

from __future__ import annotations

from kg.drafting.words.word_lists import keys_by_word, word_list, words

ACT_OF_VERB = keys_by_word("verbs_by_act")
ACT_OF_STATE = keys_by_word("states_by_act")
ACT_OF_NOUN = keys_by_word("nouns_by_act")
ACT_OF_STATE_WITH_INFINITIVE = keys_by_word("states_with_infinitive_by_act")


def _acts_by_preposition(name: str) -> dict[str, dict[str, str]]:
    """Return, by word and by the preposition after it, the key of the list that contains both in one of the tables."""
    acts: dict[str, dict[str, str]] = {}
    for phrase, act in keys_by_word(name).items():
        word, _, preposition = phrase.partition("-")
        acts.setdefault(word, {})[preposition] = act
    return acts


VERBS_WITH_PREPOSITIONS = _acts_by_preposition("phrases_by_act")
STATES_WITH_PREPOSITIONS = _acts_by_preposition("state_phrases_by_act")
NOUNS_WITH_PREPOSITIONS = _acts_by_preposition("noun_phrases_by_act")
AFTER_QUOTATIONS = words(
    "go begin start open read return laugh smile sigh shoot fire snap chant yell scream chime intone deadpan gush fume "
    "thunder roar bellow growl scoff sneer crow gloat sob chuckle wail howl hiss snarl"
).union(ACT_OF_VERB) - words(
    "see find show discover determine hold view know rate want seek plan aim attack direct order project support "
    "favor favour back advocate defend disavow repudiate renounce detail outline prefer"
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
