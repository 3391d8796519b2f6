"""SPARQL Update: what it may touch is known or found out, the union follows, and an owner's graph is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.datasets import GraphNames
from kg.errors import ForbiddenError, QuerySyntaxError, RequestError, StoreError
from kg.store import EmbeddedStore, RequestDataset, Version

Ask = Callable[..., list[tuple[str, ...]]]
ALL = "SELECT ?s ?o { ?s ?p ?o }"
MINE = "http://e.x/mine"
PREFIX = "PREFIX : <http://e.x/> "


def update(store: EmbeddedStore, text: str, using: RequestDataset | None = None) -> tuple[bool, Version]:
    with store.write() as transaction:
        scanned = transaction.update(PREFIX + text, using or RequestDataset())
        return scanned, transaction.commit(text)


def short(rows: list[tuple[str, ...]]) -> list[str]:
    return [" ".join(value.removeprefix("http://e.x/") for value in row) for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { GRAPH :mine { :d :p 5 } }", ["a 1", "a 2", "b 3", "c 4", "d 5"]),
        ("INSERT DATA { GRAPH :new { :b :p 3, 6 } }", ["a 1", "a 2", "b 3", "b 6", "c 4"]),
        ("DELETE DATA { GRAPH :mine { :a :p 1 . :c :p 4 } }", ["a 1", "a 2", "b 3"]),
        ("DELETE WHERE { GRAPH :mine { ?s ?p ?o } }", ["a 1", "a 2", "b 3"]),
        (
            "WITH :mine DELETE { ?s ?p ?o } INSERT { ?s ?p 7 } WHERE { ?s ?p ?o FILTER(?o > 1) }",
            ["a 1", "a 2", "b 3", "c 7"],
        ),
        (
            "INSERT { GRAPH :mine { :n :p ?n } } WHERE { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }",
            ["a 1", "a 2", "b 3", "c 4", "n 4"],
        ),
        ("CLEAR GRAPH :mine", ["a 1", "a 2", "b 3"]),
        ("DROP GRAPH :mine", ["a 1", "a 2", "b 3"]),
        ("CREATE GRAPH :new", ["a 1", "a 2", "b 3", "c 4"]),
        ("COPY :graph\\/article\\/1 TO :mine", ["a 1", "a 2", "b 3"]),
        ("ADD <http://e.x/graph/outside> TO :mine", ["a 1", "a 2", "a 9", "b 3", "c 4"]),
        ("MOVE :mine TO :new", ["a 1", "a 2", "b 3", "c 4"]),
        ("COPY DEFAULT TO :new ; DROP GRAPH :mine", ["a 1", "a 2", "b 3", "c 4"]),
        ("DROP GRAPH :mine ; COPY DEFAULT TO :new", ["a 1", "a 2", "b 3"]),
    ],
)
def test_the_union_follows_each_operation(filled: EmbeddedStore, ask: Ask, text: str, expected: list[str]) -> None:
    scanned, version = update(filled, text)
    assert not scanned
    assert short(ask(filled.query, ALL)) == expected
    assert version.default == len(expected)
    for graph, count in version.counts.items():
        assert ask(filled.query, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}") == [(str(count),)]


def test_a_graph_named_only_by_the_data_costs_a_scan_which_is_reported(filled: EmbeddedStore, ask: Ask) -> None:
    scanned, _ = update(
        filled, "DELETE { GRAPH ?g { ?s ?p 4 } } INSERT { GRAPH ?g { ?s ?p 8 } } WHERE { GRAPH ?g { ?s ?p 4 } }"
    )
    assert scanned
    assert short(ask(filled.query, ALL)) == ["a 1", "a 2", "b 3", "c 8"]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { :a :p 5 }",
        "INSERT { :a :p 5 } WHERE {}",
        "DELETE { ?s ?p ?o } WHERE { GRAPH :mine { ?s ?p ?o } }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR DEFAULT",
        "CLEAR ALL",
        "DROP SILENT ALL",
        "COPY :mine TO DEFAULT",
        "MOVE DEFAULT TO :mine",
        "ADD :mine TO DEFAULT",
        "INSERT DATA { GRAPH :mine { :a :p 5 } } ; INSERT DATA { :a :p 5 }",
    ],
)
def test_a_write_to_the_derived_default_graph_is_refused(filled: EmbeddedStore, ask: Ask, text: str) -> None:
    with pytest.raises(ForbiddenError, match="union of the named graphs"):
        update(filled, text)
    assert len(ask(filled.query, ALL)) == 4
    assert len(filled.versions()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { GRAPH <http://e.x/graph/article/1> { :a :p 5 } }",
        "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "INSERT { GRAPH ?g { ?s ?p 77 } } WHERE { GRAPH ?g { ?s ?p 2 } }",
        "WITH <http://e.x/graph/inferred> INSERT { :a :p 5 } WHERE {}",
        "WITH :mine DELETE { ?s ?p ?o . GRAPH <http://e.x/graph/outside> { ?s ?p ?o } } WHERE { ?s ?p ?o }",
        "CLEAR NAMED",
        "DROP NAMED",
        "MOVE <http://e.x/graph/article/1> TO :mine",
        "COPY :mine TO <http://e.x/graph/provenance>",
        "CREATE SILENT GRAPH <http://e.x/graph/authority>",
    ],
)
def test_a_write_to_a_graph_with_another_master_is_refused(filled: EmbeddedStore, ask: Ask, text: str) -> None:
    with pytest.raises(ForbiddenError, match="is written by"):
        update(filled, text)
    assert len(ask(filled.query, ALL)) == 4


@pytest.mark.parametrize(
    "text",
    [
        "INSERTDATA { GRAPH :mine { :a :p 5 } }",
        "INSERT DATA { GRAPH:mine{ :a :p 5 } GRAPHx:y { :a :p 5 } }",
        "WITH:mine DELETE { ?s ?p ?o } WHERE {}",
        "WITHx:y DELETE { ?s ?p ?o } WHERE {}",
        "CLEARALL",
        "DROP SILENTALL",
        "COPY :mine TODEFAULT",
        "DELETEWHERE { ?s ?p ?o }",
        "INSERT DATA { GRAPH :mine { :a :p } }",
        "INSERT DATA { _:b :p 1 } ; INSERT DATA { _:b :p 2 }",
        "INSERT DATA { << :a :p :o >> :q 1 }",
        "DELETE",
    ],
)
def test_a_text_that_is_no_update_is_a_syntax_error(filled: EmbeddedStore, text: str) -> None:
    with pytest.raises(RequestError) as caught:
        update(filled, text)
    assert isinstance(caught.value, QuerySyntaxError | ForbiddenError)


def test_syntax_errors_of_a_later_operation_tell_its_place_and_nothing_has_run(filled: EmbeddedStore) -> None:
    with filled.write() as transaction:
        with pytest.raises(QuerySyntaxError) as caught:
            transaction.update(
                "INSERT DATA { GRAPH <x:g> { <x:a> <x:p> 1 } } ;\nINSERT DATA { GRAPH <x:g> { <x:a> <x:p> } }"
            )
        assert (caught.value.line, caught.value.column) == (2, 41)
        assert transaction.changes() == {}


def test_several_using_count_a_shared_triple_once(filled: EmbeddedStore, ask: Ask, names: GraphNames) -> None:
    counting = "INSERT {{ GRAPH :mine {{ :n :p ?n }} }} {} WHERE {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }}"
    both = [names.article("1"), names.article("2")]
    update(filled, counting.format(" ".join(f"USING <{name}>" for name in both)))
    assert ask(filled.query, "SELECT ?o { :n :p ?o }") == [("3",)]
    update(filled, "DELETE DATA { GRAPH :mine { :n :p 3 } } ; " + counting.format(""), RequestDataset(tuple(both)))
    assert ask(filled.query, "SELECT ?o { :n :p ?o }") == [("3",)]
    assert "urn:communique:using" not in filled.current().counts


def test_the_protocols_dataset_applies_to_delete_where_and_hides_other_named_graphs(
    filled: EmbeddedStore, ask: Ask
) -> None:
    update(filled, "DELETE WHERE { GRAPH :mine { ?s ?p ?o } }", RequestDataset(default=(MINE,)))
    assert ask(filled.query, "SELECT * { GRAPH :mine { ?s ?p ?o } }") != []
    update(filled, "DELETE WHERE { GRAPH :mine { ?s ?p ?o } }", RequestDataset(named=(MINE,)))
    assert ask(filled.query, "SELECT * { GRAPH :mine { ?s ?p ?o } }") == []


@pytest.mark.parametrize("clause", ["USING :mine", "USING NAMED :mine"])
def test_a_protocol_dataset_beside_using_or_with_is_an_error(filled: EmbeddedStore, clause: str) -> None:
    with pytest.raises(RequestError, match="using-graph-uri"):
        update(filled, f"INSERT {{ GRAPH :mine {{ :a :p 5 }} }} {clause} WHERE {{}}", RequestDataset((MINE,)))
    with pytest.raises(RequestError, match="using-graph-uri"):
        update(filled, "WITH :mine INSERT { :a :p 5 } WHERE {}", RequestDataset((MINE,)))


def test_an_update_that_failed_half_way_cannot_be_committed(filled: EmbeddedStore) -> None:
    with filled.write() as transaction:
        with pytest.raises(RequestError, match="x:none"):
            transaction.update(
                "INSERT DATA { GRAPH <x:g> { <x:a> <x:p> 1 } } ; COPY <x:g> TO <x:h> ; DROP GRAPH <x:none>"
            )
        with pytest.raises(StoreError, match="half-way"):
            transaction.commit("half of it")
    assert "x:g" not in filled.current().counts


def test_an_unknown_function_is_an_error_of_its_expression_only(filled: EmbeddedStore, ask: Ask) -> None:
    update(filled, "INSERT { GRAPH :mine { :f :p 5 ; :q ?x } } WHERE { BIND(:unknown(1) AS ?x) }")
    assert ask(filled.query, "SELECT ?q ?o { :f ?q ?o }") == [("http://e.x/p", "5")]


def test_an_update_of_nothing_is_a_version_like_any_other(filled: EmbeddedStore) -> None:
    _, version = update(filled, "")
    assert version == filled.current()
    assert len(filled.versions()) == 2


@pytest.mark.parametrize("plain", [True, False])
def test_a_prologue_may_stand_before_any_operation(plain: bool, tmp_path: Path) -> None:  # noqa: FBT001 -- a parameter
    store = EmbeddedStore.open(tmp_path / "of-its-own", GraphNames("urn:base/"), plain=plain)
    with store.write() as transaction:
        transaction.update(
            "PREFIX : <urn:a:> INSERT DATA { GRAPH :g { :s :p 1 } } ;"
            "PREFIX : <urn:b:> INSERT DATA { GRAPH :g { :s :p 2 } } ;"
            "BASE <http://e.x/c/> INSERT { GRAPH <g> { :t :p ?o } } USING <urn:b:g> WHERE { :s :p ?o }"
        )
        subjects = {name: {str(triple[0]) for triple in transaction.triples(name)} for name in transaction.graphs()}
    assert subjects == {"urn:a:g": {"urn:a:s"}, "urn:b:g": {"urn:b:s"}, "http://e.x/c/g": {"urn:b:t"}}


def test_an_update_with_a_later_prologue_runs_whole_or_not_at_all(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path / "of-its-own", GraphNames("urn:base/"), plain=True)
    with store.write() as transaction, pytest.raises(QuerySyntaxError):
        transaction.update("INSERT DATA { <urn:s> <urn:p> 1 } ; PREFIX : <urn:b:> INSERT DATA { :s :p }")
    assert store.current().default == 0


@pytest.mark.parametrize(
    "name",
    [
        "http://e.x/mine> WHERE { ?s ?p ?o } ; DROP GRAPH <http://e.x/mine> ; INSERT { ?s ?p 9 } USING <http://e.x/x",
        "http://e.x/mine> WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } } ; DELETE { ?s ?p 1 } USING <a:b",
        "a b",
        "relative",
        "",
    ],
)
@pytest.mark.parametrize("role", ["default", "named"])
def test_no_graph_of_the_request_can_bring_operations_with_it(filled: EmbeddedStore, name: str, role: str) -> None:
    using = RequestDataset(**{role: (name,)})
    with pytest.raises(RequestError, match="is not an absolute IRI"):
        update(filled, "INSERT { GRAPH :mine { ?s :p 8 } } WHERE { ?s ?p ?o }", using)
    assert len(filled.versions()) == 1


def test_clearing_a_graph_that_is_not_there_is_no_error(filled: EmbeddedStore, plain: EmbeddedStore) -> None:
    for store in (filled, plain):
        update(store, "CLEAR GRAPH :nowhere ; INSERT DATA { GRAPH :nowhere { :a :p 1 } }")
        assert store.current().counts["http://e.x/nowhere"] == 1
        _, cleared = update(store, "CLEAR GRAPH :nowhere")
        assert cleared.counts["http://e.x/nowhere"] == 0


@pytest.mark.parametrize("text", ["DROP GRAPH :nowhere", "CREATE GRAPH :mine"])
def test_an_absent_graph_is_not_dropped_and_an_existing_one_not_created(filled: EmbeddedStore, text: str) -> None:
    with pytest.raises(RequestError):
        update(filled, text)
    update(filled, text.replace("GRAPH", "SILENT GRAPH"))
    assert filled.current().counts["http://e.x/mine"] == 2


def test_a_clear_that_is_misspelt_is_a_syntax_error_where_it_stands(plain: EmbeddedStore) -> None:
    with pytest.raises(QuerySyntaxError, match="line 2"):
        update(plain, "CLEAR GRAPH :g ;\nINSERT DATA { :a :p }")
