"""An example question as a reader asks it: of the things that the reader names, with the rows of its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg.act_words import CONCEPT_WORDS
from kg.app.example_questions import Question
from kg.namespaces import SCHEME
from server.descriptions.query_iris import query_iris
from server.pages.page_queries import PageQueries
from server.pages.page_terms import PageTerm, Row
from server.pages.question_parameters import QuestionParameter, question_parameters
from server.site import site

WORDED_SCHEMES = ("polarity", "certainty", "grade")
"""Schemes whose labels a column of their name has, as in "otherPolarity", where pages have other words for them."""


@dataclass(frozen=True)
class AskedQuestion:
    """A question's parameters, its query with what they name, and the rows of its answer, none if one is not named."""

    parameters: list[QuestionParameter]
    query: str
    queries: PageQueries
    rows: list[Row]

    @property
    def has_answer(self) -> bool:
        """Tell whether everything is named that the question is about."""
        return all(parameter.term for parameter in self.parameters)

    @property
    def variables(self) -> list[str]:
        """Return the variables that have a value in some row."""
        return [*dict.fromkeys(name for row in self.rows for name in row)]


def asked_question(question: Question) -> AskedQuestion:
    """Return a question as this request asks it of the current version."""
    version = site().store.current()
    parameters = question_parameters(question.query, version)
    query = _with_things(question.query, {parameter.thing: parameter.term for parameter in parameters})
    answer = AskedQuestion(parameters, query, PageQueries(version), [])
    return replace(answer, rows=answer.queries.run(question.text, query)) if answer.has_answer else answer


def things_in(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the IRIs in rows."""
    return (value.value for row in rows for value in row.values() if value.is_iri)


def concept_words(variable: str, value: PageTerm | None) -> str | None:
    """Return the pages' words for a concept, or for its label in a column of its scheme's name; None without any."""
    if value is None or value.is_iri:
        return CONCEPT_WORDS.get(value.value) if value else None
    scheme = next((name for name in WORDED_SCHEMES if variable.lower().endswith(name)), "")
    return CONCEPT_WORDS.get(f"{SCHEME}{scheme}/{value.value}")


def _with_things(query: str, replaced: Mapping[str, str]) -> str:
    """Return a query about other things, each in SPARQL syntax by the IRI that it replaces."""
    # From the end, so that the places before stay where they are.
    for place in reversed([*query_iris(query)]):
        term = replaced.get(place.iri)
        if term and term != f"<{place.iri}>":
            query = query[: place.start] + term + query[place.end :]
    return query
