"""The example questions as pages: by theme, and each with its answer, asked of the things that a reader names."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.app.example_questions import Question
from kg.formats import CSV
from server.descriptions.example_questions import example_questions
from server.http.parameters import query_parameters
from server.pages.answerable_questions import questions_by_theme, things_of, unanswered_questions
from server.pages.asked_questions import asked_question
from server.pages.paging import Pager, page_number
from server.pages.rendering import data_link, page, render_page
from server.pages.vocabulary_words import split_name
from server.search.search_words import fold, search_words

ROWS_PER_PAGE = 200


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
    number = page_number(query_parameters())
    answer = asked_question(question, slice((number - 1) * ROWS_PER_PAGE, number * ROWS_PER_PAGE))
    values: dict[str, Any] = {
        "question": question,
        "parameters": answer.parameters,
        "is_asked": answer.has_answer,
        "query": answer.query,
    }
    columns = {name: _in_words(name) for name in answer.columns}
    pager = Pager(number, ROWS_PER_PAGE, len(answer.rows))
    values |= {"pager": pager, "columns": columns, "rows": answer.shown}
    values["table"] = data_link(CSV)
    if any(parameter.is_fault for parameter in answer.parameters):
        response = render_page("question.html", queries=answer.queries, **values)
        response.status_code = 400
        return response
    return page("question.html", answer.queries, formats=(), **values)


COLUMN_WORDS = {
    "polarity": "what is put forward",
    "otherPolarity": "what the other puts forward",
    "proposition": "what is said",
}
"""The words of columns whose variables are the model's terms."""


def _in_words(variable: str) -> str:
    return COLUMN_WORDS.get(variable) or split_name(variable).lower()
