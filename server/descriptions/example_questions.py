"""The example questions of a site: the corpus's own and the shipped ones."""

from __future__ import annotations

from kg.app.example_questions import corpus_questions
from kg.datasets import GraphNames
from kg.mapping.question_files import Question, read_questions
from kg.store.query_rows import select_rows
from server.site import site


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
        return corpus_questions(lambda text: select_rows(site().store, text, version.name), names)

    questions: tuple[Question, ...] = site().once_per_version("questions of the corpus", version, read)
    return questions
