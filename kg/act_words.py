"""English phrases for what an act of stating does to its content: it is denied, asked, feared, or said not to be so.

The gist of a statement is a sentence about its source, and already contains the "not" of a denial. The polarity of a
statement is that of its content, of what is said. So a "not" is added to the content only, never to the gist.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.namespaces import SCHEME

ARTICLE_VOICE = "the article"
"""The name of an article's own voice as a source."""
_TABLES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("act_words.toml").read_text("utf-8"))
PARTICIPLES: Mapping[str, str] = _TABLES["participles"]
PAST_TENSES: Mapping[str, str] = _TABLES["past_tenses"]
PASSED_ON_WORDS: Mapping[str, str] = _TABLES["passed_on"]
CONTENT_TITLES: Mapping[str, str] = _TABLES["content_titles"]
GRADE_WORDS: Mapping[str, str] = _TABLES["grades"]
OUTCOME_WORDS: Mapping[str, tuple[str, str]] = {
    name: (after, before) for name, (after, before) in _TABLES["outcomes"].items()
}
NEGATING_ACTS, OPEN_ACTS = frozenset(_TABLES["negating_acts"]), frozenset(_TABLES["open_acts"])
WISHES = OPEN_ACTS | {"expect", "want"}
"""Acts for which an unknown certainty of the content goes without saying."""
PLAIN_LABELS: Mapping[str, str] = {f"{SCHEME}{concept}": words for concept, words in _TABLES["plain_labels"].items()}
"""What pages call concepts whose labels are jargon; the words say what the concept applies to."""
CONCEPT_WORDS: Mapping[str, str] = {
    **PLAIN_LABELS,
    **{f"{SCHEME}{concept}": words for concept, words in _TABLES["concepts_in_tables"].items()},
    **{f"{SCHEME}grade/{label}": words for label, words in GRADE_WORDS.items()},
}
"""What tables and filters call concepts; they show every value, so each phrase says what it applies to."""
UNKNOWN_CERTAINTY = CONCEPT_WORDS[f"{SCHEME}certainty/unknown"]
IN_SHORT = "In short"
"""The heading of a gist when the content is not known."""
OPEN_WORDS = ", leaving open whether {} is so"
DEFAULT_ACT = "assert"
"""The label of the act that is not shown beside a statement."""
DEFAULT_FORM = "indirect"
"""The label of the form that is not shown: a statement is in the reporter's words unless noted otherwise."""


def content_title(act: str, polarity: str = "", passed_on: Iterable[str] = ()) -> str:
    """Return the heading for what an act says, such as "What is denied"; all arguments are labels.

    `passed_on` holds the polarities of the statements that relay it.
    """
    words = "" if polarity == "negative" else CONTENT_TITLES.get(act)
    return passed_on_title(words or f"What is {_content_phrase(act, polarity)}", passed_on)


def passed_on_title(title: str, passed_on: Iterable[str]) -> str:
    """Return a heading followed by what the relaying statements do to the content, given their polarity labels."""
    return " ".join((title, *(words for outer in dict.fromkeys(passed_on) if (words := PASSED_ON_WORDS.get(outer)))))


def _content_phrase(act: str, polarity: str) -> str:
    """Return what an act does to its content, for a heading, such as "denied" or "feared not to be so"."""
    if polarity == "negative" and act not in NEGATING_ACTS:
        return f"{'said' if act in PARTICIPLES else participle(act)} not to be so"
    if polarity == "underspecified" and act == "ask":
        return "asked, whether it is so"
    open_words = ", whether it is so left open" if polarity == "underspecified" and act not in OPEN_ACTS else ""
    return f"{participle(act)}{open_words}"


def polarity_words(act: str, polarity: str) -> str:
    """Return how a link of a chain qualifies what follows; empty if the act alone says so."""
    if polarity == "negative" and act not in NEGATING_ACTS:
        return "that what follows is not so"
    return "what follows is left open" if polarity == "underspecified" and act not in OPEN_ACTS else ""


