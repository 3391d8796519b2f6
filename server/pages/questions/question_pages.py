"""The example questions: by theme, and each with its answer about things that a reader names, also as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context

from kg.act_words import CONCEPT_WORDS
from kg.export.spreadsheet_cells import spreadsheet_cell
from kg.formats import CSV
from kg.mapping.corpora.question_files import Question
from server.descriptions.example_questions import example_questions
from server.descriptions.rdf_responses import with_filename
from server.http.conditional_requests import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.answerable_questions import questions_by_theme, things_of, unanswered_questions
from server.pages.queried_data.thing_names import Names
from server.pages.questions.asked_questions import AskedQuestion, asked_question, columns_of_things
from server.pages.rendering.page_rendering import data_link, page, render_page
from server.pages.terms.literal_words import literal_words
from server.pages.terms.page_terms import PageTerm
from server.pages.terms.unlabelled_terms import split_name
from server.search.search_words import fold, search_words
from server.site import site

ROWS_PER_PAGE = 200


def examples_page() -> Response:
    """Return the example questions that have all the words `q`, by theme; those without an answer here are separate."""
    words, questions = query_parameters().get("q") or "", example_questions()
    chosen = [
        question for question in questions if all(f" {word}" in fold(question.text) for word in search_words(words))
    ]
    unanswered = unanswered_questions(site().store.current()) if questions else frozenset()
    themes = questions_by_theme(question for question in chosen if question.name not in unanswered)
    without_answer = [question for question in chosen if question.name in unanswered]
    of_others = [question for question in without_answer if things_of(question.query)]
    values = {
        "of_others": of_others,
        "unanswered": [question for question in without_answer if question not in of_others],
    }
    return render_page("examples.html", words=words, themes=themes, **values)


def question_page(question: Question) -> Response:
    """Return a question's query, and its answer once everything is named that is not in the data.

    The status is 400 if nothing has the name given for a parameter.
    """
    number = page_number(query_parameters())
    # Only the things in the rows of this page get names: an answer may have any number of rows.
    answer = asked_question(question, slice((number - 1) * ROWS_PER_PAGE, number * ROWS_PER_PAGE))
    values = {
        "question": question,
        "parameters": answer.parameters,
        "is_asked": answer.has_answer,
        "query": answer.query,
        "pager": Pager(number, ROWS_PER_PAGE, len(answer.rows)),
        "columns": {name: COLUMN_WORDS.get(name) or split_name(name).lower() for name in answer.columns},
        "rows": answer.shown,
        "table": data_link(CSV),
    }
    if any(parameter.is_fault for parameter in answer.parameters):
        return render_page("question.html", 400, queries=answer.queries, **values)
    return page("question.html", answer.queries, formats=(), **values)


COLUMN_WORDS = {
    "polarity": "what is put forward",
    "otherPolarity": "what the other puts forward",
    "proposition": "what is said",
}
"""The words of columns whose variables are the model's terms."""


def question_table(question: Question) -> Response:
    """Return a question's answer as CSV, with the names of things beside their IRIs.

    Raises HttpError 400 if it is about something that is not in the data, or a name that nothing has.
    """
    answer = asked_question(question)
    if missing := [parameter for parameter in answer.parameters if not parameter.term]:
        names = ", ".join(f"{parameter.chosen or parameter.label} ('{parameter.box}')" for parameter in missing)
        raise HttpError(
            400, f"The question is about things that are not in this data: {names}. Name something that is."
        )
    # The name of a thing without a label depends on the site's base, which is looked up while the lines are written.
    lines = stream_with_context(_lines(answer))
    validator = make_validator(answer.queries.version, CSV.name, answer.query, *CONCEPT_WORDS.values())
    return conditional_response(validator, lambda: with_filename(stream_response(lines, CSV), question.name, CSV))


def _lines(answer: AskedQuestion) -> Iterator[bytes]:
    columns, of_things, names = answer.columns, columns_of_things(answer.rows), answer.queries.names
    yield _line(part for name in columns for part in ((name, f"{name}Label") if name in of_things else (name,)))
    for row in answer.rows:
        cells: list[str] = []
        for name in columns:
            value = row.get(name)
            words = _words(value, names) if value else ""
            cells += (value.value if value and value.is_iri else "", words) if name in of_things else (words,)
        yield _line(cells)


def _words(value: PageTerm, names: Names) -> str:
    if value.is_iri:
        return CONCEPT_WORDS.get(value.value) or names[value.value].label
    return literal_words(value.value, value.datatype)


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(map(spreadsheet_cell, cells))
    return text.getvalue().encode()
