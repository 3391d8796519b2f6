"""The example questions of a site: the corpus's own and the shipped ones."""

from __future__ import annotations

from kg.app.example_questions import corpus_questions
from kg.datasets import GraphNames
from kg.mapping.corpora.question_files import Question, read_questions
from kg.store.interfaces import Version
from kg.store.query_rows import select_rows
from server.site import once_per_version, site


def example_questions() -> tuple[Question, ...]:
    """Return the corpus's questions by name, then the shipped ones that it does not replace."""
    own = _corpus_questions(site().store.current()) if site().settings.base else ()
    names = {question.name for question in own}
    folder = site().settings.questions
    shipped = read_questions(folder) if folder else ()
    return (*own, *(question for question in shipped if question.name not in names))


@once_per_version
def _corpus_questions(version: Version) -> tuple[Question, ...]:
    return corpus_questions(lambda text: select_rows(site().store, text, version.name), GraphNames(site().base))