def participle(act: str) -> str:
    """Return the participle for the content of an act, such as "denied"; "said" if the label is not a word."""
    return PARTICIPLES.get(act, _regular_past(act))


def past_tense(act: str) -> str:
    """Return what the source of an act did, such as "denied"; the form is the same for one source and for several."""
    return PAST_TENSES.get(act, _regular_past(act))


def _regular_past(act: str) -> str:
    if not act.isalpha():
        return "said"
    return f"{act}d" if act.endswith("e") else f"{act[:-1]}ied" if act.endswith("y") else f"{act}ed"


def status_author(status: str, act: str) -> str:
    """Return the preposition between the status that a statement gives a scenario and the statement's source."""
    # Fearing something makes it feared, and mentioning it makes it spoken of, but reporting a plan is not planning.
    return "by" if status in (participle(act), PLAIN_LABELS[f"{SCHEME}status/hypothetical"]) else "according to"


def stating_words(act: str, polarity: str) -> str:
    """Return the words between a source and its content, such as "denied that this is so", given labels."""
    return f"{past_tense(act)}{_connectives(act, polarity)[1]}"


def certainty_words(certainty: str, act: str) -> str:
    """Return how certain something is, given labels; empty if it is certain or if the act alone says so."""
    if certainty == "unknown":
        return "" if act in WISHES else UNKNOWN_CERTAINTY
    return "" if certainty == "certain" else certainty


def manner(act: str, certainty: str, on_behalf_of: Iterable[str] = ()) -> str:
    """Return how certain a source is, and on whose behalf, such as "possible, on behalf of the guild"; may be empty."""
    behalves = (f"on behalf of {name}" for name in on_behalf_of)
    return ", ".join(filter(None, (certainty_words(certainty, act), *behalves)))


@dataclass(frozen=True)
class TellingWords:
    """A link of a chain in words: who does what, and the words that lead to the next link or to the content."""

    doing: str
    to_next: str
    to_content: str

    @property
    def passing_on(self) -> str:
        """Return the link as it precedes another one, such as "Ilse Tarrant denied that"."""
        return self.doing + self.to_next

    @property
    def stating(self) -> str:
        """Return the link as it precedes the content, such as "Ilse Tarrant denied that this is so"."""
        return self.doing + self.to_content


def telling(source: str, act: str, polarity: str, how: str = "") -> TellingWords:
    """Return a link of a chain in words, given labels; `how` is its manner."""
    return TellingWords(f"{source} {past_tense(act)}{f' ({how})' if how else ''}", *_connectives(act, polarity))


def _connectives(act: str, polarity: str) -> tuple[str, str]:
    """Return the words between an act and the telling that it relays, and those between an act and its content."""
    if polarity == "underspecified":
        if act in ("ask", "doubt"):
            return " whether", " whether this is so"
        return (" that", "") if act in OPEN_ACTS else (OPEN_WORDS.format("it") + ", that", OPEN_WORDS.format("this"))
    if act in ("deny", "doubt"):
        return " that", " that this is so"
    if polarity == "negative":
        return (" that", " this") if act == "refuse" else (" that it is not so that", " that this is not so")
    return " that", ""


def chain_words(source: str, tellings: Sequence[TellingWords], contents: Sequence[str], gist: str) -> str:
    """Return who says that who says what, from the outermost source inwards; without contents, the gist is used."""
    # The gist gets a sentence of its own: it is no content, but describes the whole of the last telling.
    prefix = "" if source == ARTICLE_VOICE else f"{ARTICLE_VOICE} tells that "
    *outer, last = tellings
    words = prefix + " ".join(link.passing_on for link in outer) + (" " if outer else "")
    words += (
        f"{last.stating}: {' '.join(map(sentence, contents))}"
        if contents
        else f"{last.doing}. {IN_SHORT}: {sentence(gist)}"
    )
    return f"{words[:1].upper()}{words[1:]}"


def sentence(text: str) -> str:
    """Return a text with a full stop, unless it already ends a sentence, as a closing quotation may."""
    return text if text.rstrip('"”»').endswith((".", "?", "!", "…")) else f"{text}."
