"""A plain store: a real default graph, every graph anybody's to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg import formats
from kg.datasets import GraphNames
from kg.errors import StoreError
from kg.store import EmbeddedStore, Triple

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]


def test_the_default_graph_is_a_graph_of_its_own(plain: EmbeddedStore, ask: Ask, names: GraphNames) -> None:
    with plain.write() as transaction:
        text = f"INSERT DATA {{ <x:d> <x:p> 1 . GRAPH <{names.article('1')}> {{ <x:n> <x:p> 2 }} }}"
        assert not transaction.update(text)
        version = transaction.commit("both")
    assert (version.default, version.counts) == (1, {names.article("1"): 1})
    assert ask(plain.query, "SELECT ?s { ?s ?p ?o }") == [("x:d",)]
    assert ask(plain.query, "SELECT ?s { GRAPH ?g { ?s ?p ?o } }") == [("x:n",)]


@pytest.mark.parametrize("text", ["CLEAR ALL", "DROP ALL", "CLEAR DEFAULT ; CLEAR NAMED", "DROP DEFAULT ; DROP NAMED"])
def test_everything_can_be_cleared(plain: EmbeddedStore, ask: Ask, text: str) -> None:
    with plain.write() as transaction:
        transaction.update("INSERT DATA { <x:d> <x:p> 1 . GRAPH <x:g> { <x:n> <x:p> 2 } }")
        transaction.update(text)
        version = transaction.commit("cleared")
    assert version.default == sum(version.counts.values()) == 0
    assert ask(plain.query, "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }") == []


def test_variables_for_graphs_and_copies_to_the_default_graph_work(plain: EmbeddedStore, ask: Ask) -> None:
    with plain.write() as transaction:
        transaction.update("INSERT DATA { GRAPH <x:g> { <x:n> <x:p> 2 } } ; COPY <x:g> TO DEFAULT")
        transaction.update("DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { ?s ?p 3 } WHERE { GRAPH ?g { ?s ?p ?o } }")
        version = transaction.commit("moved")
    assert (version.default, version.counts) == (2, {"x:g": 0})
    assert ask(plain.query, "SELECT ?o { ?s ?p ?o }") == [("2",), ("3",)]


def test_the_default_graph_can_be_replaced_read_and_emptied(plain: EmbeddedStore, turtle: Turtle) -> None:
    with plain.write() as transaction:
        transaction.replace_graph(None, turtle(":a :p 1 ."))
        assert transaction.changes()[None].added == set(turtle(":a :p 1 ."))
        transaction.commit("one")
    assert b"".join(plain.graph(None, formats.NTRIPLES).chunks).count(b"\n") == 1
    assert b"".join(plain.dataset(formats.NQUADS).chunks).count(b"\n") == 1
    with plain.write() as transaction:
        transaction.remove_graph(None)
        assert transaction.commit("none").default == 0


def test_a_store_of_one_kind_is_not_opened_as_another(plain: EmbeddedStore, tmp_path: Path, names: GraphNames) -> None:
    assert plain.current().default == 0
    with pytest.raises(StoreError, match=r"store\.json"):
        EmbeddedStore.open(tmp_path / "plain", names)


def test_uniting_the_graphs_of_an_update_touches_no_graph_of_a_client(plain: EmbeddedStore, ask: Ask) -> None:
    mine = "urn:communique:using"
    with plain.write() as transaction:
        transaction.update(f"INSERT DATA {{ GRAPH <{mine}> {{ <x:m> <x:p> 1 }} GRAPH <x:g> {{ <x:n> <x:p> 2, 1 }} }}")
        transaction.commit("filled")
    with plain.write() as transaction:
        transaction.update(
            f"INSERT {{ GRAPH <x:n> {{ ?s <x:q> ?o }} }} USING <{mine}> USING <x:g> WHERE {{ ?s <x:p> ?o }} ; "
            f"INSERT {{ GRAPH ?g {{ ?s <x:r> ?o }} }} USING <{mine}> USING <x:g> "
            f"WHERE {{ ?s <x:p> ?o BIND(<x:k> AS ?g) }}"
        )
        version = transaction.commit("two USING")
    assert version.counts == {mine: 1, "x:g": 2, "x:n": 3, "x:k": 3}
    assert set(version.changed) <= {*version.counts}
    assert {"x:n", "x:k"} <= set(version.changed)
    assert ask(plain.query, f"SELECT ?s ?o {{ GRAPH <{mine}> {{ ?s ?p ?o }} }}") == [("x:m", "1")]
