"""Answers that idle workers evaluate on a new version: hits of that version, without delaying clients."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.errors import CommuniqueError
from kg.sparql.protocol import Query
from kg.store import EmbeddedStore
from kg.tokens import Role, Tokens
from kg.workers.pooled_store import PooledStore
from server import Settings, create_app
from server.http.answer_refresh import MAX_STOPPED, refresh_of
from server.http.asked_queries import MAX_QUERIES, AskedQueries
from server.http.conditional_requests import Representation
from server.runtime.front_processes import share
from server.runtime.lifecycle import ServeOptions
from tests.durability.harness import serving
from tests.server.test_front_processes import only, served
from tests.support.http_client import Client, Reply, run_server
from tests.support.serve_process import AdminClient
from tests.support.waiting import until
from tests.support.worker_pool import ENDLESS, ask, busiest, opened

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
CUBED = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""Quick over a few triples, endless over `MANY`."""
MANY = 3000
SETTINGS = Settings(base=None)
HIT, MISS, BYPASS = "communique; hit", "communique; fwd=miss", "communique; fwd=bypass"


def write(folder: Path, triples: int) -> None:
    """Write a version with so many triples."""
    with EmbeddedStore.open(folder, GraphNames(""), plain=True).write() as change:
        change.replace_graph(None, [(URIRef(f"urn:{number}"), RDF.value, Literal(number)) for number in range(triples)])
        change.commit(f"{triples} triples")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a plain store of three triples."""
    write(tmp_path / "store", 3)
    return tmp_path / "store"


@contextmanager
def refreshing(folder: Path, settings: Settings = SETTINGS, **limits: float) -> Iterator[tuple[Client, PooledStore]]:
    """Serve a store by workers, which evaluate answers again."""
    with opened(folder, **limits) as store:
        app = create_app(store, settings)
        refresh = refresh_of(app, store, settings.refresh)
        assert refresh is not None
        refresh.start()
        try:
            with run_server(app) as client:
                yield client, store
        finally:
            refresh.close()


@contextmanager
def busy(store: PooledStore, queries: int) -> Iterator[None]:
    """Run so many endless queries within the block, each of which has a worker."""

    def run() -> None:
        with pytest.raises(CommuniqueError, match="stopped"):
            ask(store, ENDLESS)

    threads = [threading.Thread(target=run) for _ in range(queries)]
    for thread in threads:
        thread.start()
    try:
        assert until(lambda: store.stats().busy >= queries)
        yield
    finally:
        for running in store.running():
            if running.text == ENDLESS and running.state != "background":
                store.stop(running.number)
        for thread in threads:
            thread.join()


def outcomes(client: Client) -> dict[str, int]:
    """Return how evaluations in the background have ended, according to /metrics."""
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith("communique_background_eval")]
    counts = {line.split('"')[1]: int(float(line.rpartition(" ")[2])) for line in lines if 'result="' in line}
    return {outcome: number for outcome, number in counts.items() if number}


def wait_for(client: Client, expected: dict[str, int]) -> None:
    """Wait until evaluations in the background have ended so, and no other way."""
    assert until(lambda: outcomes(client) == expected)


def is_evaluating() -> bool:
    """Return whether queries are or have to be evaluated in the background."""
    return any(thread.name == "refresh" for thread in threading.enumerate())


def told(reply: Reply) -> tuple[str, str, str]:
    """Return the cache status of a response, the version of its tag, and the number in it."""
    assert reply.status == 200, reply.text
    version = reply.headers["ETag"].removeprefix("W/").strip('"')[:6]
    return reply.headers["Cache-Status"], version, reply.json["results"]["bindings"][0]["n"]["value"]


def repeat(client: Client, query: str, times: int) -> None:
    for _ in range(times):
        assert client.query(query).status == 200


def test_what_was_asked_most_is_a_hit_with_the_values_of_a_new_version(folder: Path) -> None:
    path, variants = "/sparql?" + urlencode({"query": COUNT}), [{}, {"Accept-Encoding": "gzip"}, {"Accept": "text/csv"}]
    once = "SELECT (COUNT(*) AS ?n) { ?s a ?o }"
    with refreshing(folder) as (client, store):
        before = [client.get(path, **fields) for fields in variants * 3]
        assert [reply.headers["Cache-Status"] for reply in before] == [MISS] * 3 + [HIT] * 6
        repeat(client, once, 1)
        write(folder, 5)
        wait_for(client, {"kept": 3})
        assert (store.stats().served, store.stats().failed) == (4, 0), "only those of clients count"
        after = [client.get(path, **fields) for fields in variants]
        assert [reply.headers["Cache-Status"] for reply in after] == [HIT] * 3
        assert told(after[0]) == (HIT, "000002", "5")
        assert after[2].text == "n\r\n5\r\n"
        names = ("Content-Type", "Content-Encoding", "Content-Disposition", "Vary", "Cache-Control")
        for old, new in zip(before, after, strict=False):
            assert {name: old.headers[name] for name in names} == {name: new.headers[name] for name in names}
            assert old.headers["ETag"] != new.headers["ETag"]
        fresh = [client.get(path + "&optimize=none", **fields) for fields in variants]
        assert [reply.body for reply in fresh] == [reply.body for reply in after]
        assert told(client.query(once)) == (MISS, "000002", "0")


def test_what_is_still_asked_stays_a_hit_from_version_to_version_and_the_rest_is_forgotten(folder: Path) -> None:
    with refreshing(folder) as (client, _):
        repeat(client, COUNT, 4)
        for version, answers in ((2, 2), (3, 4), (4, 5), (5, 6)):
            # Asked often enough for one version, so that its evaluation tells that this version was noticed.
            repeat(client, f"ASK {{ ?s a <urn:x:{version}> FILTER(true) }}", 2)
            write(folder, 10 * version)
            wait_for(client, {"kept": answers})
        repeat(client, COUNT, 4)
        write(folder, 60)
        wait_for(client, {"kept": 7})
        assert told(client.query(COUNT)) == (HIT, "000006", "60")


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "UUID()", "BNODE()"])
def test_a_volatile_query_is_not_evaluated_in_the_background(folder: Path, call: str) -> None:
    with refreshing(folder) as (client, store):
        repeat(client, f"SELECT ({call} AS ?n) {{}}", 5)
        repeat(client, COUNT, 2)
        write(folder, 5)
        wait_for(client, {"kept": 1})
        served = store.stats().served
        assert client.query(f"SELECT ({call} AS ?n) {{}}").headers["Cache-Status"] == BYPASS
        assert store.stats().served == served + 1


def test_the_last_free_worker_is_left_to_clients(folder: Path) -> None:
    write(folder, MANY)  # so that the queries of `busy` do not end
    with refreshing(folder, workers=2, slow=1) as (client, store):
        repeat(client, COUNT, 3)
        with busy(store, 1):
            write(folder, MANY + 1)
            assert until(lambda: [task.state for task in store.running() if task.text == COUNT] == ["waiting"])
            assert [told(client.query(COUNT + " " * number))[0] for number in range(5)] == [MISS] * 5
            assert [task.state for task in store.running() if task.text == COUNT] == ["waiting"]
            assert (store.stats().background, store.stats().waiting, outcomes(client)) == (0, 0, {})
        wait_for(client, {"kept": 1})
        assert told(client.query(COUNT)) == (HIT, "000003", str(MANY + 1))


def test_clients_take_the_worker_of_an_evaluation_in_the_background(folder: Path) -> None:
    with refreshing(folder, workers=3, slow=2) as (client, store):
        repeat(client, CUBED, 3)
        write(folder, MANY)
        assert until(lambda: store.stats().background == 1)
        assert [task.state for task in store.running()] == ["background"]
        assert store.stats().busy == 0
        with busy(store, 2):
            wait_for(client, {"stopped": 1})
            assert store.stats().background == 0
            assert client.query("ASK {}").json["boolean"]
        assert not store.running()
        assert store.stats().failed == 2, "only those of the clients count"


def test_no_more_is_evaluated_after_workers_were_needed_often(folder: Path) -> None:
    with refreshing(folder, workers=3, slow=2) as (client, store):
        for number in range(MAX_STOPPED + 1):
            repeat(client, CUBED + " " * number, 2)
        write(folder, MANY)
        assert until(lambda: store.stats().background == 1)
        while is_evaluating():
            # Between the first query and the second, another may begin in the background, and be stopped as well.
            with busy(store, 2):
                assert until(lambda: store.stats().background == 0)
            assert until(lambda: store.stats().background == 1 or not is_evaluating())
        assert outcomes(client) == {"stopped": MAX_STOPPED}
        assert not store.running()


def test_a_worker_that_is_killed_amid_an_evaluation_takes_that_answer_along_alone(folder: Path) -> None:
    with refreshing(folder) as (client, store):
        repeat(client, CUBED, 3)
        repeat(client, COUNT, 3)
        write(folder, MANY)
        assert until(lambda: [task.text for task in store.running() if task.state == "background"] == [CUBED])
        os.kill(busiest(), signal.SIGKILL)
        wait_for(client, {"kept": 1, "failed": 1})
        assert told(client.query(COUNT)) == (HIT, "000002", str(MANY))
        assert until(lambda: store.stats().workers == store.limits.workers)


def test_a_version_that_is_replaced_meanwhile_is_evaluated_no_further(folder: Path) -> None:
    with refreshing(folder) as (client, store):
        repeat(client, CUBED, 8)
        write(folder, MANY)
        assert until(lambda: store.stats().background == 1)
        write(folder, 4)
        wait_for(client, {"stopped": 1, "kept": 1})
        assert told(client.query(CUBED)) == (HIT, "000003", "64")


def test_an_answer_that_has_grown_too_large_is_not_kept(folder: Path) -> None:
    with refreshing(folder, Settings(base=None, cache=64 * 1024)) as (client, store):
        repeat(client, "SELECT * { ?s ?p ?o }", 3)
        write(folder, MANY)
        wait_for(client, {"dropped": 1})
        assert until(lambda: not store.running())
        assert client.query("SELECT * { ?s ?p ?o }").headers["Cache-Status"] == MISS


def test_an_answer_never_goes_to_a_reader_without_a_token(folder: Path, tmp_path: Path) -> None:
    tokens = Tokens.of_store(tmp_path)
    known = {"Authorization": f"Bearer {tokens.add('reader', Role.READ, '2026-01-01T00:00:00Z')}"}
    metrics = {"Authorization": f"Bearer {tokens.add('admin', Role.ADMIN, '2026-01-01T00:00:00Z')}"}
    path = "/sparql?" + urlencode({"query": COUNT})
    with refreshing(folder, Settings(base=None, private=True, tokens=tokens)) as (client, _):
        for _ in range(3):
            assert client.get(path, **known).status == 200
        write(folder, 5)
        assert until(lambda: 'evaluations_total{result="kept"} 1.0' in client.get("/metrics", **metrics).text)
        for fields in ({}, {"Authorization": "Bearer other"}):
            reply = client.get(path, **fields)
            assert (reply.status, reply.headers["Cache-Status"], b"bindings" in reply.body) == (401, None, False)
        assert told(client.get(path, **known)) == (HIT, "000002", "5")


def test_each_front_process_evaluates_what_it_was_asked(tmp_path: Path) -> None:
    def ended(result: str) -> float:
        return client.metric(f'communique_background_evaluations_total{{result="{result}"}}')

    def have_ended(evaluations: float) -> bool:
        return ended("kept") + ended("stopped") == evaluations

    with served(tmp_path / "store") as client:
        # A busy machine may have no second idle worker for one of them, which leaves the query to the next version.
        for number in itertools.count(2):
            cached_before, stopped_before = ended("kept"), ended("stopped")
            for front in range(2):
                with only(client, front):
                    repeat(client, COUNT, 4)
            update = f"INSERT DATA {{ <x:s> <x:p> {number} }}"
            assert client.post("/update", update, "application/sparql-update").status == 204
            assert until(partial(have_ended, cached_before + stopped_before + 2))
            if ended("kept") == cached_before + 2:
                break
        for front in range(2):
            with only(client, front):
                assert told(client.query(COUNT)) == (HIT, f"{number:06}", str(1999 + number))


@contextmanager
def serve_process(folder: Path, *options: str) -> Iterator[AdminClient]:
    with serving(folder, "--plain", "--writable", "--page-processes", "0", *options) as server:
        yield AdminClient(server, "")


def test_the_log_and_the_counts_of_requests_tell_of_clients_alone(folder: Path) -> None:
    requests = 'communique_requests_total{method="GET",route="/sparql",status="200"}'
    with serve_process(folder) as client:
        repeat(client, COUNT, 3)
        assert client.post("/update", "INSERT DATA { <x:s> <x:p> 1 }", "application/sparql-update").status == 204
        assert until(lambda: client.metric('communique_background_evaluations_total{result="kept"}') == 1)
        assert told(client.query(COUNT)) == (HIT, "000002", "4")
        assert until(lambda: client.metric(requests) == 4)
        client.get("/none")
        client.log("server.requests", path="/none")
        lines = [json.loads(line) for line in Path(client.log_path).read_text("utf-8").splitlines()]
        assert sum(line.get("path") == "/sparql" for line in lines) == 4
        assert not [line for line in lines if "COUNT" in str(line)]


def test_it_can_be_turned_off(folder: Path) -> None:
    with serve_process(folder, "--refresh", "0") as client:
        repeat(client, COUNT, 3)
        assert "communique_background_evaluations" not in client.get("/metrics").text
    with opened(folder) as store:
        assert refresh_of(create_app(store, Settings(base=None, refresh=0)), store, 0) is None
        assert refresh_of(create_app(store, Settings(base=None, cache=0)), store, 100) is None


def test_the_number_of_answers_is_divided_among_front_processes() -> None:
    assert share(ServeOptions(Path(), processes=3, settings=Settings(refresh=100))).settings.refresh == 34


def test_queries_are_remembered_within_bounds_and_those_that_cost_most_come_first() -> None:
    queries, place = AskedQueries(), Representation("http", "a.example", "/sparql", "identity")
    for number in range(2 * MAX_QUERIES):
        queries.count(Query(f"ASK {{}} #{number}", None, None), place)
    for count, seconds in ((2, 5.0), (10, 2.0), (3, 0.1), (50, 0.0)):
        query = Query(f"ASK {{}} # {seconds}", None, None)
        for _ in range(count - 1):
            queries.count(query, place)
        queries.count(query, place).note_answer(seconds, ())
    assert [query.seconds for query in queries.take_most_expensive(2)] == [2.0, 5.0]
    assert [query.seconds for query in queries.take_most_expensive(9)] == [2.0]
