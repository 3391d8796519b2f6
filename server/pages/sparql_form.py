"""The query form without scripts, and its result page, streamed row by row."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from kg.formats import FORMATS, HTML, RESULT_FORMATS
from kg.store.interfaces import Answer
from server.http.parameters import query_parameters
from server.http.streaming import stream_response
from server.pages.rendering import page_chunks, questions_if_readable, render_page
from server.search.text_search import fold, search_words

DEFAULT_QUERY = """PREFIX cq: <https://w3id.org/communique/ontology#>

SELECT ?who (COUNT(?statement) AS ?statements) WHERE {
  ?statement cq:source/cq:name ?who .
}
GROUP BY ?who
ORDER BY DESC(?statements)
"""
"""The initial query of the form."""


def form_page() -> Response:
    """Return the form with an initial query."""
    return render_page("sparql.html", text=DEFAULT_QUERY, header=None, rows=None, formats=FORMATS)


def result_page(text: str, answer: Answer) -> Response:
    """Return the form with the query and its result: a table of rows, or one line per triple."""
    lines = _lines(answer.chunks)
    header = next(lines, "") if answer.format in RESULT_FORMATS and answer.form.value == "SELECT" else None
    columns = header.split("\t") if header else []
    rows = (line.split("\t") if columns else [line] for line in lines)
    return stream_response(page_chunks("sparql.html", text=text, header=columns, rows=rows, formats=FORMATS), HTML)


def examples_page() -> Response:
    """Return the example questions that have all the words `q`, each leading to its answer."""
    words = query_parameters().get("q") or ""
    chosen = [
        question
        for question in questions_if_readable()
        if all(f" {word}" in fold(question.text) for word in search_words(words))
    ]
    return render_page("examples.html", words=words, chosen=chosen)


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in whole)
    if rest:
        yield rest.decode()
