"""The example questions that can be answered: everything that they require is in the data."""

from __future__ import annotations

from collections.abc import Iterable

from kg.datasets import GraphNames
from kg.errors import LimitError, StoreError
from kg.iterables import grouped
from kg.mapping.corpora.question_files import Question
from kg.namespaces import ONTOLOGY, SCHEME
from kg.prefixes import WELL_KNOWN
from kg.sparql.query_terms import is_usable_iri
from kg.store.interfaces import Version
from server.descriptions.example_questions import example_questions
from server.descriptions.query_iris import query_iris
from server.pages.queried_data.select_queries import select_rows
from server.site import once_per_version, site

VOCABULARIES = (ONTOLOGY, SCHEME, *WELL_KNOWN.values())


def answerable_questions() -> list[Question]:
    """Return the example questions about what is in the data.

    Returns none if the store cannot be read, since the page that reports this is made with them too.
    """
    try:
        questions = example_questions()
        unanswered = unanswered_questions(site().store.current()) if questions else frozenset()
    except (StoreError, LimitError):
        return []
    return [question for question in questions if question.name not in unanswered]


def questions_by_theme(questions: Iterable[Question]) -> list[tuple[str, list[Question]]]:
    """Return questions grouped by theme, sorted by the theme's name."""
    return sorted(grouped((question.theme, question) for question in questions).items())


@once_per_version
def unanswered_questions(version: Version) -> frozenset[str]:
    """Return the names of the example questions that require something which is nowhere in the data."""
    # The IRIs without which a query has no answer: those in required patterns, and all things that it is about.
    needed = {
        question.name: {
            place.iri
            for place in query_iris(question.query)
            if place.required or not place.iri.startswith(VOCABULARIES)
        }
        for question in example_questions()
    }
    known = _iris_in_data(set().union(*needed.values()), version)
    return frozenset(name for name, iris in needed.items() if not iris <= known)


def _iris_in_data(iris: set[str], version: Version) -> set[str]:
    names = GraphNames(site().base)
    described_in = (names.description, names.ontology, names.shapes, names.provenance)
    terms = {
        "iris": " ".join(f"<{iri}>" for iri in sorted(iris) if is_usable_iri(iri)),
        "descriptions": ", ".join(f"<{graph}>" for graph in described_in),
    }
    return {row["iri"].value for row in select_rows("iris-in-data", version, **terms)}


def things_of(query: str) -> list[str]:
    """Return the things of the data that a query is about, in the order of the query."""
    return [*dict.fromkeys(place.iri for place in query_iris(query) if not place.iri.startswith(VOCABULARIES))]
