"""The application: one blueprint per noun, over the store that comes in as an argument."""

from __future__ import annotations

from flask import Flask

from kg.store.port import Store
from server.admin import bp as admin
from server.cors import register as register_cors
from server.errors import register as register_errors
from server.examples import bp as examples
from server.graph_writes import bp as graph_writes
from server.graphs import bp as graphs
from server.health import bp as health
from server.home import bp as home
from server.intake import register as register_intake
from server.logs import log_request, log_slow
from server.metrics import Metrics
from server.metrics import register as register_metrics
from server.observing import register as register_observing
from server.openapi import bp as openapi
from server.pages import register as register_pages
from server.protection import register as register_protection
from server.rates import register as register_rates
from server.roles import register as register_roles
from server.site import EXTENSION, Change, Settings, Site
from server.sparql import bp as sparql
from server.things import bp as things
from server.updates import bp as updates
from server.void import bp as void

BLUEPRINTS = (admin, examples, graph_writes, graphs, health, home, openapi, sparql, things, updates, void)


def create_app(store: Store, settings: Settings | None = None, change: Change | None = None) -> Flask:
    """Return a WSGI application that serves a store, and takes writes by `change`; several can live in one process."""
    settings = settings or Settings()
    app = Flask("server", static_folder=None)
    app.extensions[EXTENSION] = Site(store, settings, change)
    register_rates(app, settings.rate)
    register_roles(app)
    register_intake(app, settings.intake)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_pages(app)
    register_cors(app)
    register_protection(app)
    register_errors(app)
    counted = Metrics(store)
    register_metrics(app, counted)
    register_observing(app, (counted.count, log_request, log_slow(settings.slow)))
    return app
