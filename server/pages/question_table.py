"""The whole answer of an example question as CSV, in the words of its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context

from kg.act_words import CONCEPT_WORDS
from kg.app.example_questions import Question
from kg.export.spreadsheet_cells import spreadsheet_cell
from kg.formats import CSV
from server.descriptions.rdf_responses import with_filename
from server.http.caching import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.streaming import stream_response
from server.pages.answer_columns import columns_of_things
from server.pages.asked_questions import AskedQuestion, asked_question
from server.pages.literal_words import literal_words
from server.pages.page_terms import PageTerm
from server.pages.thing_names import Names


def question_table(question: Question) -> Response:
    """Return a question's answer as CSV, with the names of things beside their IRIs.

    Raises HttpError 400 if it asks of what is not in the data, or of what nothing is called.
    """
    answer = asked_question(question)
    if missing := [parameter for parameter in answer.parameters if not parameter.term]:
        names = ", ".join(f"{parameter.chosen or parameter.label} ('{parameter.box}')" for parameter in missing)
        raise HttpError(400, f"The question asks of what is not in this data: {names}. Name something that is.")
    # What has no name is called by the site's base, which is looked up as it is written.
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
