"""The counters of requests: each request is counted once, however many threads count and read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from flask import Flask

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server.http.request_tracking import RequestRecord
from server.monitoring.metrics import MAX_UNCOUNTED, METRICS_EXTENSION, own_registry, register_metrics

THREADS, EACH = 4, MAX_UNCOUNTED + 300


def test_each_request_is_counted_once_whoever_reads_meanwhile(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    with store.write() as change:
        change.commit("empty")
    app = Flask("counters")
    count_request = register_metrics(app, UnlimitedStore(store), None)

    def samples() -> dict[tuple[str, ...], float]:
        families = own_registry(app).collect()
        read = chain.from_iterable(family.samples for family in families)
        return {(sample.name, *sample.labels.values()): sample.value for sample in read}

    def count(number: int) -> None:
        for at in range(EACH):
            method = f"BREW{at}" if at % 10 == 0 else "GET"
            hit = RequestRecord("id", method, "/sparql", "::1", "/sparql", 200, has_etag=True, cache_status="c; hit")
            unmodified = RequestRecord("id", "GET", "/", "::1", "/", 304, has_etag=True, complete=at % 2 == 0)
            hit.complete, hit.body_bytes, hit.seconds = True, 3, 0.02
            for record in (hit, unmodified):
                count_request(record)
            if at % 100 == number:
                samples()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(count, range(THREADS)))
    read, total = samples(), THREADS * EACH
    assert app.extensions[METRICS_EXTENSION]._counters_of.cache_info().currsize == 4  # noqa: SLF001 -- its memory is bounded
    assert read["communique_requests_total", "GET", "/sparql", "200"] == total * 0.9
    assert read["communique_requests_total", "other", "/sparql", "200"] == total * 0.1
    assert read["communique_requests_total", "GET", "/", "304"] == total
    assert read["communique_request_seconds_count", "/sparql"] == read["communique_request_seconds_count", "/"] == total
    assert read["communique_request_seconds_bucket", "/sparql", "0.01"] == 0
    assert read["communique_request_seconds_bucket", "/sparql", "0.025"] == total
    assert read["communique_answer_bytes_total",] == 3 * total
    assert read["communique_broken_answers_total",] == total / 2
    assert read["communique_answer_cache_lookups_total", "hit"] == total
    assert read["communique_cache_lookups_total", "hit"] == total
    assert read["communique_cache_lookups_total", "miss"] == total * 0.9
