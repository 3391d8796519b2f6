"""What the server counts, for Prometheus, at /metrics (the exposition format is the library's).

Each application has a registry of its own. What others count already (the pool of workers, the store's versions) is
read when it is asked for; routes are counted by their pattern, so that no client can make names without end.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from kg.errors import CommuniqueError
from kg.store import EmbeddedStore
from kg.store.interfaces import Store, Version
from kg.workers import PooledStore, PoolStats
from server.http.request_tracking import RequestRecord

EXTENSION = "communique.metrics"
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
GAUGES = {
    "workers": "Worker processes that are ready.",
    "busy": "Workers that answer a query.",
    "slow": "Workers that answer a query that has turned out slow.",
    "waiting": "Queries that wait for a worker.",
}
COUNTERS = {
    "served": "Queries that workers have answered.",
    "failed": "Queries that ended in an error, a limit included.",
    "refused": "Queries that were refused because too many waited.",
    "restarts": "Workers that were replaced.",
    "evictions": "Queries whose worker was taken for quicker ones, and that began anew.",
}

bp = Blueprint("metrics", __name__)


class Metrics:
    """The figures of one application."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("communique_requests", "Requests, by what they asked.", labels, registry=self.registry)
        self._seconds = Histogram(
            "communique_request_seconds",
            "Seconds from a request's arrival to its last byte.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._bytes = Counter("communique_answer_bytes", "Bytes of answers' bodies.", registry=self.registry)
        self._broken = Counter("communique_broken_answers", "Answers that ended early.", registry=self.registry)
        self._cache = Counter(
            "communique_cache_lookups",
            "Answers with an ETag: `hit` where the client had it already and nothing was evaluated.",
            ("result",),
            registry=self.registry,
        )
        self.registry.register(_Pool(store))
        self.registry.register(_Versions(store))

    def count(self, seen: RequestRecord) -> None:
        """Count a request that has ended."""
        method = seen.method if seen.method in METHODS else "other"
        self._requests.labels(method, seen.route, str(seen.status)).inc()
        self._seconds.labels(seen.route).observe(seen.seconds)
        self._bytes.inc(seen.size)
        self._broken.inc(not seen.whole)
        if seen.tagged and method in ("GET", "HEAD", "POST"):
            self._cache.labels("hit" if seen.status == 304 else "miss").inc()  # noqa: PLR2004 -- Not Modified


class _Pool(Collector):
    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of the pool of workers, none where there is none."""
        if isinstance(self._store, PooledStore):
            yield from _of_pool(self._store.stats())


def _of_pool(stats: PoolStats) -> Iterator[Metric]:
    for name, text in GAUGES.items():
        yield GaugeMetricFamily(
            f"communique_queries_{name}" if name != "workers" else "communique_workers", text, getattr(stats, name)
        )
    for name, text in COUNTERS.items():
        yield CounterMetricFamily(f"communique_queries_{name}", text, getattr(stats, name))


class _Versions(Collector):
    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Yield what there is to count of the store."""
        readable = "Whether the store can be read: 1, or 0 where it is damaged or gone."
        try:
            figures = [*self._of(self._store.current(), len(self._store.names()))]
        except CommuniqueError:
            figures = []
        yield GaugeMetricFamily("communique_store_readable", readable, int(bool(figures)))
        yield from figures

    def _of(self, current: Version, kept: int) -> Iterator[Metric]:
        yield GaugeMetricFamily("communique_version", "The number of the current version.", int(current.name))
        yield GaugeMetricFamily("communique_versions_kept", "Versions that are kept.", kept)
        yield GaugeMetricFamily("communique_graphs", "Named graphs.", len(current.counts))
        yield GaugeMetricFamily("communique_triples", "Triples in the default graph.", current.default)
        if isinstance(self._store, EmbeddedStore | PooledStore):
            yield GaugeMetricFamily("communique_store_bytes", "Bytes of the versions' files.", self._store.size())


def register(app: Flask, metrics: Metrics) -> None:
    """Let an application answer for its figures."""
    app.extensions[EXTENSION] = metrics
    app.register_blueprint(bp)


@bp.get("/metrics")
def metrics() -> Response:
    """Send all figures, in the version of the format that is asked for."""
    known: Metrics = current_app.extensions[EXTENSION]
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(known.registry), content_type=content_type, headers={"Cache-Control": "no-store"})
