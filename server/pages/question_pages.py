"""The example questions as pages: by theme, and each with its answer, asked of the things that a reader names."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from kg.act_words import CONCEPT_WORDS
from kg.app.example_questions import Question
from kg.namespaces import SCHEME
from server.descriptions.example_questions import example_questions
from server.descriptions.query_iris import query_iris
from server.http.parameters import query_parameters
from server.pages.answerable_questions import questions_by_theme, things_of, unanswered_questions
from server.pages.page_queries import PageQueries
from server.pages.page_terms import PageTerm
from server.pages.question_parameters import question_parameters
from server.pages.rendering import page, render_page
from server.pages.vocabulary_words import split_name
from server.search.search_words import fold, search_words
from server.site import site

MAX_ROWS = 200
"""Rows of an answer that its page shows; the table for download has all."""
WORDED_SCHEMES = ("polarity", "certainty", "grade")
"""Schemes whose labels a column of their name has, as in "otherPolarity", where pages have other words for them."""


def examples_page() -> Response:
    """Return the example questions that have all the words `q`, by theme, those without an answer here apart."""
    words, questions = query_parameters().get("q") or "", example_questions()
    chosen = [
        question for question in questions if all(f" {word}" in fold(question.text) for word in search_words(words))
    ]
    unanswered = unanswered_questions(questions) if questions else frozenset()
    themes = questions_by_theme(question for question in chosen if question.name not in unanswered)
    apart = [question for question in chosen if question.name in unanswered]
    of_others = [question for question in apart if things_of(question.query)]
    values = {"of_others": of_others, "unanswered": [question for question in apart if question not in of_others]}
    return render_page("examples.html", words=words, themes=themes, **values)


def question_page(question: Question) -> Response:
    """Return a question's answer, and its query; the answer once everything is named that is not in the data.

    The status is 400 if nothing has a name that a parameter was given.
    """
    version = site().store.current()
    parameters = question_parameters(question.query, version)
    is_asked = all(parameter.term for parameter in parameters)
    query = _with_things(question.query, {parameter.thing: parameter.term for parameter in parameters})
    queries = PageQueries(version)
    rows = queries.run(question.text, query) if is_asked else []
    # Of passages and links too, which other pages call by where they are.
    queries.add_names(value.value for row in rows[:MAX_ROWS] for value in row.values() if value.is_iri)
    columns = {name: _in_words(name) for row in rows for name in row}
    values = {"question": question, "parameters": parameters, "is_asked": is_asked, "query": query}
    values |= {"most": MAX_ROWS, "columns": columns, "rows": rows, "words_of": _concept_words}
    if any(parameter.is_fault for parameter in parameters):
        response = render_page("question.html", queries=queries, **values)
        response.status_code = 400
        return response
    return page("question.html", queries, formats=(), **values)


def _with_things(query: str, replaced: Mapping[str, str]) -> str:
    """Return a query about other things, each in SPARQL syntax by the IRI that it replaces."""
    # From the end, so that the places before stay where they are.
    for place in reversed([*query_iris(query)]):
        term = replaced.get(place.iri)
        if term and term != f"<{place.iri}>":
            query = query[: place.start] + term + query[place.end :]
    return query


def _concept_words(variable: str, value: PageTerm | None) -> str | None:
    """Return the pages' words for a concept, or for its label in a column of its scheme's name; None without any."""
    if value is None or value.is_iri:
        return CONCEPT_WORDS.get(value.value) if value else None
    scheme = next((name for name in WORDED_SCHEMES if variable.lower().endswith(name)), "")
    return CONCEPT_WORDS.get(f"{SCHEME}{scheme}/{value.value}")


def _in_words(variable: str) -> str:
    return split_name(variable).lower()
