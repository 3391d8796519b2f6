"""The dataset of a request is a set, however it is named and in every query form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg import formats
from kg.datasets import GraphNames
from kg.errors import ForbiddenError
from kg.store import EmbeddedStore, Query, RequestDataset

Ask = Callable[..., list[tuple[str, ...]]]
G1, G2, MINE, OUTSIDE = (
    f"http://e.x/{name}" for name in ("graph/article/1", "graph/article/2", "mine", "graph/outside")
)
COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"


def from_clause(*graphs: str) -> str:
    return " ".join(f"FROM <{graph}>" for graph in graphs)


def test_the_stored_union_counts_a_shared_triple_once_and_leaves_outside_knowledge_out(
    filled: EmbeddedStore, ask: Ask
) -> None:
    assert ask(filled.query, COUNT.format("")) == [("4",)]
    assert filled.current().default == 4


@pytest.mark.parametrize(
    ("graphs", "count"),
    [
        ((G1,), "2"),
        ((G1, G1), "2"),
        ((G1, G2), "3"),
        ((G1, G2, MINE), "4"),
        ((G1, OUTSIDE), "3"),
        ((G1, G2, MINE, OUTSIDE), "5"),
        ((G1, "http://e.x/unknown"), "2"),
        (("http://e.x/unknown",), "0"),
    ],
)
def test_several_graphs_are_united_as_a_set(
    filled: EmbeddedStore, ask: Ask, graphs: tuple[str, ...], count: str
) -> None:
    assert ask(filled.query, COUNT.format(from_clause(*graphs))) == [(count,)]
    assert ask(filled.query, COUNT.format(""), dataset=RequestDataset(default=graphs)) == [(count,)]


def test_each_query_form_sees_the_set(filled: EmbeddedStore) -> None:
    def answer(text: str) -> bytes:
        query = Query(f"PREFIX : <http://e.x/> {text}", formats.CSV, formats.NTRIPLES)
        return b"".join(filled.query(query).chunks)

    clause = from_clause(G1, G2)
    assert answer(f"SELECT ?o {clause} {{ :a :p ?o }} ORDER BY ?o").split() == [b"o", b"1", b"2"]
    assert answer(f"SELECT ?s ?o {clause} {{ ?s :p/^:p ?o FILTER(?s = :b) }}").count(b"\n") == 2
    once = f"ASK {clause} {{ {{ SELECT (COUNT(*) AS ?n) {{ :a :p 1 }} }} FILTER(?n = 1) }}"
    assert answer(once) == b"true"
    assert answer(f"CONSTRUCT {clause} WHERE {{ :a :p ?o }}").count(b"\n") == 2
    assert answer(f"DESCRIBE :a {clause}").count(b"\n") == 2
    assert answer(f"CONSTRUCT {{ :x :y :z }} {clause} WHERE {{ ?s ?p ?o }}").count(b"\n") == 1


def test_the_protocols_dataset_wins_over_from(filled: EmbeddedStore, ask: Ask) -> None:
    rows = ask(filled.query, COUNT.format(from_clause(G2, MINE)), dataset=RequestDataset(default=(G1,)))
    assert rows == [("2",)]
    only_named = RequestDataset(named=(G1,))
    assert ask(filled.query, COUNT.format(from_clause(G2)), dataset=only_named) == [("0",)]


@pytest.mark.parametrize("default", [(), (G1,), (G1, G2), (G1, OUTSIDE)])
def test_graph_sees_the_named_graphs_of_the_request_and_no_others(
    filled: EmbeddedStore, ask: Ask, default: tuple[str, ...]
) -> None:
    text = "SELECT DISTINCT ?g {} {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert ask(filled.query, text.format(from_clause(*default) + f" FROM NAMED <{MINE}>")) == [(MINE,)]
    assert ask(filled.query, text.format(""), dataset=RequestDataset(default, (MINE,))) == [(MINE,)]
    if default:
        assert ask(filled.query, text.format(from_clause(*default))) == []
        assert ask(filled.query, f"SELECT * {from_clause(*default)} {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }}") == []


def test_without_a_dataset_every_graph_is_named(filled: EmbeddedStore, ask: Ask, names: GraphNames) -> None:
    rows = ask(filled.query, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    assert rows == sorted((graph,) for graph in (G1, G2, MINE, names.outside))


def test_from_reads_prefixed_names_and_relative_iris(filled: EmbeddedStore, ask: Ask) -> None:
    assert ask(filled.query, "PREFIX g: <http://e.x/graph/> SELECT ?o FROM g:article\\/1 { ?s ?p ?o }") == [
        ("1",),
        ("2",),
    ]
    assert ask(filled.query, "SELECT ?o FROM <mine> { ?s ?p ?o }", base="http://e.x/") == [("1",), ("4",)]
    assert ask(filled.query, "BASE <http://e.x/graph/> SELECT ?o FROM <../mine> { ?s ?p ?o }") == [("1",), ("4",)]


@pytest.mark.parametrize("graph", ["file:///etc/hostname", "FILE:/etc/hostname"])
def test_a_graph_that_names_a_file_is_refused(filled: EmbeddedStore, ask: Ask, graph: str) -> None:
    with pytest.raises(ForbiddenError, match="names a file"):
        ask(filled.query, COUNT.format(from_clause(graph)))
    with pytest.raises(ForbiddenError, match="names a file"):
        ask(filled.query, COUNT.format(""), dataset=RequestDataset(named=(graph,)))


def test_a_graph_that_has_a_files_name_is_a_graph_like_any_other(plain: EmbeddedStore, ask: Ask) -> None:
    name = "file:///data.ttl"
    with plain.write() as transaction:
        transaction.update(f"INSERT DATA {{ GRAPH <{name}> {{ <a:s> <a:p> 1 }} }}")
        transaction.update(f"INSERT {{ ?s <a:q> ?o }} USING <{name}> WHERE {{ ?s ?p ?o }}")
        with pytest.raises(ForbiddenError, match="names a file"):
            transaction.update("INSERT { ?s <a:q> ?o } USING <file:///other> WHERE { ?s ?p ?o }")
    with plain.write() as transaction:
        transaction.update(f"INSERT DATA {{ GRAPH <{name}> {{ <a:s> <a:p> 1 }} }}")
        transaction.update(f"INSERT {{ ?s <a:q> ?o }} USING <{name}> WHERE {{ ?s ?p ?o }}")
        transaction.commit("files")
    assert ask(plain.query, f"SELECT ?o FROM <{name}> {{ ?s ?p ?o }}") == [("1",)]
    assert ask(plain.query, "SELECT ?o { ?s <a:q> ?o }") == [("1",)]
