"""What an example question is about, as parameters that a reader names: other events, people or places of the data."""

from __future__ import annotations

from dataclasses import dataclass

from kg.store.interfaces import Version
from server.http.errors import HttpError
from server.http.parameters import query_parameters
from server.pages.answerable_questions import things_of
from server.pages.question_builder import AGENT_KINDS, named_thing
from server.pages.select_queries import select_rows
from server.pages.thing_names import Names, names_of
from server.search import current_index

HAPPENING_KINDS = ("event", "meeting", "scenario")
CLASSES = {
    **dict.fromkeys(AGENT_KINDS, "Agent"),
    **dict.fromkeys(HAPPENING_KINDS, "Happening"),
    "place": "Place",
    "post": "Post",
    "statement": "Statement",
    "article": "Article",
}
"""The class of what may stand in for something of a kind."""
MAX_CANDIDATES = 50
"""Things that a box offers before anything is typed."""


@dataclass(frozen=True)
class QuestionParameter:
    """A thing that a question is about, whether the data has it, and what its box holds: nothing, or what stands in.

    `kinds` are the words for what may stand in for it, all if it is of no kind; `candidates` are some of their names.
    """

    box: str
    thing: str
    label: str
    is_known: bool
    kinds: tuple[str, ...]
    candidates: tuple[str, ...]
    chosen: str
    """The name of what the question is asked of; empty if that is yet to be named."""
    term: str
    """The same in SPARQL syntax; empty if nothing that fits is called so."""

    @property
    def kind_words(self) -> str:
        """Return the kinds of what may stand in for the thing, in words."""
        *others, last = self.kinds or ("thing",)
        return f"{', '.join(others)} or {last}" if others else last

    @property
    def is_fault(self) -> bool:
        """Tell whether the box holds a name that nothing that fits has."""
        return bool(self.chosen) and not self.term


def question_parameters(query: str, version: Version) -> list[QuestionParameter]:
    """Return the parameters of a question as this request sets them."""
    things = things_of(query)
    names = names_of(things, version)
    return [_parameter(f"thing{number}", thing, names, version) for number, thing in enumerate(things, 1)]


def _parameter(box: str, thing: str, names: Names, version: Version) -> QuestionParameter:
    is_known = thing in names
    parent, _, name = thing.rstrip("/").rpartition("/")
    label = names[thing].label if is_known else name.replace("-", " ")
    kind = names[thing].kind if is_known else parent.rpartition("/")[2]
    kinds = tuple(other for other, term in CLASSES.items() if term == CLASSES[kind]) if kind in CLASSES else ()
    candidates = _candidates(kind, version)
    chosen, term = (label, f"<{thing}>") if is_known else ("", "")
    words = (query_parameters().get(box) or "").strip()
    if words and words != chosen:
        known = next((iri for iri, called in candidates.items() if called == words), "")
        term, chosen = (f"<{known}>", words) if known else _named(box, words, kinds)
    return QuestionParameter(box, thing, label, is_known, kinds, (*candidates.values(),), chosen, term)


def _named(box: str, words: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    try:
        return named_thing(query_parameters(), box, current_index(), kinds)
    except HttpError:
        return "", words


def _candidates(kind: str, version: Version) -> dict[str, str]:
    """Return the names of things that may stand in for one of a kind."""
    if kind not in CLASSES:
        return {}
    rows = select_rows("question-candidates", version, kind=f"cq:{CLASSES[kind]}", limit=str(MAX_CANDIDATES))
    things = [row["thing"].value for row in rows]
    names = names_of(things, version)
    return {thing: names[thing].label for thing in things}
