"""The evaluation of queries: SPARQL 1.0's and 1.1's tests, over HTTP.

All data of the suites are in the store, each file as the graph of its own IRI; a test names its dataset by the
protocol's parameters. An endpoint of the federated tests is the server itself, asked of the endpoint's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from tests.w3c.conftest import FORM, Client
from tests.w3c.manifests import FOLDER, MF, QT, Case, Node, Term, as_parameters, cases, iri_of, path_of, require_suites
from tests.w3c.solutions import (
    FORMATS,
    RDF_FORMATS,
    Answer,
    by_value,
    read_answer,
    read_csv,
    read_expected,
    same_answer,
)

FOLDERS = ("dawg-data-r2", "sparql11")
LEFT_OUT = "sparql11/entailment/"
"""Entailments are inferred when data are written, by OWL 2 RL, and not by queries."""
COMPUTING = ("sparql11/aggregates/", "sparql11/functions/")
"""Computed numbers, compared by value: SPARQL does not specify the lexical form of a result (`3` or `3.0`)."""
TESTS = [
    case
    for case in cases(*FOLDERS)
    if case.kind in ("QueryEvaluationTest", "CSVResultFormatTest") and not case.name.startswith(LEFT_OUT)
]
require_suites()  # after what test_figures.py takes from here
MEDIA_TYPES = {
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}
XML = "application/sparql-results+xml"


def _dataset(case: Case) -> tuple[list[str], list[str]]:
    """Return the files of a test's default graph, and those of its named graphs."""
    action = case.action()
    named = [
        graph.value if isinstance(graph, ox.NamedNode) else case.nodes(graph, f"{QT}graph")[0].value
        for graph in case.nodes(action, f"{QT}graphData")
    ]
    return [value.value for value in case.nodes(action, f"{QT}data")], named


def _services(case: Case) -> Iterator[tuple[str, list[str]]]:
    for service in case.nodes(case.action(), f"{QT}serviceData"):
        (endpoint,) = case.nodes(service, f"{QT}endpoint")
        yield endpoint.value, [value.value for value in case.nodes(service, f"{QT}data")]


def _files() -> Iterator[str]:
    for case in TESTS:
        default, named = _dataset(case)
        yield from (*default, *named)
        for _, data in _services(case):
            yield from data
    for folder in ("dawg-data-r2/dataset", "sparql11/construct"):  # whose queries name their data in FROM
        yield from map(iri_of, (FOLDER / folder).glob("data*.ttl"))


def _quads(iri: str) -> Iterator[ox.Quad]:
    path = path_of(iri)
    triples = ox.parse(path=path, format=RDF_FORMATS[path.suffix], base_iri=iri)
    for quad in triples:
        subject, value = (_own(term, iri) for term in (quad.subject, quad.object))
        assert isinstance(subject, Node)
        yield ox.Quad(subject, quad.predicate, value, ox.NamedNode(iri))


def _own(term: Term, iri: str) -> Term:
    """Return a term with a blank node's label made the file's own, which the parser's renaming does not do."""
    return (
        ox.BlankNode(f"b{sha256((iri + term.value).encode()).hexdigest()}") if isinstance(term, ox.BlankNode) else term
    )


@pytest.fixture(scope="module", autouse=True)
def _data(client: Client) -> None:
    files = sorted({*_files()})
    quads = [quad for iri in files for quad in _quads(iri)]
    content = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert content is not None
    status, body = client.send("POST", "/data", content, {"Content-Type": "application/n-quads"})
    assert status in (200, 201), body


def _text(case: Case, client: Client) -> str:
    (query,) = case.nodes(case.action(), f"{QT}query")
    text = case.text(query.value)
    for endpoint, data in _services(case):
        dataset = urlencode([("default-graph-uri", iri) for iri in data])
        text = text.replace(f"<{endpoint}>", f"<http://127.0.0.1:{client.port}/sparql?{dataset}>")
    return f"BASE <{query.value}>\n{text}"


def _ask(case: Case, client: Client, accept: str) -> bytes:
    default, named = _dataset(case)
    form = [("query", _text(case, client))]
    form += [("default-graph-uri", iri) for iri in default] + [("named-graph-uri", iri) for iri in named]
    status, body = client.send("POST", "/sparql", urlencode(form), {"Content-Type": FORM, "Accept": accept})
    assert status == 200, body.decode()
    return body


def _expected(case: Case) -> tuple[Answer, str]:
    result = case.node_at(f"{MF}result")
    assert isinstance(result, Node)
    path = path_of(result.value)
    if path.suffix == ".csv":
        return read_csv(path.read_bytes()), MEDIA_TYPES[".csv"]
    expected = read_expected(path)
    if isinstance(expected, ox.Dataset):
        return expected, "application/n-triples"
    return expected, MEDIA_TYPES.get(path.suffix, XML)


def _read(body: bytes, accept: str) -> Answer:
    if accept == "application/n-triples":
        return ox.Dataset(ox.parse(body, ox.RdfFormat.N_TRIPLES))
    if accept == "text/csv":
        return read_csv(body)
    suffix = next((suffix for suffix, name in MEDIA_TYPES.items() if name == accept), ".srx")
    return read_answer(body, FORMATS[suffix])


@pytest.mark.parametrize("case", as_parameters(TESTS))
def test_a_query_has_the_answer_of_the_suite(case: Case, client: Client) -> None:
    expected, accept = _expected(case)
    actual = _read(_ask(case, client, accept), accept)
    lax = case.node_at(f"{MF}resultCardinality") is not None
    if case.name.startswith(COMPUTING):
        expected, actual = by_value(expected), by_value(actual)
    assert same_answer(expected, actual, lax=lax), f"expected {expected}, not {actual}"
