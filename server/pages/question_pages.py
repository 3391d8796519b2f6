"""The example questions as pages: by theme, and each with its answer, asked of the things that a reader names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Response

from kg.app.example_questions import Question
from kg.namespaces import ONTOLOGY, SCHEME
from kg.prefixes import WELL_KNOWN
from kg.sparql.query_terms import is_usable_iri
from kg.store.interfaces import Version
from server.descriptions.query_iris import query_iris
from server.http.parameters import query_parameters
from server.pages.page_queries import PageQueries
from server.pages.query_files import load_query
from server.pages.question_builder import AGENT_KINDS, named_thing
from server.pages.rendering import page, questions_if_readable, render_page
from server.pages.select_rows import solutions
from server.pages.thing_names import names_of
from server.search import current_index
from server.search.text_search import fold, search_words
from server.site import site

VOCABULARIES = (ONTOLOGY, SCHEME, *WELL_KNOWN.values())
MAX_ROWS = 200
"""Rows of an answer that its page shows; the table for download has all."""


def examples_page() -> Response:
    """Return the example questions that have all the words `q`, by theme, those without an answer here apart."""
    words, questions = query_parameters().get("q") or "", questions_if_readable()
    chosen = [
        question for question in questions if all(f" {word}" in fold(question.text) for word in search_words(words))
    ]
    unanswered = unanswered_questions(questions) if questions else frozenset()
    themes: dict[str, list[Question]] = {}
    for question in chosen:
        if question.name not in unanswered:
            themes.setdefault(question.theme, []).append(question)
    apart = [question for question in chosen if question.name in unanswered]
    return render_page("examples.html", words=words, themes=sorted(themes.items()), apart=apart)


def question_page(question: Question) -> Response:
    """Return a question's answer, and its query. Raises HttpError 400 if nothing has the name of a parameter."""
    version = site().store.current()
    things = _things(question.query, version)
    boxes, replaced = [], {}
    for number, (thing, label) in enumerate(things.items(), 1):
        box = f"thing{number}"
        words = query_parameters().get(box) or label
        replaced[thing], chosen = (f"<{thing}>", label) if words == label else _replacement(box, thing, version)
        boxes.append((box, label, chosen))
    query = _with_things(question.query, {thing: new for thing, new in replaced.items() if new != f"<{thing}>"})
    queries = PageQueries(version)
    rows = queries.run(question.text, query)
    columns = {name: _in_words(name) for row in rows for name in row}
    values = {"question": question, "boxes": boxes, "query": query, "columns": columns, "rows": rows}
    return page("question.html", queries, formats=(), most=MAX_ROWS, **values)


def unanswered_questions(questions: Iterable[Question]) -> frozenset[str]:
    """Return the names of the questions that name something that is nowhere in the data, where they need it."""
    version = site().store.current()

    def read() -> frozenset[str]:
        needed = {question.name: _needed(question.query) for question in questions}
        iris = " ".join(f"<{iri}>" for iri in sorted(set().union(*needed.values())) if is_usable_iri(iri))
        known = {row["iri"].value for row in solutions(load_query("iris-in-data", iris=iris)[1], version)}
        return frozenset(name for name, iris in needed.items() if not iris <= known)

    names: frozenset[str] = site().once_per_version("questions without an answer", version, read)
    return names


def _needed(query: str) -> set[str]:
    """Return the IRIs without which a query has no answer: those of required patterns, and all things it is about."""
    return {place.iri for place in query_iris(query) if place.required or not place.iri.startswith(VOCABULARIES)}


def _things(query: str, version: Version) -> dict[str, str]:
    """Return the things that a query is about with their names, in the order of the query."""
    iris = [place.iri for place in query_iris(query) if not place.iri.startswith(VOCABULARIES)]
    names = names_of(iris, version)
    return {iri: names[iri].label for iri in dict.fromkeys(iris) if iri in names}


def _replacement(box: str, thing: str, version: Version) -> tuple[str, str]:
    is_agent = names_of([thing], version)[thing].kind in AGENT_KINDS
    return named_thing(query_parameters(), box, current_index(), AGENT_KINDS if is_agent else ())


def _with_things(query: str, replaced: dict[str, str]) -> str:
    """Return a query about other things, each in SPARQL syntax by the IRI that it replaces."""
    for place in reversed([*query_iris(query)]):
        if place.iri in replaced:
            query = query[: place.start] + replaced[place.iri] + query[place.end :]
    return query


def _in_words(variable: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", variable).lower()
