"""The example questions of a corpus, and their description in RDF (SHACL executables, as published by the SIB)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from rdflib import RDF, RDFS, SH, Literal, URIRef

from kg.datasets import GraphNames
from kg.errors import Location, Problem, QuerySyntaxError, RequestError, raise_if
from kg.mapping.corpora.question_files import Question
from kg.sparql.query_request import query_form
from kg.store import QueryForm, Triple, check_query

EXECUTABLES = {
    QueryForm.SELECT: (SH.SPARQLSelectExecutable, SH.select),
    QueryForm.ASK: (SH.SPARQLAskExecutable, SH.ask),
    QueryForm.CONSTRUCT: (SH.SPARQLConstructExecutable, SH.construct),
    QueryForm.DESCRIBE: (SH.SPARQLExecutable, URIRef(f"{SH}describe")),
}
"""The class of a query and the property of its text; `sh:describe`, which the SIB uses, is not in SHACL."""
_CORPUS_QUESTIONS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?node ?text ?query {{ GRAPH <{provenance}> {{
  ?node a sh:SPARQLExecutable ; rdfs:comment ?text ; sh:select|sh:ask|sh:construct|sh:describe ?query
}} }}"""


def corpus_questions(select: Callable[[str], Iterable[Mapping[str, str]]], names: GraphNames) -> tuple[Question, ...]:
    """Return a corpus's questions in a store, sorted by name; `select` returns the rows of a query."""
    prefix = f"{names.base}example/"
    rows = select(_CORPUS_QUESTIONS.format(provenance=names.provenance))
    questions = (Question(row["node"].removeprefix(prefix), row["text"], row["query"]) for row in rows)
    return tuple(sorted(questions, key=lambda question: question.name))


def example_triples(node: URIRef, question: Question) -> Iterator[Triple]:
    """Yield the description of a question as an example. Raises QuerySyntaxError if its query has no form."""
    form = query_form(question.query)
    if form is None:
        raise QuerySyntaxError(f"The example '{question.name}' has no query form.")
    yield node, RDF.type, EXECUTABLES[form][0]
    yield from _executable_triples(node, form, question)


def corpus_question_triples(questions: Iterable[Question], names: GraphNames) -> Iterator[Triple]:
    """Yield the triples that record a corpus's questions. Raises MappingError if some are not SPARQL queries."""
    problems: list[Problem] = []
    for question in questions:
        node = URIRef(f"{names.base}example/{question.name}")
        try:
            form = check_query(question.query)
        except RequestError as error:
            problems.append(Problem(Location(question.file or Path(question.name)), str(error)))
        else:
            yield from _executable_triples(node, form, question)
    raise_if(problems)


def _executable_triples(node: URIRef, form: QueryForm, question: Question) -> Iterator[Triple]:
    yield node, RDF.type, SH.SPARQLExecutable
    yield node, EXECUTABLES[form][1], Literal(question.query)
    yield node, RDFS.comment, Literal(question.text, lang="en")
