"""Transactions: the union follows, owners are respected, nothing shows before the commit and nothing stays without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import RDF, XSD, Literal, URIRef

from kg.datasets import GraphNames, Owner
from kg.errors import ForbiddenError, PayloadError, StoreError, UnknownGraphError
from kg.store import EmbeddedStore, Triple
from kg.store.version_files import log_size

Ask = Callable[..., list[tuple[str, ...]]]
Turtle = Callable[[str], list[Triple]]
ALL = "SELECT ?s ?o { ?s ?p ?o }"
MINE = "http://e.x/mine"


def short(rows: list[tuple[str, ...]]) -> list[str]:
    return [" ".join(value.removeprefix("http://e.x/") for value in row) for row in rows]


def test_a_triple_leaves_the_union_with_the_last_graph_that_holds_it(
    filled: EmbeddedStore, ask: Ask, names: GraphNames
) -> None:
    assert short(ask(filled.query, ALL)) == ["a 1", "a 2", "b 3", "c 4"]
    with filled.write() as transaction:
        transaction.remove_graph(names.article("1"), owner=Owner.BUILD)
        transaction.commit("article 1 is withdrawn")
    assert short(ask(filled.query, ALL)) == ["a 1", "b 3", "c 4"]
    with filled.write() as transaction:
        transaction.remove_graph(names.article("2"), owner=Owner.BUILD)
        transaction.remove_graph(MINE)
        transaction.commit("the rest too")
    assert ask(filled.query, ALL) == []
    assert filled.current().counts == {names.outside: 1}


ANY = (None, None, None)


def test_the_union_follows_replacing_adding_and_removing(filled: EmbeddedStore, ask: Ask, turtle: Turtle) -> None:
    with filled.write() as transaction:
        transaction.replace_graph(MINE, turtle(":c :p 4, 5 ."))
        transaction.add(MINE, turtle(":d :p 6, 7 ."))
        transaction.remove(MINE, turtle(":d :p 7 . :never :there 1 ."))
        assert {*transaction.find(ANY)} == {*turtle(":a :p 1, 2 . :b :p 3 . :c :p 4, 5 . :d :p 6 .")}
        assert {*transaction.find(ANY, before=True)} == {*turtle(":a :p 1, 2 . :b :p 3 . :c :p 4 .")}
        version = transaction.commit("changed")
    assert short(ask(filled.query, ALL)) == ["a 1", "a 2", "b 3", "c 4", "c 5", "d 6"]
    assert (version.counts[MINE], version.default) == (3, 6)


def test_values_that_the_engine_spells_otherwise_are_not_written_again(filled: EmbeddedStore, tmp_path: Path) -> None:
    values = (Literal(str(number), datatype=XSD.nonNegativeInteger) for number in range(500))
    triples = [(URIRef("http://e.x/s"), RDF.value, value) for value in values]
    with filled.write() as transaction:
        transaction.replace_graph(MINE, triples)
        transaction.commit("passages")
    with filled.write() as transaction:
        (work,) = (tmp_path / "store" / "versions").glob(".work-*")
        before = log_size(work)
        transaction.replace_graph(MINE, triples)
        # Which graph there is was written: a few bytes, and none a triple.
        assert log_size(work) - before < len(triples)
        assert transaction.changes() == {}


def test_changes_tell_what_each_graph_gained_and_lost(filled: EmbeddedStore, turtle: Turtle) -> None:
    with filled.write() as transaction:
        transaction.replace_graph(MINE, turtle(":a :p 1 . :d :p 6 ."))
        transaction.add("http://e.x/same", [])
        changes = transaction.changes()
    assert set(changes) == {MINE}
    assert changes[MINE].added == set(turtle(":d :p 6 ."))
    assert changes[MINE].removed == set(turtle(":c :p 4 ."))


def test_nothing_shows_before_the_commit_and_nothing_stays_without_one(
    filled: EmbeddedStore, ask: Ask, turtle: Turtle, tmp_path: Path
) -> None:
    files = sorted(tmp_path.rglob("*"))
    with filled.write() as transaction:
        transaction.replace_graph(MINE, turtle(":x :p 1 ."))
        assert ("http://e.x/x", "1") not in ask(filled.query, ALL)
    assert short(ask(filled.query, ALL)) == ["a 1", "a 2", "b 3", "c 4"]
    assert sorted(tmp_path.rglob("*")) == files
    with pytest.raises(StoreError, match="ended"):
        transaction.commit("too late")


def test_a_graph_may_be_empty_and_is_known_all_the_same(filled: EmbeddedStore) -> None:
    with filled.write() as transaction:
        transaction.replace_graph("http://e.x/empty", [])
        assert "http://e.x/empty" in transaction.graphs()
        version = transaction.commit("empty")
    assert (version.counts["http://e.x/empty"], version.changed) == (0, ("http://e.x/empty",))


def test_emptied_and_removed_graphs_are_among_the_changed_ones(filled: EmbeddedStore, turtle: Turtle) -> None:
    with filled.write() as transaction:
        transaction.replace_graph(MINE, [])
        transaction.add("http://e.x/passing", [])
        transaction.remove_graph("http://e.x/passing")
        assert transaction.commit("emptied").changed == (MINE,)
    for update in (f"DROP GRAPH <{MINE}>", f"CREATE GRAPH <{MINE}>"):
        with filled.write() as transaction:
            transaction.update(update)
            assert transaction.commit("removed, and made again").changed == (MINE,)
    with filled.write() as transaction:
        transaction.add(MINE, turtle(":a :p 1 ."))
        transaction.remove_graph(MINE)
        assert transaction.commit("removed with what was added").changed == (MINE,)


@pytest.mark.parametrize("owner", Owner)
def test_each_graph_is_written_by_its_owner_only(
    filled: EmbeddedStore, names: GraphNames, turtle: Turtle, owner: Owner
) -> None:
    graphs = [
        MINE,
        names.article("1"),
        names.authority,
        names.outside,
        names.inferred,
        names.provenance,
        names.ontology,
    ]
    with filled.write() as transaction:
        for graph in graphs:
            if names.owner(graph) is owner:
                transaction.add(graph, turtle(":a :p 5 ."), owner=owner)
            else:
                with pytest.raises(ForbiddenError, match=rf"{graph} is written by {names.owner(graph).value}"):
                    transaction.add(graph, turtle(":a :p 5 ."), owner=owner)
        assert len(transaction.changes()) == sum(names.owner(graph) is owner for graph in graphs)


def test_the_derived_default_graph_is_never_written(filled: EmbeddedStore, turtle: Turtle) -> None:
    for owner in Owner:
        with filled.write() as transaction, pytest.raises(ForbiddenError, match="union of the named graphs"):
            transaction.replace_graph(None, turtle(":a :p 5 ."), owner=owner)


def test_removing_a_graph_that_is_not_there_is_an_error(filled: EmbeddedStore) -> None:
    with filled.write() as transaction, pytest.raises(UnknownGraphError, match="nowhere"):
        transaction.remove_graph("http://e.x/nowhere")


def test_a_graph_name_that_is_no_iri_is_an_error(filled: EmbeddedStore) -> None:
    with filled.write() as transaction, pytest.raises(PayloadError, match="not an iri"):
        transaction.add("not an iri", [])


def test_an_answer_that_is_still_open_does_not_hold_up_the_commit(
    filled: EmbeddedStore, ask: Ask, turtle: Turtle
) -> None:
    with filled.write() as transaction:
        transaction.replace_graph(MINE, turtle(" ".join(f":s{n} :p {n} ." for n in range(20_000))))
        triples = transaction.triples(MINE)
        next(triples)
        version = transaction.commit("while being read")
    assert version.counts[MINE] == 20_000
    assert ask(filled.query, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == [("20003",)]


def test_the_default_graphs_of_two_stores_in_one_process_are_their_own(
    filled: EmbeddedStore, tmp_path: Path, names: GraphNames, ask: Ask
) -> None:
    other = EmbeddedStore.open(tmp_path / "other", names)
    assert ask(other.query, ALL) == []
    assert len(ask(filled.query, ALL)) == 4
