"""An example question as a reader asks it: of the things that the reader names, with the rows of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.app.example_questions import Question
from server.descriptions.query_iris import query_iris
from server.pages.answer_columns import readable_columns, things_in
from server.pages.page_queries import PageQueries
from server.pages.page_terms import Row
from server.pages.question_parameters import QuestionParameter, question_parameters
from server.pages.select_queries import variables_and_solutions
from server.site import site

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
