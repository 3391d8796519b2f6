"""SERVICE queries endpoints of allowed hosts only."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.app.write import write_plain
from kg.datasets import GraphNames
from kg.errors import RequestError
from kg.sparql.service_clauses import find_services
from kg.store import EmbeddedStore, Transaction
from kg.store.service_tables import table
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.support.http_client import Client, run_server

OTHERS = """INSERT DATA { <x:a> <x:label> "one \\"quoted\\" } line\\n" . <x:b> <x:label> "zwei"@de . <x:c> <x:label> 3 .
<x:d> <x:label> [] }"""
OURS = "INSERT DATA { <x:a> <x:p> 1 . <x:b> <x:p> 2 . <x:e> <x:p> 5 }"
JSON = "application/sparql-results+json"
LABELS = "{ ?s <x:label> ?l FILTER(!isBlank(?l)) }"


def filled(folder: Path, text: str) -> EmbeddedStore:
    store = EmbeddedStore.open(folder, GraphNames(""), plain=True)

    def edit(change: Transaction) -> None:
        change.update(text)

    write_plain(store, edit, "filled")
    return store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Client]:
    """Return a client of another endpoint."""
    with run_server(create_app(UnlimitedStore(filled(tmp_path / "other", OTHERS)))) as client:
        yield client


@contextmanager
def ours(tmp_path: Path, *hosts: str) -> Iterator[Client]:
    with run_server(
        create_app(UnlimitedStore(filled(tmp_path / "ours", OURS)), Settings(base=None, hosts=hosts))
    ) as client:
        yield client


def rows(client: Client, text: str) -> list[dict[str, str]]:
    reply = client.query(text, "application/sparql-results+json")
    assert reply.status == 200, reply.text
    bindings = reply.json["results"]["bindings"]
    return sorted(({name: term["value"] for name, term in binding.items()} for binding in bindings), key=str)


def test_solutions_of_an_allowed_endpoint_are_joined(other: Client, tmp_path: Path) -> None:
    with ours(tmp_path, f"127.0.0.1:{other.port}") as client:
        joined = rows(client, f"SELECT * {{ ?s <x:p> ?n SERVICE <{other.address}sparql> {LABELS} }}")
        assert joined == [{"s": "x:a", "n": "1", "l": 'one "quoted" } line\n'}, {"s": "x:b", "n": "2", "l": "zwei"}]
        named = f"PREFIX o: <{other.address}> SELECT ?l {{ SERVICE o:sparql {{ <x:c> <x:label> ?l }} }}"
        assert rows(client, named) == [{"l": "3"}]
        optional = f"SELECT ?s ?l {{ ?s <x:p> 5 OPTIONAL {{ SERVICE <{other.address}sparql> {LABELS} }} }}"
        assert rows(client, optional) == [{"s": "x:e"}]
        there = f"SERVICE <{other.address}sparql>"
        twice = f"SELECT ?l {{ {there} {{ <x:a> ?p ?k }} {there} {{ <x:c> ?p ?l }} }}"
        assert rows(client, twice) == [{"l": "3"}]


def test_no_other_endpoint_is_queried(other: Client, tmp_path: Path) -> None:
    with ours(tmp_path, "example.org") as client:
        for clause in (f"<{other.address}sparql>", "<file:///etc/passwd>", "SILENT ?u"):
            reply = client.query(f"SELECT * {{ VALUES ?u {{ <{other.address}sparql> }} SERVICE {clause} {LABELS} }}")
            assert reply.status == 403, reply.text
            assert "SERVICE" in reply.text
        assert rows(client, f"SELECT * {{ SERVICE SILENT <{other.address}sparql> {LABELS} }}") == [{}]
        assert client.query(f"ASK {{ FILTER(trueSERVICE<{other.address}sparql>{LABELS}) }}").status in (400, 403)


def test_an_endpoint_that_fails_is_an_error_that_names_it_unless_silent(other: Client, tmp_path: Path) -> None:
    with ours(tmp_path, f"127.0.0.1:{other.port}") as client:
        for path in ("none", "health"):
            text = f"SELECT * {{ ?s <x:p> 1 SERVICE SILENT <{other.address}{path}> {{ ?a ?b ?c }} }}"
            assert rows(client, text) == [{"s": "x:a"}]
            reply = client.query(text.replace("SILENT ", ""))
            assert reply.status == 502
            assert f"{other.address}{path}" in reply.text


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("{ ?a ?b ?c }", ["a", "b", "c"]),
        ("{ ?a <x:p>|<x:q> [] OPTIONAL { ?b <x:p> 1 } FILTER (?c = 1) MINUS { ?d ?d ?d } }", ["a", "b"]),
        ("{ { SELECT ?a { ?a <x:p> ?b } } UNION { BIND (1 AS ?c) } }", ["a", "c"]),
        ("{ SERVICE <http://127.0.0.1:1/> { ?a <x:p> ?b } SERVICE SILENT ?c { } }", ["a", "b", "c"]),
        ("{ }", []),
    ],
)
def test_a_silent_failure_is_one_solution_of_the_clauses_variables(
    tmp_path: Path, group: str, names: list[str]
) -> None:
    with ours(tmp_path, "127.0.0.1:1") as client:
        reply = client.query(f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:1/> {group} }}", JSON)
        assert reply.json == {"head": {"vars": names}, "results": {"bindings": [{}]}}
        joined = client.query(f"SELECT * {{ ?z <x:p> 5 SERVICE SILENT <http://127.0.0.1:1/> {group} }}", JSON)
        assert joined.json["results"]["bindings"] == [{"z": {"type": "uri", "value": "x:e"}}]
        assert joined.json["head"]["vars"] == [*names, "z"]


def test_a_node_without_a_name_is_an_error(other: Client, tmp_path: Path) -> None:
    with ours(tmp_path, f"127.0.0.1:{other.port}") as client:
        reply = client.query(f"SELECT * {{ SERVICE <{other.address}sparql> {{ ?s <x:label> ?l }} }}")
        assert reply.status == 400
        assert "no name" in reply.text


def test_an_answer_of_too_many_solutions_or_of_none_is_an_error() -> None:
    row = '{"a":{"type":"literal","value":"x"}}'
    many = f'{{"head":{{"vars":["a"]}},"results":{{"bindings":[{",".join([row] * 2501)}]}}}}'
    with pytest.raises(RequestError, match="more than 2,500 solutions"):
        table("x:e", many.encode())
    for answer in ('{"head":{},"boolean":true}', "<html>", ""):
        with pytest.raises(RequestError, match="SERVICE <x:e>"):
            table("x:e", answer.encode())


def test_service_in_strings_and_comments_is_ignored() -> None:
    for text in ('ASK { ?s ?p "SERVICE <x:a> {}" }', "ASK { <x:SERVICE> ?p ?o } # SERVICE <x:a> {}"):
        assert find_services(text, None) == (text, ())


def test_an_endpoint_that_never_answers_ends_at_the_query_limit(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with ours(tmp_path, f"127.0.0.1:{port}") as client:
            reply = client.query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {LABELS} }}", timeout="0.5")
            assert reply.status == 502, reply.text
            assert f"127.0.0.1:{port}" in reply.text
