"""The example questions of a site: the corpus's own and the shipped ones."""

from __future__ import annotations

from kg.app.example_questions import Question, read_questions
from kg.datasets import GraphNames
from server.descriptions.store_queries import select
from server.site import site

CORPUS_QUESTIONS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?node ?text ?query {{ GRAPH <{provenance}> {{
  ?node a sh:SPARQLExecutable ; rdfs:comment ?text ; sh:select|sh:ask|sh:construct|sh:describe ?query
}} }}"""


def example_questions() -> tuple[Question, ...]:
    """Return the corpus's questions by name, then the shipped ones that it does not replace."""
    own = _corpus_questions()
    names = {question.name for question in own}
    folder = site().settings.questions
    shipped = read_questions(folder) if folder else ()
    return (*own, *(question for question in shipped if question.name not in names))


def _corpus_questions() -> tuple[Question, ...]:
    base = site().settings.base
    if base is None:
        return ()
    names, version = GraphNames(base), site().store.current()

    def read() -> tuple[Question, ...]:
        rows = select(CORPUS_QUESTIONS_QUERY.format(provenance=names.provenance), version.name)
        prefix = f"{names.base}example/"
        questions = (Question(row["node"].removeprefix(prefix), row["text"], row["query"]) for row in rows)
        return tuple(sorted(questions, key=lambda question: question.name))

    questions: tuple[Question, ...] = site().once_per_version("questions of the corpus", version, read)
    return questions
