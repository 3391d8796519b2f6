"""Metrics for Prometheus at /metrics: requests, workers and the store.

Each application has its own registry. Figures that are kept elsewhere (by the pool of workers, in the store's versions)
are read for each scrape. Requests are counted by the pattern of their route, so that clients cannot create any number
of series.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from http import HTTPStatus
from itertools import chain
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from kg.errors import CommuniqueError
from kg.workers.served_store import ServedStore
from server.http.answer_cache import AnswerCache, answer_cache_of
from server.http.answer_refresh import OUTCOMES
from server.http.asked_queries import AskedQueries
from server.http.page_relay import PageConnector
from server.http.request_tracking import RequestListener, RequestRecord
from server.monitoring.peer_front_processes import peer_front_processes

METRICS_EXTENSION = "communique.metrics"
METRICS = "metrics"
"""The question of front processes to each other for their metrics."""
STORE_METRICS = {
    f"communique_{name}" for name in ("store_readable", "version", "versions_kept", "graphs", "triples", "store_bytes")
}
Labels = tuple[Any, ...]
"""A sample's name, and the names and values of its labels."""
MAX_KNOWN_SERIES = 1000
MAX_UNCOUNTED = 1000
"""How many requests may wait to be counted if nobody reads the counters."""
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
POOL_GAUGES = {
    "workers": "Worker processes that are ready.",
    "busy": "Workers that are evaluating a query for a client.",
    "background": "Workers that are evaluating a query on a new version before it is asked again.",
    "slow": "Workers that are evaluating a slow query.",
    "waiting": "Queries that wait for a worker.",
}
POOL_COUNTERS = {
    "served": "Queries that workers have answered.",
    "failed": "Queries that ended with an error, including limits.",
    "refused": "Queries that were refused because too many waited.",
    "restarts": "Workers that were replaced.",
    "evictions": "Queries that were restarted because quicker ones needed their worker.",
}

bp = Blueprint("metrics", __name__)


class _RequestKind(NamedTuple):
    """The properties of a request that decide which counters count it."""

    method: str
    route: str
    status: int
    cache_status: str
    has_etag: bool
    complete: bool


class _EndedRequest(NamedTuple):
    """A request that the counters do not include yet."""

    kind: _RequestKind
    seconds: float
    body_bytes: int


class Metrics:
    """The metrics of one application."""

    def __init__(self, store: ServedStore, page_processes: PageConnector | None, answers: AnswerCache | None) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "communique_requests", "Requests, by method, route and status.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "communique_request_seconds",
            # By route only: method and status would each multiply the series of every bucket.
            "Seconds from a request's arrival to its last byte.",
            ("route",),
            buckets=SECONDS_BUCKETS,
            registry=self.registry,
        )
        self._bytes = Counter("communique_answer_bytes", "Bytes of response bodies.", registry=self.registry)
        self._broken = Counter("communique_broken_answers", "Responses that were cut short.", registry=self.registry)
        self._cache = Counter(
            "communique_cache_lookups",
            "Responses with an ETag: `hit` if the client had it already and nothing was evaluated.",
            ("result",),
            registry=self.registry,
        )
        self._answers = Counter(
            "communique_answer_cache_lookups",
            "Answers to queries: `hit` if cached, `fwd=miss` if evaluated and cached, `fwd=bypass` if never cached.",
            ("result",),
            registry=self.registry,
        )
        # Looking up a series by its labels costs more than counting.
        self._seconds_of = lru_cache(MAX_KNOWN_SERIES)(self._seconds.labels)
        self._counters_of = lru_cache(MAX_KNOWN_SERIES)(self._counters)
        self._uncounted = collections.deque[_EndedRequest]()
        """Requests that have ended since the counters were read or brought up to date."""
        if answers is not None and answers.asked_queries is not None:
            self.registry.register(_ReadAtScrape(partial(_refresh_metrics, answers.asked_queries)))
        self.registry.register(_ReadAtScrape(partial(_pool_metrics, store)))
        self.registry.register(_ReadAtScrape(partial(_store_metrics, store)))
        if page_processes is not None:
            self.registry.register(_ReadAtScrape(partial(_page_metrics, page_processes)))

    def count_request(self, record: RequestRecord) -> None:
        """Count a request that has ended; it shows in the counters once they are read."""
        # In batches: a counter takes a lock for each increment, and a thousand like requests take no longer than one.
        method = record.method if record.method in METHODS else "other"  # clients may send any name, of any length
        kind = _RequestKind(method, record.route, record.status, record.cache_status, record.has_etag, record.complete)
        self._uncounted.append(_EndedRequest(kind, record.seconds, record.body_bytes))
        if len(self._uncounted) >= MAX_UNCOUNTED:
            self.update()

    def update(self) -> None:
        """Update the counters; several threads may do so at once."""
        kinds, body_bytes = collections.Counter[_RequestKind](), 0
        # Each request is taken by one thread only, and those that come meanwhile are left to the next update.
        for _ in range(len(self._uncounted)):
            try:
                kind, seconds, size = self._uncounted.popleft()
            except IndexError:
                break
            kinds[kind] += 1
            body_bytes += size
            self._seconds_of(kind.route).observe(seconds)
        self._bytes.inc(body_bytes)
        for kind, requests in kinds.items():
            for counter in self._counters_of(kind):
                counter.inc(requests)

    def _counters(self, kind: _RequestKind) -> tuple[Counter, ...]:
        counters = [self._requests.labels(kind.method, kind.route, str(kind.status))]
        if not kind.complete:
            counters.append(self._broken)
        if kind.cache_status:
            counters.append(self._answers.labels(kind.cache_status.rpartition("; ")[2]))
        if kind.has_etag and kind.method in ("GET", "HEAD", "POST"):
            counters.append(self._cache.labels("hit" if kind.status == HTTPStatus.NOT_MODIFIED else "miss"))
        return tuple(counters)


