"""The example questions of a corpus: parsed at the build, and kept beside the provenance (SHACL executables)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import RDF, RDFS, SH, Literal, URIRef

from kg.dataset import GraphNames
from kg.errors import Location, MappingError, Problem, RequestError
from kg.mapping.corpus_questions import CorpusQuestion
from kg.store import QueryForm, Triple, check_query

TEXTS = {form: URIRef(f"{SH}{form.value.lower()}") for form in QueryForm}
"""The property of a query's text, by its form; SHACL has none for DESCRIBE, and SIB's name is taken."""


def question_triples(questions: Iterable[CorpusQuestion], names: GraphNames) -> Iterator[Triple]:
    """Yield what a store says of its corpus's questions; MappingError for those that are no queries."""
    problems: list[Problem] = []
    for question in questions:
        node = URIRef(f"{names.base}example/{question.name}")
        try:
            form = check_query(question.query)
        except RequestError as error:
            problems.append(Problem(Location(question.file), str(error)))
            continue
        yield node, RDF.type, SH.SPARQLExecutable
        yield node, RDFS.comment, Literal(question.text, lang="en")
        yield node, TEXTS[form], Literal(question.query)
    if problems:
        raise MappingError(problems)
