"""The shipped graph on other people's engines: `kg push`, and the competency questions with the same answers."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest

from benchmarks.virtuoso import NAME, PASSWORD
from kg.app.push import TargetServer
from kg.engines import DigestLogin, Login
from kg.engines.engine_connection import ATTEMPTS
from kg.errors import FetchError
from kg.formats import CSV
from kg.shipped_files import ontology_folder
from kg.store import Query, open_store
from tests.support.command_line import here
from tests.support.corpus_stores import corpus_store
from tests.support.cutting_relay import cutting_relay
from tests.support.engine_servers import ENGINES, EngineServer, engine_server

QUESTIONS = sorted((ontology_folder() / "questions").glob("*.rq"))
COUNTS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


def rows(engine: EngineServer, query: str, default: list[str], named: list[str]) -> Counter[tuple[str, ...]]:
    """Return how often each row is in an engine's answer to a query of a dataset."""
    dataset = [("default-graph-uri", name) for name in default] + [("named-graph-uri", name) for name in named]
    sent = urlencode([("query", query), *dataset]).encode()
    with urlopen(Request(engine.query, sent, {"Accept": "text/csv"})) as response:  # noqa: S310 -- our own server
        return rows_of(response.read().decode())


def rows_of(text: str) -> Counter[tuple[str, ...]]:
    rows = [*csv.reader(io.StringIO(text))][1:]
    return Counter(tuple(row) for row in rows)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    """Start an engine on an empty database; skip where it is not installed."""
    with engine_server(request.param, tmp_path_factory.mktemp("engine")) as server:
        yield server


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of the shipped corpus."""
    return corpus_store(tmp_path_factory, "shipped")


def test_an_engine_has_the_graphs_and_answers_every_question_as_we_do(engine: EngineServer, shipped: Path) -> None:
    store = open_store(shipped)
    ours = {name: number for name, number in store.current().counts.items() if number}
    pushed = here("push", engine.graphs, "--store", shipped, *engine.options)
    assert (pushed.status, pushed.out) == (
        0,
        f"Pushed {len(ours)} graphs with {sum(ours.values()):,} triples to {engine.graphs}.\n",
    ), pushed.err
    theirs = {name: int(number) for name, number in rows(engine, COUNTS, [], [])}
    assert {name: theirs.get(name) for name in ours} == ours
    default = [name for name in ours if name.endswith(("/graph/authority", "/graph/inferred")) or "/article/" in name]
    for question in QUESTIONS:
        text = question.read_text("utf-8")
        answer = b"".join(store.query(Query(text, CSV, None)).chunks).decode("utf-8")
        theirs_rows = rows(engine, text, default, [*ours])
        assert theirs_rows, question.stem
        assert as_compared(theirs_rows) == as_compared(rows_of(answer)), question.stem


def test_a_login_that_the_engine_does_not_take_is_told_before_a_graph_is_sent(
    engine: EngineServer, shipped: Path
) -> None:
    refused = here("push", engine.graphs, "--store", shipped, "--user", f"{NAME}:other", "--digest")
    protected = "does not accept the name and the password: 401."
    unprotected = "answered STATUS without a login: expected one that asks for digest authentication."
    host = engine.graphs.split("/")[2]
    # 404 or 200: whether the graph is there already.
    sentence = re.sub(r"answered \d+", "answered STATUS", refused.failed(2))
    assert sentence == f"{host} {protected if engine.options else unprotected}"


def test_an_engine_is_read_of_more_graphs_than_a_head_has_fields(engine: EngineServer, shipped: Path) -> None:
    assert here("push", engine.graphs, "--store", shipped, *engine.options).status == 0
    names = [f"https://w3id.org/communique/data/graph/import/{number}" for number in range(120)]
    server = target(engine.graphs, engine)
    for name in names:
        server.replace(name, BytesIO(triples("urn:x:numbered", 1)))
    counted = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s <urn:x:numbered> ?o } }"
    assert here("query", counted, "--format", "csv", "--store", engine.query).out.split() == ["n", "120"]
    (listed,) = json.loads(here("versions", "--json", "--store", engine.query).out)
    assert {name: listed["graphs"].get(name) for name in names} == dict.fromkeys(names, 1)


@pytest.mark.parametrize("most_bytes", [2_000, 70_000, 300_000])
def test_a_connection_lost_in_the_middle_leaves_the_graph_as_it_was(engine: EngineServer, most_bytes: int) -> None:
    name, before, after = "urn:x:lost", triples("urn:x:before", 10), triples("urn:x:after", 20_000)
    assert len(after) > 2 * most_bytes
    target(engine.graphs, engine).replace(name, BytesIO(before))
    parts = urlsplit(engine.graphs)
    with cutting_relay(parts.port or 0, most_bytes) as port:
        relayed = target(parts._replace(netloc=f"127.0.0.1:{port}").geturl(), engine)
        with pytest.raises(FetchError, match=f"^127.0.0.1:{port} did not take <{name}> in {ATTEMPTS} attempts: "):
            relayed.replace(name, BytesIO(after))
    assert predicates(engine, name) == {("urn:x:before", "10"): 1}
    target(engine.graphs, engine).replace(name, BytesIO(after))
    assert predicates(engine, name) == {("urn:x:after", "20000"): 1}


def triples(predicate: str, number: int) -> bytes:
    return "".join(f'<urn:x:{subject}> <{predicate}> "a value" .\n' for subject in range(number)).encode()


def target(url: str, engine: EngineServer) -> TargetServer:
    login = DigestLogin(url, NAME, PASSWORD) if engine.options else Login()
    return TargetServer(url, login, lambda _: None)


def predicates(engine: EngineServer, name: str) -> Counter[tuple[str, ...]]:
    """Return how often a graph has each predicate."""
    return rows(engine, f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }} GROUP BY ?p", [], [])


def test_digest_needs_a_name(shipped: Path) -> None:
    nameless = here("push", "http://127.0.0.1:1/store", "--store", shipped, "--digest")
    assert nameless.status == 2
    assert "--digest needs a name and a password: expected --user NAME:PASSWORD." in nameless.err


def as_compared(rows: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    """Return rows with truth values as Virtuoso computes them: 0 and 1, which mean the same (XML Schema 2, 3.2.2)."""
    digits = {"false": "0", "true": "1"}
    shown: Counter[tuple[str, ...]] = Counter()
    for row, number in rows.items():
        shown[tuple(digits.get(value, value) for value in row)] += number
    return shown
