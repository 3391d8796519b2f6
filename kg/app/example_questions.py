"""The example questions of a corpus, and how RDF describes them (SHACL's executables, as the SIB publishes its own)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, SH, Literal, URIRef

from kg.datasets import GraphNames
from kg.errors import Location, Problem, QuerySyntaxError, RequestError, raise_if
from kg.mapping.corpus_questions import CorpusQuestion
from kg.sparql.lexer import TokenKind, tokenize, unescaped
from kg.store import QueryForm, Triple, check_query

EXECUTABLES = {
    QueryForm.SELECT: (SH.SPARQLSelectExecutable, SH.select),
    QueryForm.ASK: (SH.SPARQLAskExecutable, SH.ask),
    QueryForm.CONSTRUCT: (SH.SPARQLConstructExecutable, SH.construct),
    QueryForm.DESCRIBE: (SH.SPARQLExecutable, URIRef(f"{SH}describe")),
}
"""The class of a query and the property of its text; SHACL has no `sh:describe`, which the SIB uses."""
THEME = re.compile(r"^#\s*Theme:\s*(\S.*?)\s*$", re.MULTILINE)
"""The comment that says under which heading a question is listed."""
OTHER_QUESTIONS = "Other questions"
FORMS = {form.value: form for form in QueryForm}
# Its repetitions are possessive: a text that begins otherwise is given up at once, and not tried in every way.
# What most texts begin with is known without the lexer: declarations in plain letters, and a form that ends as a word.
_PLAIN_BEGINNING = re.compile(
    r"(?:[ \t\r\n]++|#[^\r\n]*+|PREFIX[ \t]++[A-Za-z]?[A-Za-z0-9_]*+:[ \t]*+<[!#-;=?-\[\]_a-z~]*+>)*+"
    rf"(?P<form>{'|'.join(FORMS)})(?=[ \t\r\n{{(*])",
    re.IGNORECASE | re.ASCII,
)
_CORPUS_QUESTIONS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?node ?text ?query {{ GRAPH <{provenance}> {{
  ?node a sh:SPARQLExecutable ; rdfs:comment ?text ; sh:select|sh:ask|sh:construct|sh:describe ?query
}} }}"""


@dataclass(frozen=True)
class Question:
    """A question and the query that answers it; `name` is its file's name without the ending."""

    name: str
    text: str
    query: str

    @property
    def theme(self) -> str:
        """Return the heading under which the question is listed."""
        match = THEME.search(self.query)
        return match[1] if match else OTHER_QUESTIONS


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Read a folder's questions by name: one `.rq` file each, its first comment line the question in English."""
    return tuple(_read(path) for path in sorted(folder.glob("*.rq")))


def corpus_questions(select: Callable[[str], Iterable[Mapping[str, str]]], names: GraphNames) -> tuple[Question, ...]:
    """Return by name the questions that a store records of its corpus; `select` answers a query with its rows."""
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


def corpus_question_triples(questions: Iterable[CorpusQuestion], names: GraphNames) -> Iterator[Triple]:
    """Yield what a store records of its corpus's questions. Raises MappingError if some are not SPARQL queries."""
    problems: list[Problem] = []
    for question in questions:
        node = URIRef(f"{names.base}example/{question.name}")
        try:
            form = check_query(question.query)
        except RequestError as error:
            problems.append(Problem(Location(question.file), str(error)))
        else:
            yield from _executable_triples(node, form, question)
    raise_if(problems)


def query_form(text: str) -> QueryForm | None:
    """Return the form that a query's text announces, or None."""
    if plain := _PLAIN_BEGINNING.match(text):
        return FORMS[plain["form"].upper()]
    words = (token.text.upper() for token in tokenize(unescaped(text)) if token.kind is TokenKind.WORD)
    return next((FORMS[word] for word in words if word in FORMS), None)


def _executable_triples(node: URIRef, form: QueryForm, question: Question | CorpusQuestion) -> Iterator[Triple]:
    yield node, RDF.type, SH.SPARQLExecutable
    yield node, EXECUTABLES[form][1], Literal(question.query)
    yield node, RDFS.comment, Literal(question.text, lang="en")


def _read(path: Path) -> Question:
    query = path.read_text(encoding="utf-8")
    first_line = query.partition("\n")[0]
    return Question(path.stem, first_line.lstrip("# ").strip() or path.stem, query)
