"""An example question as a reader asks it: about things that the reader names, with the table of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.mapping.corpora.question_files import Question
from kg.store.interfaces import Version
from server.descriptions.query_iris import query_iris
from server.http.errors import HttpError
from server.http.parameters import query_parameters
from server.pages.queried_data.answerable_questions import things_of
from server.pages.queried_data.page_queries import PageQueries
from server.pages.queried_data.select_queries import select_rows, variables_and_solutions
from server.pages.queried_data.thing_names import Names, names_of
from server.pages.questions.question_builder import AGENT_KINDS, named_thing
from server.pages.terms.page_terms import PageTerm, Row
from server.search.index_cache import current_index
from server.site import site

HAPPENING_KINDS = ("event", "meeting", "scenario")
CLASSES = {
    **dict.fromkeys(AGENT_KINDS, "Agent"),
    **dict.fromkeys(HAPPENING_KINDS, "Happening"),
    "place": "Place",
    "post": "Post",
    "statement": "Statement",
    "article": "Article",
}
"""The class of the things that may be substituted for a thing of a kind."""
MAX_CANDIDATES = 50
"""How many things a box offers before anything is typed."""


@dataclass(frozen=True)
class QuestionParameter:
    """A thing that a question is about, whether the data has it, and what its box holds: nothing, or a substitute.

    `kinds` are the words for possible substitutes, empty if it may be anything; `candidates` are some of their names.
    """

    box: str
    thing: str
    label: str
    is_known: bool
    kinds: tuple[str, ...]
    candidates: tuple[str, ...]
    chosen: str
    """The name of the thing that the question is asked about; empty if it is yet to be named."""
    term: str
    """The same thing in SPARQL syntax; empty if nothing suitable has that name."""

    @property
    def kind_words(self) -> str:
        """Return the kinds of possible substitutes for the thing, in words."""
        *others, last = self.kinds or ("thing",)
        return f"{', '.join(others)} or {last}" if others else last

    @property
    def is_fault(self) -> bool:
        """Return whether the box holds a name that nothing suitable has."""
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
    # A box that still has the name of its thing refers to that very thing, and not to another of the same name.
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
    if kind not in CLASSES:
        return {}
    rows = select_rows("question-candidates", version, kind=f"cq:{CLASSES[kind]}", limit=str(MAX_CANDIDATES))
    things = [row["thing"].value for row in rows]
    names = names_of(things, version)
    return {thing: names[thing].label for thing in things}


# The IRI of a passage ends in its offsets.
PASSAGE_OFFSETS = re.compile(r"/passage/(\d+)-(\d+)$")


def columns_of_things(rows: Iterable[Row]) -> set[str]:
    """Return the variables that have an IRI in some row."""
    return {name for row in rows for name, value in row.items() if value.is_iri}


def readable_columns(variables: Iterable[str], rows: Sequence[Row], names: Names) -> list[str]:
    """Return the variables that a table of rows shows, in order: those whose values do not just repeat a thing's.

    A query selects a thing and its name, or a passage and its offsets. A table shows things by their names, so the
    thing takes the place of the first of these columns.
    """
    columns = [name for name in variables if any(name in row for row in rows)]
    things = columns_of_things(rows)
    for thing in [name for name in columns if name in things]:
        repeated = [name for name in columns if name != thing and _repeats(thing, name, rows, names)]
        if thing in columns and repeated:
            place = min(columns.index(name) for name in (*repeated, thing))
            columns = [name for name in columns if name not in repeated and name != thing]
            columns.insert(place, thing)
    return columns


def _repeats(thing: str, other: str, rows: Iterable[Row], names: Names) -> bool:
    """Return whether a column only repeats a column of things: their names, their offsets or the things themselves."""
    return all(other not in row or (thing in row and _is_repeated(row[other], row[thing], names)) for row in rows)


def _is_repeated(value: PageTerm, thing: PageTerm, names: Names) -> bool:
    if value.is_iri or not thing.is_iri:
        return value == thing
    offsets = PASSAGE_OFFSETS.search(thing.value)
    return value.value == names[thing.value].label or (offsets is not None and value.value in offsets.groups())


EVERY_ROW = slice(None)


@dataclass(frozen=True)
class AskedQuestion:
    """A question's parameters, its query with the things named, and the rows of its answer, none if one is not named.

    `shown` are the rows whose things have names.
    """

    parameters: list[QuestionParameter]
    query: str
    queries: PageQueries
    variables: list[str]
    rows: list[Row]
    shown: list[Row]

    @property
    def has_answer(self) -> bool:
        """Return whether everything that the question is about is named."""
        return all(parameter.term for parameter in self.parameters)

    @property
    def columns(self) -> list[str]:
        """Return the variables that its table shows, in order."""
        return readable_columns(self.variables, self.shown, self.queries.names)


def asked_question(question: Question, shown: slice = EVERY_ROW) -> AskedQuestion:
    """Return a question as this request asks it of the current version, with the names of the things in some rows."""
    version = site().store.current()
    parameters = question_parameters(question.query, version)
    query = _with_things(question.query, {parameter.thing: parameter.term for parameter in parameters})
    queries = PageQueries(version)
    variables: list[str] = []
    rows: list[Row] = []
    if all(parameter.term for parameter in parameters):
        variables, rows = variables_and_solutions(query, version)
        queries.add(question.text, query, rows[shown])
        # Of passages and links too, which other pages name by where they are.
        queries.add_names(value.value for row in rows[shown] for value in row.values() if value.is_iri)
    return AskedQuestion(parameters, query, queries, variables, rows, rows[shown])


def _with_things(query: str, replaced: Mapping[str, str]) -> str:
    """Return a query with IRIs replaced by other things, which are given in SPARQL syntax."""
    # From the end, so that earlier places stay valid.
    for place in reversed([*query_iris(query)]):
        term = replaced.get(place.iri)
        if term and term != f"<{place.iri}>":
            query = query[: place.start] + term + query[place.end :]
    return query
