"""What operators see of a server that runs, and do to it: probes, figures, logs, an end to a query, new versions."""

from __future__ import annotations

import http.client
import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.durability.harness import ROOT, wait_until
from tests.monitoring.conftest import ENDLESS, TRIPLES, Operated, write

pytestmark = pytest.mark.timeout(120)
QUERIES = "/admin/queries"
ANY = "SELECT ?o { <urn:0> ?p ?o }"


def test_probes_say_that_it_lives_and_which_version_it_serves(operated: Operated) -> None:
    assert operated.get("/health").json == {"status": "alive"}
    assert operated.get("/ready").json == {"ready": True, "version": "000001"}


def test_figures_follow_what_happens(operated: Operated) -> None:
    before = operated.figure("communique_queries_served_total")
    assert [operated.query(ANY).status for _ in range(3)] == [200, 200, 200]
    assert operated.query("SELECT nonsense").status == 400
    assert operated.figure("communique_queries_served_total") == before + 3
    assert operated.figure('communique_requests_total{method="GET",route="/sparql",status="200"}') == 3
    assert operated.figure('communique_requests_total{method="GET",route="/sparql",status="400"}') == 1
    assert operated.figure('communique_request_seconds_count{route="/sparql"}') == 4
    assert operated.figure('communique_cache_lookups_total{result="miss"}') >= 3
    wait_until(lambda: operated.figure("communique_workers") == 4, 20)
    assert operated.figure("communique_workers") == 4
    assert operated.figure("communique_queries_waiting") == 0
    assert operated.figure("communique_queries_restarts_total") == 0
    assert operated.figure("communique_version") == 1
    assert operated.figure("communique_triples") == TRIPLES
    assert operated.figure("communique_store_bytes") > 1000


def test_each_figure_that_operators_are_told_to_watch_is_there(operated: Operated) -> None:
    wanted = set(re.findall(r"`(communique_\w+)`", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    assert operated.query(ANY).status == 200
    found = operated.get("/metrics").text
    assert len(wanted) > 5
    assert not [name for name in wanted if not re.search(rf"^# TYPE {name} ", found, re.MULTILINE)]


def test_each_request_is_a_line_of_json_with_an_id_that_the_client_was_told(operated: Operated) -> None:
    told = operated.query(ANY).headers["X-Request-Id"]
    line = operated.log("server.requests", request=told)
    assert (line["method"], line["path"], line["status"], line["whole"]) == ("GET", "/sparql", 200, True)
    given = operated.get("/health", **{"X-Request-Id": "from-the-proxy-17"})
    assert given.headers["X-Request-Id"] == "from-the-proxy-17"
    assert operated.log("server.requests", request="from-the-proxy-17")["path"] == "/health"


def test_a_slow_query_is_logged_with_its_text_and_its_requests_id(operated: Operated) -> None:
    answer = operated.query(ENDLESS, timeout="0.5")
    assert answer.status == 504
    line = operated.log("server.slow", request=answer.headers["X-Request-Id"])
    assert line["query"] == ENDLESS
    assert float(str(line["seconds"])) >= 0.2


def test_an_administrator_sees_a_query_and_ends_it_and_nobody_else_does(operated: Operated) -> None:
    assert operated.get(QUERIES).status == 401
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(operated.query, ENDLESS)
        wait_until(lambda: bool(operated.send("GET", QUERIES, headers=operated.admin).json["queries"]), 10)
        (found,) = operated.send("GET", QUERIES, headers=operated.admin).json["queries"]
        assert found["text"] == ENDLESS
        assert operated.send("DELETE", f"{QUERIES}/{found['number']}").status == 401
        assert operated.send("DELETE", f"{QUERIES}/{found['number']}", headers=operated.admin).status == 204
        answer = asked.result(10)
    assert answer.status >= 500
    assert "stopped" in answer.text
    assert operated.send("DELETE", f"{QUERIES}/{found['number']}", headers=operated.admin).status == 404
    wait_until(lambda: operated.figure("communique_workers") == 4, 10)
    assert operated.figure("communique_queries_restarts_total") == 1


def test_new_versions_are_taken_up_under_load_without_a_failed_request(operated: Operated, folder: Path) -> None:
    end = threading.Event()

    def ask() -> list[tuple[int, str]]:
        seen = []
        while not end.is_set():
            reply = operated.query(ANY, "text/csv")
            seen.append((reply.status, reply.text.strip().rpartition("\n")[2].strip()))
        return seen

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask) for _ in range(4)]
        try:
            for number in range(2, 7):
                write(folder, f"version {number}")
                os.kill(operated.process.pid, signal.SIGHUP)
                time.sleep(0.2)
        finally:
            end.set()
        seen = [each.result(30) for each in asking]
    assert sum(map(len, seen)) > 40
    assert {status for one in seen for status, _ in one} == {200}
    for one in seen:
        values = [value for _, value in one]
        assert values == sorted(values), "a client never goes back to an older version"
    assert len({value for one in seen for _, value in one}) > 2
    assert operated.query(ANY, "text/csv").text.split("\n")[1].strip() == "version 6 0"
    assert "000006" in str(operated.log("server.runtime.lifecycle", message="Reloaded: version 000006 is current."))


def test_sigterm_lets_a_short_answer_finish_and_ends_in_ten_seconds_whatever_runs(operated: Operated) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", operated.port, timeout=30)
    connection.request("POST", "/sparql", ENDLESS, {"Content-Type": "application/sparql-query"})
    short = http.client.HTTPConnection("127.0.0.1", operated.port, timeout=30)
    short.request("POST", "/sparql?timeout=2", ENDLESS, {"Content-Type": "application/sparql-query"})
    wait_until(lambda: len(operated.send("GET", QUERIES, headers=operated.admin).json["queries"]) == 2, 10)
    begun = time.monotonic()
    operated.process.send_signal(signal.SIGTERM)
    answer = short.getresponse()
    assert answer.status == 504
    assert b"2 s" in answer.read()
    assert operated.process.wait(15) == 0
    assert time.monotonic() - begun < 12, "10 s, and room for a busy machine"
    connection.close()
    short.close()
