"""Turtle, N-Triples and RDF/XML: documents are sent as graphs, and read back as the suites say what they mean.

The name of a graph is its document's IRI, against which its relative IRIs are read.
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.w3c.conftest import Client, graph_path
from tests.w3c.manifests import MF, Case, as_parameters, cases, path_of, require_suites
from tests.w3c.solutions import same_dataset

WITHOUT_WORKERS = True
MEDIA_TYPES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
}
TURTLE = cases("turtle", kinds="Test")
KNOWN = {case.name.rpartition("/")[2] for case in TURTLE}
MORE = [case for case in cases("n3/TurtleTests", kinds="Test") if case.name.rpartition("/")[2] not in KNOWN]
"""What a later suite has beside the first, the resolution of IRIs among it."""
TESTS = [*TURTLE, *MORE, *cases("ntriples", "rdf-xml", kinds="Test")]
require_suites()  # after what test_figures.py takes from here
NEGATIVE = [case for case in TESTS if "Negative" in case.kind]
POSITIVE = [case for case in TESTS if "Positive" in case.kind]
EVALUATED = [case for case in TESTS if "Negative" not in case.kind and "Positive" not in case.kind]


def _sent(case: Case, client: Client) -> tuple[int, bytes]:
    iri = case.action().value
    path = path_of(iri)
    return client.send("PUT", graph_path(iri), path.read_bytes(), {"Content-Type": MEDIA_TYPES[path.suffix]})


def _expected(case: Case) -> ox.Dataset:
    result = case.node_at(f"{MF}result")
    assert result is not None
    return ox.Dataset(ox.parse(path=path_of(result.value), format=ox.RdfFormat.N_TRIPLES))


@pytest.mark.parametrize("case", as_parameters(NEGATIVE))
def test_a_malformed_document_is_a_400(case: Case, client: Client) -> None:
    status, body = _sent(case, client)
    assert status == 400, body.decode()


@pytest.mark.parametrize("case", as_parameters(POSITIVE))
def test_a_well_formed_document_is_taken(case: Case, client: Client) -> None:
    status, body = _sent(case, client)
    assert status in (200, 201, 204), body.decode()


@pytest.mark.parametrize("case", as_parameters(EVALUATED))
def test_a_document_is_read_back_as_the_suite_has_it(case: Case, client: Client) -> None:
    status, body = _sent(case, client)
    assert status in (200, 201, 204), body.decode()
    expected, actual = _expected(case), client.graph(case.action().value)
    assert same_dataset(expected, actual), f"expected {expected}, not {actual}"
