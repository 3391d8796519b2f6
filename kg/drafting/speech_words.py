"""Words that tell that somebody says, thinks, wants or fears something, with the act that each stands for."""

from __future__ import annotations

from kg.drafting.word_lists import words

VERBS_BY_ACT = {
    "assert": "say tell add state note remark observe explain declare insist maintain claim argue stress emphasize "
    "emphasise point contend assert comment write continue recall describe tweet post reply respond answer quip joke "
    "shout whisper cry mention repeat reiterate reveal disclose indicate suggest imply allege testify elaborate "
    "conclude highlight underline underscore clarify affirm interject exclaim recount speak quote cite reason find "
    "show discover determine demonstrate",
    "report": "report announce inform relate detail",
    "assess": "call label dub characterize characterise assess estimate judge consider regard deem rate evaluate liken",
    "believe": "believe think feel know suspect reckon assume suppose understand hold see view "
    "theorize theorise speculate",
    "acknowledge": "acknowledge admit concede recognize recognise confess grant",
    "agree": "agree accept",
    "apologize": "apologize apologise",
    "appreciate": "praise welcome thank applaud hail commend celebrate",
    "accuse": "accuse blame charge denounce condemn slam criticize criticise attack decry lambast fault",
    "complain": "complain lament regret bemoan grumble protest object",
    "ask": "ask question inquire wonder query",
    "confirm": "confirm verify",
    "correct": "correct",
    "demand": "demand require",
    "deny": "deny dispute rebut refute reject dismiss contradict",
    "doubt": "doubt",
    "expect": "expect anticipate hope",
    "fear": "fear worry dread",
    "intend": "intend plan vow decide aim",
    "offer": "offer",
    "order": "order command instruct direct",
    "predict": "predict forecast foresee project",
    "promise": "promise pledge swear guarantee assure reassure",
    "propose": "propose",
    "recommend": "recommend advise urge encourage",
    "refuse": "refuse decline",
    "request": "request beg plead appeal invite",
    "threaten": "threaten",
    "want": "want wish desire seek",
    "warn": "warn caution",
    "withdraw": "retract",
}
STATES_BY_ACT = {
    "fear": "concern worried concerned afraid worry frighten alarm fearful",
    "believe": "convince convinced confident sure certain",
    "expect": "hopeful optimistic",
    "doubt": "sceptical skeptical",
}
ACT_OF_STATE = {word: act for act, states in STATES_BY_ACT.items() for word in states.split()}
"""Participles and adjectives for a state of mind: `is convinced that`, `are afraid that`."""
ACT_OF_VERB = {verb: act for act, verbs in VERBS_BY_ACT.items() for verb in verbs.split()}
NOUNS_BY_ACT = {
    "assert": "claim statement assertion argument suggestion remark comment allegation testimony",
    "report": "report announcement news rumor rumour revelation",
    "believe": "belief view opinion conviction impression idea feeling",
    "assess": "conclusion assessment estimate finding",
    "fear": "fear concern worry anxiety",
    "expect": "hope expectation optimism",
    "warn": "warning",
    "promise": "promise pledge assurance vow",
    "demand": "demand",
    "accuse": "accusation charge",
    "deny": "denial",
    "doubt": "doubt",
    "predict": "prediction forecast",
    "threaten": "threat",
    "propose": "proposal",
    "acknowledge": "admission acknowledgement",
}
ACT_OF_NOUN = {noun: act for act, nouns in NOUNS_BY_ACT.items() for noun in nouns.split()}

AFTER_QUOTATIONS = words("go begin start open laugh smile sigh").union(ACT_OF_VERB) - words(
    "see find show discover determine hold view know rate want seek plan aim attack direct order project"
)
"""Verbs that can introduce a direct quotation."""
WITH_INFINITIVE = words(
    "promise pledge vow threaten refuse decline offer agree demand plan intend want hope expect swear seek "
    "propose ask urge wish decide advise order invite claim encourage"
)
"""Verbs whose content can be an infinitive: `refused to leave`, `urged the guild to wait`."""
WITH_OBJECT = words(
    "deny reject dismiss dispute refute demand call label dub describe accuse blame condemn criticize criticise "
    "denounce praise welcome announce propose promise threaten warn fear urge confirm acknowledge admit slam hail "
    "predict pledge recommend claim allege cite quote consider"
)
"""Verbs whose content can be an object: `rejected the demand`, `called the pact “a paper boat”`."""
THOUGHT_ACTS = frozenset({"believe", "doubt", "expect", "fear", "intend", "want"})
POSSIBLE = words("may might could possibly perhaps maybe possible allegedly reportedly apparently")
PROBABLE = words("likely probably probable presumably should expected")
UNKNOWN = frozenset({"whether"})
