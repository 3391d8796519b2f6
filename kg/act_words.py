"""What an act of stating does to its content, in words: what is denied, asked or feared, and whether as not so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.namespaces import SCHEME

ARTICLE_VOICE = "the article"
"""The name of an article's own voice as a source."""
PARTICIPLES = {
    "accuse": "accused of",
    "agree": "agreed to",
    "apologize": "apologized for",
    "complain": "complained of",
    "warn": "warned of",
    "withdraw": "withdrawn",
}
"""What is said of the content of these acts; of the others it is the regular participle."""
CONTENT_TITLES = {"accuse": "What the accusation is"}
"""The heading of what is said by acts whose participle is of somebody, and not of the content."""
PAST_TENSES = {"withdraw": "withdrew"}
"""The past tense of irregular acts."""
POLARITY_WORDS = {"negative": "as not so", "underspecified": "left open"}
"""How contents are put forward, by the label of the polarity; nothing is shown for what is put forward as so."""
CERTAINTY_WORDS = {"certain": "", "unknown": "certainty unknown"}
"""How certain something is, by the label of the certainty where that does not say it by itself."""
GRADE_WORDS = {"inferable": "as the reader infers", "outside": "known from elsewhere"}
"""How the text supports something, by the label of the grade; nothing is shown for what it says."""
DEFAULT_FORM = "indirect"
"""The label of the form that is not shown: a statement is told in the reporter's words unless it is said otherwise."""
CONCEPT_WORDS: Mapping[str, str] = {
    f"{SCHEME}polarity/positive": "as so",
    **{f"{SCHEME}polarity/{label}": words for label, words in POLARITY_WORDS.items()},
    **{f"{SCHEME}certainty/{label}": words for label, words in CERTAINTY_WORDS.items() if words},
    **{f"{SCHEME}grade/{label}": words for label, words in GRADE_WORDS.items()},
}
"""The words of concepts whose labels are jargon, for tables and filters, which leave no value out."""
OUTCOME_WORDS = {
    "realizes": ("came true in", "makes true"),
    "callsOff": ("was called off by", "calls off"),
    "affirmsHappening": ("came true, according to", "says that this came true:"),
    "deniesHappening": ("did not happen, according to", "says that this did not happen:"),
    "makesMoot": ("was made moot by", "makes moot"),
    "meets": ("was met by", "meets"),
    "refuses": ("was refused by", "refuses"),
    "leavesUnanswered": ("was left unanswered, according to", "tells that this was left unanswered:"),
}
"""The wording of what became of something, read from what came before and from what came after."""


def content_title(act: str) -> str:
    """Return the heading of what is said by an act, given by its label, as in "What is denied"."""
    return CONTENT_TITLES.get(act, f"What is {participle(act)}")


def participle(act: str) -> str:
    """Return what is said of the content of an act, as in "denied"; "said" for an act whose label is no word."""
    return PARTICIPLES.get(act, _regular_past(act))


def past_tense(act: str) -> str:
    """Return what the source of an act did, as in "denied"; the past tense is the same for one source and for many."""
    return PAST_TENSES.get(act, _regular_past(act))


def _regular_past(act: str) -> str:
    if not act.isalpha():
        return "said"
    return f"{act}d" if act.endswith("e") else f"{act[:-1]}ied" if act.endswith("y") else f"{act}ed"


def status_author(status: str, act: str) -> str:
    """Return how the source of a statement stands to the status that a scenario has by it.

    Who fears something makes it feared; who reports a plan does not plan.
    """
    return "by" if participle(act) == status else "according to"


def manner(polarity: str, certainty: str, on_behalf_of: Iterable[str] = ()) -> str:
    """Return how a source puts something forward, by labels, as in "as not so, on behalf of the guild".

    It is empty for what is put forward as so and for certain, on nobody's behalf.
    """
    behalves = (f"on behalf of {name}" for name in on_behalf_of)
    words = (POLARITY_WORDS.get(polarity, ""), CERTAINTY_WORDS.get(certainty, certainty), *behalves)
    return ", ".join(filter(None, words))


def telling(source: str, act: str, how: str = "") -> str:
    """Return a link of a chain, as in "Ilse Tarrant denied (as not so)"; `how` is its manner."""
    return f"{source} {past_tense(act)}{f' ({how})' if how else ''}"


def chain_words(source: str, tellings: Sequence[str]) -> str:
    """Return who says that who says something, from the source of the outermost statement to the last telling."""
    prefix = "" if source == ARTICLE_VOICE else f"{ARTICLE_VOICE} tells that "
    words = prefix + " that ".join(tellings)
    return f"{words[:1].upper()}{words[1:]}"
