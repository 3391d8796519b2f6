"""The application: one blueprint per noun, over the store that comes in as an argument."""

from __future__ import annotations

from flask import Flask

from kg.store.interfaces import Store
from kg.writer import Writer
from server.auth.cors import register as register_cors
from server.auth.rate_limits import register as register_rates
from server.auth.roles import register as register_roles
from server.descriptions.addresses import IriConverter
from server.descriptions.void import bp as void
from server.endpoints.examples import bp as examples
from server.endpoints.graph_writes import bp as graph_writes
from server.endpoints.graphs import bp as graphs
from server.endpoints.home import bp as home
from server.endpoints.linked_data import bp as things
from server.endpoints.openapi import bp as openapi
from server.endpoints.sparql import bp as sparql
from server.endpoints.update import bp as updates
from server.http.errors import register as register_errors
from server.http.refusals import register as register_refusals
from server.http.request_limits import register_body_limits, register_headers, register_inflation
from server.http.request_tracking import register as register_observing
from server.http.security_headers import register as register_protection
from server.monitoring.admin import bp as admin
from server.monitoring.health import bp as health
from server.monitoring.logs import log_request, log_slow
from server.monitoring.metrics import Metrics
from server.monitoring.metrics import register as register_metrics
from server.pages import register as register_pages
from server.search import register_index_cache as register_indexing
from server.site import SITE_EXTENSION, Settings, Site

BLUEPRINTS = (admin, examples, graph_writes, graphs, health, home, openapi, sparql, things, updates, void)


def create_app(store: Store, settings: Settings | None = None, writer: Writer | None = None) -> Flask:
    """Return a WSGI application that serves a store, and takes writes by `writer`; several can live in one process."""
    settings = settings or Settings()
    app = Flask("server", static_folder=None)
    app.url_map.converters["iri"] = IriConverter
    app.extensions[SITE_EXTENSION] = Site(store, settings, writer)
    register_headers(app, settings.request_limits)
    register_rates(app, settings.rate)
    register_roles(app)
    register_body_limits(app, settings.request_limits)
    register_refusals(app)
    register_inflation(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_indexing(app, store)
    register_pages(app)
    register_cors(app)
    register_protection(app)
    register_errors(app)
    counted = Metrics(store)
    register_metrics(app, counted)
    register_observing(app, (counted.count, log_request, log_slow(settings.slow)))
    return app