class _ReadAtScrape(Collector):
    """A collector that yields the metrics which a function reads at each scrape."""

    def __init__(self, read: Callable[[], Iterator[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        return self._read()


def _pool_metrics(store: ServedStore) -> Iterator[Metric]:
    # An external engine, or a store without workers, has no pool.
    if (stats := store.stats()) is None:
        return
    for name, text in POOL_GAUGES.items():
        metric = "communique_workers" if name == "workers" else f"communique_queries_{name}"
        yield GaugeMetricFamily(metric, text, getattr(stats, name))
    for name, text in POOL_COUNTERS.items():
        yield CounterMetricFamily(f"communique_queries_{name}", text, getattr(stats, name))


def _refresh_metrics(asked_queries: AskedQueries) -> Iterator[Metric]:
    text = "Queries that were evaluated on a new version before they were asked again, by how that ended."
    family = CounterMetricFamily("communique_background_evaluations", text, labels=("result",))
    for outcome in OUTCOMES:
        family.add_metric((outcome,), asked_queries.evaluations[outcome])
    yield family


def _page_metrics(page_processes: PageConnector) -> Iterator[Metric]:
    stats = page_processes.stats()
    yield GaugeMetricFamily("communique_page_processes", "Page processes that run.", stats.processes)
    yield GaugeMetricFamily("communique_pages_in_progress", "Pages that are being rendered.", stats.in_progress)
    yield CounterMetricFamily("communique_page_process_restarts", "Page processes replaced.", stats.restarts)


def _store_metrics(store: ServedStore) -> Iterator[Metric]:
    """Yield the metrics of the store; if it cannot be read, only that it cannot."""
    readable = "Whether the store can be read: 1, or 0 if it is damaged or missing."
    try:
        # A list, so that a store that cannot be read is noticed here and does not end the whole scrape.
        metrics = [*_version_metrics(store)]
    except CommuniqueError:
        metrics = []
    yield GaugeMetricFamily("communique_store_readable", readable, int(bool(metrics)))
    yield from metrics


def _version_metrics(store: ServedStore) -> Iterator[Metric]:
    current = store.current()
    yield GaugeMetricFamily("communique_version", "The number of the current version.", int(current.name))
    yield GaugeMetricFamily("communique_versions_kept", "Versions that are kept.", len(store.names()))
    yield GaugeMetricFamily("communique_graphs", "Named graphs.", len(current.counts))
    yield GaugeMetricFamily("communique_triples", "Triples in the default graph.", current.default)
    if (size := store.size()) is not None:
        yield GaugeMetricFamily("communique_store_bytes", "Bytes of the versions' files.", size)


def register_metrics(app: Flask, store: ServedStore, page_processes: PageConnector | None) -> RequestListener:
    """Add /metrics to an application; return the listener that counts its requests."""
    metrics = app.extensions[METRICS_EXTENSION] = Metrics(store, page_processes, answer_cache_of(app))
    app.register_blueprint(bp)
    return metrics.count_request


def own_registry(app: Flask) -> CollectorRegistry:
    """Return the registry of what an application itself has counted, up to date."""
    metrics: Metrics = app.extensions[METRICS_EXTENSION]
    metrics.update()
    return metrics.registry


def own_metrics(app: Flask) -> str:
    """Return what an application itself has counted, as text for another front process."""
    return generate_latest(own_registry(app)).decode()


def _sums(texts: Iterable[str]) -> Iterator[Metric]:
    """Yield each metric with the sums of its samples, except those of the store, which all processes share."""
    totals = dict[str, tuple[Metric, dict[Labels, float]]]()
    for family in chain.from_iterable(map(text_string_to_metric_families, texts)):
        first = Metric(family.name, family.documentation, family.type)
        _, samples = totals.setdefault(family.name, (first, {}))
        # Figures of the shared store are not added up, and neither are the times at which counters began.
        add = max if family.name in STORE_METRICS or family.name.endswith("_created") else float.__add__
        for sample in family.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            samples[key] = add(samples[key], sample.value) if key in samples else sample.value
    for metric, samples in totals.values():
        for (name, *labels), value in samples.items():
            metric.add_sample(name, dict(labels), value)
        yield metric


@bp.get("/metrics")
def metrics() -> Response:
    """Return all metrics, in the version of Prometheus's format that the client accepts."""
    registry, peers = own_registry(current_app), peer_front_processes()
    if peers.position.count > 1:
        # The sums over all front processes; the counters of one that is being replaced start again at 0.
        registry = CollectorRegistry()
        registry.register(_ReadAtScrape(partial(_sums, [*peers.ask_all({"what": METRICS}).values()])))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type, headers={"Cache-Control": "no-store"})
