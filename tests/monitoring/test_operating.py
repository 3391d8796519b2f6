"""What operators see of a server that runs, and do to it: probes, figures, logs, an end to a query, new versions."""

from __future__ import annotations

import http.client
import os
import re
import select
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.durability.harness import ROOT
from tests.support.serve_process import ENDLESS_QUERY, TRIPLES, AdminClient, write_version
from tests.support.waiting import PATIENCE, until

QUERIES = "/admin/queries"
ANY = "SELECT ?o { <urn:0> ?p ?o }"


def test_probes_report_life_and_the_served_version(admin: AdminClient) -> None:
    assert admin.get("/health").json == {"status": "alive"}
    assert admin.get("/ready").json == {"ready": True, "version": "000001"}


def test_metrics_count_requests_queries_and_workers(admin: AdminClient) -> None:
    before = admin.metric("communique_queries_served_total")
    texts = [f"{ANY} # {number}" for number in range(3)]  # an answer that is kept is not a worker's
    assert [admin.query(text).status for text in texts] == [200, 200, 200]
    assert admin.query("SELECT nonsense").status == 400
    assert admin.metric("communique_queries_served_total") == before + 3
    # A request is counted when its response has been sent, and its client can be faster than that.
    assert until(lambda: admin.metric('communique_request_seconds_count{route="/sparql"}') == 4)
    assert admin.metric('communique_requests_total{method="GET",route="/sparql",status="200"}') == 3
    assert admin.metric('communique_requests_total{method="GET",route="/sparql",status="400"}') == 1
    assert admin.metric('communique_cache_lookups_total{result="miss"}') >= 3
    assert until(lambda: admin.metric("communique_workers") == 4)
    assert admin.metric("communique_queries_waiting") == 0
    assert admin.metric("communique_queries_restarts_total") == 0
    assert admin.metric("communique_version") == 1
    assert admin.metric("communique_triples") == TRIPLES
    assert admin.metric("communique_store_bytes") > 1000


def test_every_metric_in_the_operations_guide_exists(admin: AdminClient) -> None:
    documented = set(re.findall(r"`(communique_\w+)`", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    assert admin.query(ANY).status == 200
    metrics = admin.get("/metrics").text
    assert len(documented) > 5
    assert not [name for name in documented if not re.search(rf"^# TYPE {name} ", metrics, re.MULTILINE)]


def test_each_request_is_logged_as_json_with_its_id(admin: AdminClient) -> None:
    request_id = admin.query(ANY).headers["X-Request-Id"]
    line = admin.log("server.requests", request=request_id)
    assert (line["method"], line["path"], line["status"], line["whole"]) == ("GET", "/sparql", 200, True)
    reply = admin.get("/health", **{"X-Request-Id": "from-the-proxy-17"})
    assert reply.headers["X-Request-Id"] == "from-the-proxy-17"
    assert admin.log("server.requests", request="from-the-proxy-17")["path"] == "/health"


def test_a_slow_query_is_logged_with_its_text_and_request_id(admin: AdminClient) -> None:
    answer = admin.query(ENDLESS_QUERY, timeout="0.5")
    assert answer.status == 504
    line = admin.log("server.slow", request=answer.headers["X-Request-Id"])
    assert line["query"] == ENDLESS_QUERY
    assert float(str(line["seconds"])) >= 0.2


def test_only_an_administrator_lists_and_stops_queries(admin: AdminClient) -> None:
    assert admin.get(QUERIES).status == 401
    with ThreadPoolExecutor(1) as threads:
        endless = threads.submit(admin.query, ENDLESS_QUERY)
        until(lambda: bool(admin.send("GET", QUERIES, headers=admin.token_header).json["queries"]))
        (running,) = admin.send("GET", QUERIES, headers=admin.token_header).json["queries"]
        assert running["text"] == ENDLESS_QUERY
        assert admin.send("DELETE", f"{QUERIES}/{running['number']}").status == 401
        assert admin.send("DELETE", f"{QUERIES}/{running['number']}", headers=admin.token_header).status == 204
        answer = endless.result()
    assert answer.status >= 500
    assert "stopped" in answer.text
    assert admin.send("DELETE", f"{QUERIES}/{running['number']}", headers=admin.token_header).status == 404
    until(lambda: admin.metric("communique_workers") == 4)
    assert admin.metric("communique_queries_restarts_total") == 1


def test_new_versions_are_served_under_load_without_a_failed_request(admin: AdminClient, folder: Path) -> None:
    end = threading.Event()
    seen: list[list[tuple[int, str]]] = [[] for _ in range(4)]

    def ask(answers: list[tuple[int, str]]) -> None:
        while not end.is_set():
            reply = admin.query(ANY, "text/csv")
            answers.append((reply.status, reply.text.strip().rpartition("\n")[2].strip()))

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask, answers) for answers in seen]
        try:
            for number in range(2, 7):
                write_version(folder, f"version {number}")
                os.kill(admin.process.pid, signal.SIGHUP)
                latest = (200, f"version {number} 0")
                until(lambda latest=latest: all(latest in some for some in seen) or any(map(Future.done, asking)))  # type: ignore[misc]
        finally:
            end.set()
    assert [client.exception() for client in asking] == [None] * 4
    assert {status for client_answers in seen for status, _ in client_answers} == {200}
    for client_answers in seen:
        values = [value for _, value in client_answers]
        assert values == sorted(values), "a client never goes back to an older version"
    assert admin.query(ANY, "text/csv").text.split("\n")[1].strip() == "version 6 0"
    assert "000006" in str(admin.log("server.runtime.lifecycle", message="Reloaded: version 000006 is current."))


def test_sigterm_finishes_short_responses_and_stops_despite_endless_ones(admin: AdminClient) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", admin.port, timeout=PATIENCE)
    connection.request("POST", "/sparql", ENDLESS_QUERY, {"Content-Type": "application/sparql-query"})
    short = http.client.HTTPConnection("127.0.0.1", admin.port, timeout=PATIENCE)
    short.request("POST", "/sparql?timeout=5", ENDLESS_QUERY, {"Content-Type": "application/sparql-query"})

    def both_run_or_one_has_ended() -> bool:
        running = admin.send("GET", QUERIES, headers=admin.token_header).json["queries"]
        return len(running) == 2 or select.select([short.sock], [], [], 0)[0] != []

    assert until(both_run_or_one_has_ended)
    admin.process.send_signal(signal.SIGTERM)
    answer = short.getresponse()
    assert answer.status == 504
    assert b"5 s" in answer.read()
    assert admin.process.wait() == 0
    connection.close()
    short.close()
