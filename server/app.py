"""The Flask application: one blueprint per subject, over a given store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask

from kg.workers.served_store import ServedStore
from kg.writer.write_requests import Writer
from server.auth.authorization import admit_request
from server.auth.cors import add_cors_headers
from server.auth.rate_limits import register_rate_limits
from server.descriptions.addresses import IriConverter
from server.descriptions.void import bp as void
from server.endpoints.immediate_responses import ImmediateResponses
from server.endpoints.prepared_requests import PreparedRequests
from server.http.answer_cache import ANSWER_CACHE_EXTENSION, AnswerCache
from server.http.asked_queries import AskedQueries
from server.http.blueprints import blueprints_in
from server.http.cache_middleware import FIND_CACHED_EXTENSION, CacheMiddleware
from server.http.errors import register_errors
from server.http.header_limits import require_short_headers
from server.http.page_relay import PageConnector, register_page_relay
from server.http.request_limits import (
    LIMITS_EXTENSION,
    RequestLimits,
    answer_refusal,
    decompress_body,
    require_short_body,
)
from server.http.request_tracking import RequestListener, register_request_tracking
from server.http.response_cache import ResponseCache
from server.http.security_headers import add_security_headers
from server.monitoring.health import bp as health
from server.monitoring.logs import log_request, log_slow_queries
from server.monitoring.metrics import METRICS, own_metrics, register_metrics
from server.monitoring.peer_front_processes import PEERS_EXTENSION, PeerFrontProcesses
from server.monitoring.running_queries import STOP, TASKS, list_tasks, stop_task
from server.monitoring.running_queries import bp as admin
from server.pages.cached_pages import render_cached_pages
from server.pages.paging.paged_answers import KEPT_ANSWERS_EXTENSION, MAX_ANSWERS, MAX_BYTES, KeptAnswers
from server.pages.rendering.page_rendering import register as register_rendering
from server.search.index_cache import get_index_cache, register_index_cache, renew_index_cache
from server.site import SITE_EXTENSION, Settings, Site

PAGES = blueprints_in("server.pages")
BLUEPRINTS = (admin, health, void, *blueprints_in("server.endpoints"), *PAGES)
RELAYED = {
    *{page.name for page in PAGES} - {"assets"},
    *("examples", "things.about", "void"),
    *(f"reconciliation.{name}" for name in ("by_get", "preview", "propose", "suggest")),
}
"""What page processes answer, by blueprint or endpoint: everything that is computed in Python for each request.

The pages of /sparql are made there too (server/endpoints/sparql.py), and POST requests to /reconcile answered.
"""


def create_app(
    store: ServedStore,
    settings: Settings | None = None,
    writer: Writer | None = None,
    page_processes: PageConnector | None = None,
) -> Flask:
    """Return a WSGI application that serves a store, read-only without a writer; a process may have several.

    Pages are rendered by `page_processes`, or in this process if that is None.
    """
    settings = settings or Settings()
    app = _new_app(store, settings, writer)
    # The hooks of a request run in this order: cheap refusals come first, and the body is read last.
    app.before_request(partial(require_short_headers, settings.request_limits.address))
    register_rate_limits(app, settings.rate)
    for hook in (admit_request, require_short_body, answer_refusal, decompress_body):
        app.before_request(hook)
    app.config["MAX_CONTENT_LENGTH"] = settings.request_limits.body
    _register_content(app, store, settings)
    app.after_request(add_cors_headers)
    app.after_request(add_security_headers)
    if settings.cache:
        asked_queries = AskedQueries() if settings.refresh > 0 else None
        app.extensions[ANSWER_CACHE_EXTENSION] = AnswerCache(settings.cache, asked_queries)
    count_request = register_metrics(app, store, page_processes)
    listeners = (count_request, log_request, log_slow_queries(settings.slow))
    if settings.cache and not settings.private and not settings.rate:
        _register_cache_middleware(app, store, listeners)
    register_request_tracking(app, listeners)
    _register_fronts(app, store, writer)
    if page_processes is not None:
        register_page_relay(app, page_processes, _is_relayed)
    return app


def prepare_pages(app: Flask) -> None:
    """Render the cached pages and build the search index, which the first request would otherwise wait for."""
    render_cached_pages(app)
    get_index_cache(app).index()


def renew_settings(app: Flask, store: ServedStore, settings: Settings) -> None:
    """Replace the settings of an application."""
    # A new object: a request in progress keeps the one it has, whose cached values belong to the old settings.
    app.extensions[SITE_EXTENSION] = replace(app.extensions[SITE_EXTENSION], settings=settings, _values={})
    renew_index_cache(app, store, settings)


def _register_cache_middleware(app: Flask, store: ServedStore, listeners: tuple[RequestListener, ...]) -> None:
    """Answer repeated and similar requests before Flask; only for a site that anyone may read at any rate."""
    answers: AnswerCache = app.extensions[ANSWER_CACHE_EXTENSION]
    response_cache = ResponseCache(answers, store.current, listeners)
    limits: RequestLimits = app.extensions[LIMITS_EXTENSION]
    immediate = ImmediateResponses(app, answers, response_cache, limits, listeners)
    app.extensions[FIND_CACHED_EXTENSION] = immediate.find
    prepared = PreparedRequests(app, answers, limits, immediate)
    app.wsgi_app = CacheMiddleware(prepared, answers, response_cache)  # type: ignore[method-assign]


def _register_fronts(app: Flask, store: ServedStore, writer: Writer | None) -> None:
    """Let an application answer the other front processes of its server, in case there are several."""
    app.extensions[PEERS_EXTENSION] = PeerFrontProcesses(
        {
            METRICS: lambda _: own_metrics(app),
            TASKS: lambda _: list_tasks(store, writer),
            STOP: lambda question: stop_task(store, writer, question["number"]),
        }
    )


def create_page_app(store: ServedStore, settings: Settings) -> Flask:
    """Return the application of a page process: it answers requests that a front process admitted, and never writes."""
    app = _new_app(store, settings, None)
    _register_content(app, store, settings)
    return app


class _Application(Flask):
    """A Flask application whose views and hooks are plain functions, so that requests need not check each of them."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged."""
        return func


def _new_app(store: ServedStore, settings: Settings, writer: Writer | None) -> Flask:
    app = _Application("server", static_folder=None)
    app.url_map.converters["iri"] = IriConverter
    app.extensions[SITE_EXTENSION] = Site(store, settings, writer)
    app.extensions[LIMITS_EXTENSION] = settings.request_limits
    return app


def _register_content(app: Flask, store: ServedStore, settings: Settings) -> None:
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_index_cache(app, store, settings)
    app.extensions[KEPT_ANSWERS_EXTENSION] = KeptAnswers(MAX_ANSWERS, MAX_BYTES)
    register_rendering(app)
    register_errors(app)


def _is_relayed(endpoint: str) -> bool:
    return endpoint in RELAYED or endpoint.partition(".")[0] in RELAYED
