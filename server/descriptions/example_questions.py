"""The site's example questions."""

from __future__ import annotations

from kg.app.example_questions import Question, read_questions
from kg.datasets import GraphNames
from server.descriptions.store_queries import rows
from server.site import site

CORPUS_QUESTIONS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?node ?text ?query {{ GRAPH <{provenance}> {{
  ?node a sh:SPARQLExecutable ; rdfs:comment ?text ; sh:select|sh:ask|sh:construct|sh:describe ?query
}} }}"""


def questions() -> tuple[Question, ...]:
    """Return the corpus's own questions by name, followed by the shipped ones."""
    own = _corpus_questions()
    names = {each.name for each in own}
    folder = site().settings.questions
    shipped = read_questions(folder) if folder else ()
    return (*own, *(each for each in shipped if each.name not in names))


def _corpus_questions() -> tuple[Question, ...]:
    """Return the questions in the current version's corpus, read once per version."""
    here = site()
    if here.settings.base is None:
        return ()
    names, version = GraphNames(here.settings.base), here.store.current()

    def read() -> tuple[Question, ...]:
        found = rows(CORPUS_QUESTIONS_QUERY.format(provenance=names.provenance), version.name)
        start = f"{names.base}example/"
        return tuple(
            sorted(
                (Question(row["node"].removeprefix(start), row["text"], row["query"]) for row in found),
                key=lambda each: each.name,
            )
        )

    known: tuple[Question, ...] = here.once("questions of the corpus", version, read)
    return known
