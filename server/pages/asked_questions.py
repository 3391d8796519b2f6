"""An example question as a reader asks it: of the things that the reader names, with the rows of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.app.example_questions import Question
from server.descriptions.query_iris import query_iris
from server.pages.page_queries import PageQueries
from server.pages.page_terms import PageTerm, Row
from server.pages.question_parameters import QuestionParameter, question_parameters
from server.pages.select_queries import variables_and_solutions
from server.pages.thing_names import Names
from server.site import site

PASSAGE_OFFSETS = re.compile(r"/passage/(\d+)-(\d+)$")


def things_in(rows: Iterable[Row]) -> set[str]:
    """Return the IRIs in rows."""
    return {value.value for row in rows for value in row.values() if value.is_iri}


def columns_of_things(rows: Iterable[Row]) -> set[str]:
    """Return the variables that have an IRI in some row."""
    return {name for row in rows for name, value in row.items() if value.is_iri}


def readable_columns(variables: Iterable[str], rows: Sequence[Row], names: Names) -> list[str]:
    """Return the variables that a table shows of rows, in its order: those with a value that no thing beside it tells.

    A query selects a thing and its name, or a passage and its offsets. The thing stands where the first of these did,
    since a table has the names of things.
    """
    columns = [name for name in variables if any(name in row for row in rows)]
    things = columns_of_things(rows)
    for thing in [name for name in columns if name in things]:
        repeated = [name for name in columns if name != thing and _tells(thing, name, rows, names)]
        if thing in columns and repeated:
            place = min(columns.index(name) for name in (*repeated, thing))
            columns = [name for name in columns if name not in repeated and name != thing]
            columns.insert(place, thing)
    return columns


def _tells(thing: str, other: str, rows: Iterable[Row], names: Names) -> bool:
    """Tell whether in every row the name of a thing, its offsets or the thing itself is the value of another column."""
    return all(other not in row or (thing in row and _is_told(row[other], row[thing], names)) for row in rows)


def _is_told(value: PageTerm, thing: PageTerm, names: Names) -> bool:
    if value.is_iri or not thing.is_iri:
        return value == thing
    offsets = PASSAGE_OFFSETS.search(thing.value)
    return value.value == names[thing.value].label or (offsets is not None and value.value in offsets.groups())


EVERY_ROW = slice(None)


@dataclass(frozen=True)
class AskedQuestion:
    """A question's parameters, its query with what they name, and the rows of its answer, none if one is not named.

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
        """Tell whether everything is named that the question is about."""
        return all(parameter.term for parameter in self.parameters)

    @property
    def columns(self) -> list[str]:
        """Return the variables that its table shows, in order."""
        return readable_columns(self.variables, self.shown, self.queries.names)


def asked_question(question: Question, shown: slice = EVERY_ROW) -> AskedQuestion:
    """Return a question as this request asks it of the current version, with the names of what is in some rows."""
    version = site().store.current()
    parameters = question_parameters(question.query, version)
    query = _with_things(question.query, {parameter.thing: parameter.term for parameter in parameters})
    queries = PageQueries(version)
    variables: list[str] = []
    rows: list[Row] = []
    if all(parameter.term for parameter in parameters):
        variables, rows = variables_and_solutions(query, version)
        queries.add(question.text, query, rows[shown])
        # Of passages and links too, which other pages call by where they are.
        queries.add_names(things_in(rows[shown]))
    return AskedQuestion(parameters, query, queries, variables, rows, rows[shown])


def _with_things(query: str, replaced: Mapping[str, str]) -> str:
    """Return a query about other things, each in SPARQL syntax by the IRI that it replaces."""
    # From the end, so that the places before stay where they are.
    for place in reversed([*query_iris(query)]):
        term = replaced.get(place.iri)
        if term and term != f"<{place.iri}>":
            query = query[: place.start] + term + query[place.end :]
    return query
