"""The example questions, and how RDF says what each asks (SHACL's executables, as the SIB publishes its own)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, SH, Literal, URIRef

from kg.errors import QuerySyntaxError
from kg.sparql.lexer import Kind, tokens
from kg.store import QueryForm, Triple

KINDS = {
    QueryForm.SELECT: (SH.SPARQLSelectExecutable, SH.select),
    QueryForm.ASK: (SH.SPARQLAskExecutable, SH.ask),
    QueryForm.CONSTRUCT: (SH.SPARQLConstructExecutable, SH.construct),
    QueryForm.DESCRIBE: (SH.SPARQLExecutable, URIRef(f"{SH}describe")),
}
FORMS = {form.value: form for form in QueryForm}


@dataclass(frozen=True)
class Question:
    """A question and the query that answers it; `name` is its file's name without the ending."""

    name: str
    text: str
    query: str


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Read a folder's questions by name: one `.rq` file each, its first comment line the question in English."""
    return tuple(_read(path) for path in sorted(folder.glob("*.rq")))


def example(node: URIRef, question: Question) -> Iterator[Triple]:
    """Yield what a node has to say to be a question's example; QuerySyntaxError where its query has no form."""
    form = query_form(question.query)
    if form is None:
        raise QuerySyntaxError(f"The example '{question.name}' has no query form.")
    kind, text = KINDS[form]
    yield node, RDF.type, SH.SPARQLExecutable
    yield node, RDF.type, kind
    yield node, text, Literal(question.query)
    yield node, RDFS.comment, Literal(question.text, lang="en")


def query_form(text: str) -> QueryForm | None:
    """Return the form that a query's text announces, None where it announces none."""
    words = (token.text.upper() for token in tokens(text) if token.kind is Kind.WORD)
    return next((FORMS[word] for word in words if word in FORMS), None)


def _read(path: Path) -> Question:
    query = path.read_text(encoding="utf-8")
    first = query.partition("\n")[0]
    return Question(path.stem, first.lstrip("# ").strip() or path.stem, query)
