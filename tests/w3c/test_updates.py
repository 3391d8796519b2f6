"""The evaluation of updates: from one state of the dataset to the next, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from tests.w3c.conftest import Client
from tests.w3c.manifests import LABEL, MF, UT, Case, Node, as_parameters, cases, path_of, require_suites
from tests.w3c.solutions import same_dataset

WITHOUT_WORKERS = True
TESTS = cases("sparql11", kinds="UpdateEvaluationTest")
require_suites()  # after what test_figures.py takes from here


def _state(case: Case, node: Node) -> Iterator[ox.Quad]:
    """Yield the quads of a state: of its default graph, and of its named graphs."""
    for value in case.nodes(node, f"{UT}data"):
        yield from _quads(value.value, ox.DefaultGraph())
    for graph in case.nodes(node, f"{UT}graphData"):
        (file,) = case.nodes(graph, f"{UT}graph")
        (name,) = case.values(graph, LABEL)
        yield from _quads(file.value, ox.NamedNode(name.value))


def _quads(iri: str, graph: ox.NamedNode | ox.DefaultGraph) -> list[ox.Quad]:
    triples = ox.parse(path=path_of(iri), format=ox.RdfFormat.TURTLE, base_iri=iri)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in triples]


def _as_insertion(quads: list[ox.Quad]) -> str:
    lines = []
    for quad in quads:
        triple = f"{quad.subject} {quad.predicate} {quad.object} ."
        named = isinstance(quad.graph_name, ox.NamedNode)
        lines.append(f"GRAPH {quad.graph_name} {{ {triple} }}" if named else triple)
    return "INSERT DATA {{ {} }}".format("\n".join(lines))


@pytest.mark.parametrize("case", as_parameters(TESTS))
def test_an_update_leaves_the_state_of_the_suite(case: Case, client: Client) -> None:
    before = [*_state(case, case.action())]
    status, body = client.update(f"DROP ALL ; {_as_insertion(before)}")
    assert status == 204, body.decode()
    (request,) = case.nodes(case.action(), f"{UT}request")
    status, body = client.update(f"BASE <{request.value}>\n{case.text(request.value)}")
    assert status == 204, body.decode()
    result = case.node_at(f"{MF}result")
    assert result is not None
    expected, actual = ox.Dataset(_state(case, result)), client.dataset()
    assert same_dataset(expected, actual), f"expected {expected}, not {actual}"
