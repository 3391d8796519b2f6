"""BNODE with a label is one blank node for each label and solution, and none that was there before."""

from __future__ import annotations

import pytest

from kg import formats
from kg.errors import QuerySyntaxError
from kg.store import EmbeddedStore, Query
from tests.sparql.workarounds.conftest import PREFIX, Solve

TWO = "VALUES ?s { :x :y }"
SOLUTIONS = [
    # What is asked; the columns; how many nodes there are in them.
    (f"SELECT ?a ?b {{ {TWO} BIND (BNODE('l') AS ?a) BIND (BNODE('l') AS ?b) }}", [[0, 0], [1, 1]]),
    (f"SELECT (BNODE('l') AS ?a) ?b {{ {TWO} BIND (BNODE('l') AS ?b) }}", [[0, 0], [1, 1]]),
    (f"SELECT (BNODE('l') AS ?a) (BNODE('m') AS ?b) {{ {TWO} }}", [[0, 1], [2, 3]]),
    (f"SELECT * {{ {TWO} BIND (BNODE(STR(?s)) AS ?a) BIND (BNODE(CONCAT(STR(?s), '')) AS ?b) }}", [[0, 0], [1, 1]]),
    (f"SELECT * {{ {{ SELECT * {{ {TWO} BIND (BNODE('l') AS ?a) }} }} BIND (BNODE('l') AS ?b) }}", [[0, 1], [2, 3]]),
    ("SELECT ?a ?b { VALUES ?s { 1 1 } BIND (BNODE('1x') AS ?a) BIND (BNODE() AS ?b) }", [[0, 1], [2, 3]]),
    (f"SELECT (BNODE('l') AS ?a) (SAMPLE(?s) AS ?b) {{ {TWO} }} GROUP BY ?s", [[0, None], [1, None]]),
    (f"SELECT (BNODE('l') AS ?a) (BNODE('l') AS ?b) (COUNT(*) AS ?n) {{ {TWO} }}", [[0, 0]]),
    (f"SELECT ?a (COUNT(*) AS ?b) {{ {TWO} }} GROUP BY (BNODE('l') AS ?a)", [[0, None], [1, None]]),
    (f"SELECT (BNODE('l') AS ?a) {{ {{ SELECT ?s {{ {TWO} }} }} }}", [[0], [1]]),
    (f"SELECT ?a {{ {{ SELECT (BNODE('l') AS ?a) {{ {TWO} }} }} }}", [[0], [1]]),
    (f"SELECT (BNODE('l') AS ?a) {{ SELECT ?s {{ {TWO} }} }}", [[0], [1]]),
    ("SELECT ?a { {} UNION {} OPTIONAL { BIND (BNODE('l') AS ?a) } }", [[0], [0]]),  # of one solution, joined twice
    ("SELECT (BNODE('l') AS ?a) (BNODE('l') AS ?b) { VALUES ?t { 1 } } VALUES ?s { :x :y }", [[0, 0], [1, 1]]),
    ("SELECT (BNODE('l') AS ?a) { { SELECT ?t { VALUES ?t { 1 } } } } VALUES (?s ?t) { (:x 1) (:y 1) }", [[0], [1]]),
    ("SELECT (BNODE('l') AS ?a) { SELECT ?t { VALUES ?t { 1 } } } VALUES ?s { :x :y }", [[0], [1]]),
    (
        "SELECT ?a ?b { { SELECT (BNODE('l') AS ?a) { VALUES ?t { 1 } } VALUES ?s { 1 2 } } BIND (BNODE('l') AS ?b) }",
        [[0, 1], [2, 3]],
    ),
    ("SELECT ?a { BIND (BNODE(1) AS ?a) }", [[None]]),
    ("SELECT ?a { BIND (BNODE('l'@en) AS ?a) }", [[None]]),
    ("SELECT ?a { BIND (BNODE('') AS ?a) }", [[0]]),
    (
        f"SELECT ?a {{ {TWO} BIND (1 AS ?one) FILTER (BNODE('l') = BNODE('l') && BNODE('l') != BNODE('m')) }}",
        [[None]] * 2,
    ),
]


@pytest.mark.parametrize(("text", "expected"), SOLUTIONS)
def test_a_label_is_one_node_in_a_solution(solve: Solve, text: str, expected: list[list[int | None]]) -> None:
    solutions, numbers = solve(text), dict[str, int]()
    width = len(expected[0])
    rows = [[row.get(name) for name in ("a", "b")[:width]] for row in solutions]
    number = [
        [numbers.setdefault(term, len(numbers)) if term and term.startswith("_:") else None for term in row]
        for row in rows
    ]
    assert number == expected
    assert {*solutions[0]} <= {"a", "b", "s", "n", "one"}


def test_a_second_label_does_not_parse(solve: Solve) -> None:
    with pytest.raises(QuerySyntaxError):
        solve("SELECT ?a { BIND (BNODE('l', 'm') AS ?a) }")


def test_requests_share_no_node(store: EmbeddedStore, solve: Solve) -> None:
    text = "SELECT ?a { BIND (BNODE('same') AS ?a) }"
    assert solve(text) != solve(text)
    for _ in range(2):
        with store.write() as transaction:
            transaction.update(
                PREFIX + "INSERT { GRAPH :g { ?b :p ?n } } WHERE { VALUES ?n { 1 2 } BIND (BNODE('http://x y') AS ?b) }"
            )
            transaction.commit("nodes")
    assert solve("SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?b) AS ?m) { GRAPH :g { ?b :p ?n } }")[0] == dict.fromkeys(
        ("n", "m"), '"4"^^<http://www.w3.org/2001/XMLSchema#integer>'
    )


def test_a_label_never_names_a_node_in_xml(store: EmbeddedStore) -> None:
    query = Query(PREFIX + "CONSTRUCT { ?b :p 1 } WHERE { BIND (BNODE('1x') AS ?b) }", None, formats.RDFXML)
    assert b'nodeID="b' in b"".join(store.query(query).chunks)
