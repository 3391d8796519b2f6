"""Answers to queries as rows of terms, and whether two are the same but for the names of blank nodes."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from tests.w3c.manifests import Term, iri_of

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
Row = dict[str, Term]
FORMATS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS: dict[str, Callable[[str], object]] = {
    f"{XSD}decimal": lambda text: Decimal(text).normalize(),
    f"{XSD}double": float,
    f"{XSD}float": float,
}
RDF_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}


@dataclass(frozen=True)
class Solutions:
    """Rows with their variables; `ordered` is whether their order matters."""

    variables: frozenset[str]
    rows: Sequence[Row] = field(default_factory=list)
    ordered: bool = False


Answer = Solutions | bool | ox.Dataset


def same_answer(expected: Answer, actual: Answer, *, lax: bool = False) -> bool:
    """Return whether two answers are the same; lax: REDUCED may leave out repeated solutions."""
    if isinstance(expected, Solutions) and isinstance(actual, Solutions):
        if lax:
            counts, others = _counted(expected.rows), _counted(actual.rows)
            return counts.keys() == others.keys() and all(counts[row] >= others[row] for row in others)
        if expected.ordered:
            return expected.variables == actual.variables and _match_in_order(expected.rows, actual.rows)
        return expected.variables == actual.variables and same_rows(expected.rows, actual.rows)
    if isinstance(expected, ox.Dataset) and isinstance(actual, ox.Dataset):
        return same_dataset(expected, actual)
    return expected is actual


def by_value(answer: Answer) -> Answer:
    """Return an answer with its numbers spelled in one way."""
    if not isinstance(answer, Solutions):
        return answer
    rows = [{name: _normal(term) for name, term in row.items()} for row in answer.rows]
    return Solutions(answer.variables, rows, answer.ordered)


def _normal(term: Term) -> Term:
    if not isinstance(term, ox.Literal) or term.datatype.value not in NUMBERS:
        return term
    return ox.Literal(str(NUMBERS[term.datatype.value](term.value)), datatype=term.datatype)


def same_dataset(expected: ox.Dataset, actual: ox.Dataset) -> bool:
    """Return whether two datasets are isomorphic; both are relabelled."""
    for dataset in (expected, actual):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return expected == actual


def same_rows(expected: Sequence[Row], actual: Sequence[Row]) -> bool:
    """Return whether two bags of rows are the same under some renaming of blank nodes."""
    if len(expected) != len(actual):
        return False
    if not any(isinstance(term, ox.BlankNode) for row in expected for term in row.values()):
        return _counted(expected) == _counted(actual)
    return _match(list(expected), list(actual), {})


def _counted(rows: Sequence[Row]) -> Counter[frozenset[tuple[str, Term]]]:
    return Counter(frozenset(row.items()) for row in rows)


def _match(expected: list[Row], actual: list[Row], names: dict[Term, Term]) -> bool:
    """Try to pair each row with one of the others, under one renaming."""
    if not expected:
        return True
    row, rest = expected[0], expected[1:]
    for at, other in enumerate(actual):
        more = _renamed(row, other, names)
        if more is not None and _match(rest, [*actual[:at], *actual[at + 1 :]], more):
            return True
    return False


def _match_in_order(expected: Sequence[Row], actual: Sequence[Row]) -> bool:
    names: dict[Term, Term] | None = {}
    for row, other in zip(expected, actual, strict=False):
        names = _renamed(row, other, names) if names is not None else None
    return len(expected) == len(actual) and names is not None


def _renamed(row: Row, other: Row, names: dict[Term, Term]) -> dict[Term, Term] | None:
    """Return the renaming, extended, under which two rows are the same; None if there is none."""
    if row.keys() != other.keys():
        return None
    names = dict(names)
    for variable, term in row.items():
        value = other[variable]
        if not (isinstance(term, ox.BlankNode) and isinstance(value, ox.BlankNode)):
            if term != value:
                return None
        elif names.get(term, value) != value or (term not in names and value in names.values()):
            return None
        else:
            names[term] = value
    return names


def read_answer(content: bytes, form: ox.QueryResultsFormat) -> Answer:
    """Return the rows, or the truth, in a document of results."""
    results = ox.parse_query_results(content, form)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    variables = [variable.value for variable in results.variables]
    rows = [{name: solution[name] for name in variables if solution[name] is not None} for solution in results]
    return Solutions(frozenset(variables), rows)


def read_expected(path: Path) -> Answer:
    """Return the answer that a file of a suite holds."""
    if path.suffix in FORMATS:
        return read_answer(path.read_bytes(), FORMATS[path.suffix])
    dataset = ox.Dataset(ox.parse(path=path, format=RDF_FORMATS[path.suffix], base_iri=iri_of(path)))
    heads = [*dataset.quads_for_object(ox.NamedNode(f"{RS}ResultSet"))]
    return _read_result_set(dataset, heads[0].subject) if heads else dataset


def _read_result_set(dataset: ox.Dataset, head: Term | ox.Triple) -> Answer:
    """Return the answer that a graph describes in the vocabulary of the first working group."""
    truths = _values(dataset, head, "boolean")
    if truths:
        return truths == [ox.Literal("true", datatype=ox.NamedNode(f"{XSD}boolean"))]
    variables = frozenset(value.value for value in _values(dataset, head, "resultVariable"))
    indexed = []
    for solution in _values(dataset, head, "solution"):
        row = {}
        for binding in _values(dataset, solution, "binding"):
            (variable,), (value,) = _values(dataset, binding, "variable"), _values(dataset, binding, "value")
            row[variable.value] = value
        index = next((int(value.value) for value in _values(dataset, solution, "index")), None)
        indexed.append((index, row))
    ordered = bool(indexed) and all(index is not None for index, _ in indexed)
    if ordered:
        indexed.sort(key=lambda pair: pair[0] or 0)
    return Solutions(variables, [row for _, row in indexed], ordered)


def _values(dataset: ox.Dataset, subject: Term | ox.Triple, name: str) -> list[Term]:
    assert not isinstance(subject, ox.Literal)
    objects = (quad.object for quad in dataset.quads_for_subject(subject) if quad.predicate.value == RS + name)
    return [value for value in objects if not isinstance(value, ox.Triple)]


def read_csv(content: bytes) -> Solutions:
    """Return the rows of a document of comma-separated values: all its values are strings, but for blank nodes."""
    header, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
    rows: list[Row] = [
        {
            name: ox.BlankNode(value[2:]) if value.startswith("_:") else ox.Literal(value)
            for name, value in zip(header, line, strict=True)
        }
        for line in lines
    ]
    return Solutions(frozenset(header), rows)
