"""The whole answer of an example question as CSV, in the words of its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from flask import Response

from kg.act_words import CONCEPT_WORDS
from kg.app.example_questions import Question
from kg.export import spreadsheet_cell
from kg.formats import CSV
from server.descriptions.rdf_responses import with_filename
from server.http.caching import conditional_response, make_validator
from server.http.errors import HttpError
from server.http.streaming import stream_response
from server.pages.asked_questions import AskedQuestion, asked_question, concept_words, things_in


def question_table(question: Question) -> Response:
    """Return a question's answer as CSV, with the names of things beside their IRIs.

    Raises HttpError 400 if it asks of what is not in the data, or of what nothing is called.
    """
    answer = asked_question(question)
    if missing := [parameter for parameter in answer.parameters if not parameter.term]:
        names = ", ".join(f"{parameter.chosen or parameter.label} ('{parameter.box}')" for parameter in missing)
        raise HttpError(400, f"The question asks of what is not in this data: {names}. Name something that is.")
    answer.queries.add_names(things_in(answer.rows))
    validator = make_validator(answer.queries.version, CSV.name, answer.query, *CONCEPT_WORDS.values())
    return conditional_response(
        validator, lambda: with_filename(stream_response(_lines(answer), CSV), question.name, CSV)
    )


def _lines(answer: AskedQuestion) -> Iterator[bytes]:
    of_things = {name for row in answer.rows for name, value in row.items() if value.is_iri}
    yield _line(part for name in answer.variables for part in (name, *([f"{name}Label"] if name in of_things else [])))
    for row in answer.rows:
        cells: list[str] = []
        for name in answer.variables:
            value = row.get(name)
            words = concept_words(name, value)
            if name in of_things:
                label = answer.queries.names[value.value].label if value and value.is_iri else ""
                cells += [value.value if value else "", words or label]
            else:
                cells.append(words or (value.value if value else ""))
        yield _line(cells)


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(map(spreadsheet_cell, cells))
    return text.getvalue().encode()
