"""The application: one blueprint per noun, over the store that comes in as an argument."""

from __future__ import annotations

from flask import Flask

from kg.store.port import Store
from server import (
    admin,
    cors,
    errors,
    examples,
    graph_writes,
    graphs,
    health,
    home,
    logs,
    metrics,
    observing,
    pages,
    protection,
    sparql,
    things,
    updates,
    void,
)
from server.site import EXTENSION, Change, Settings, Site

BLUEPRINTS = (
    admin.bp,
    examples.bp,
    graph_writes.bp,
    graphs.bp,
    health.bp,
    home.bp,
    sparql.bp,
    things.bp,
    updates.bp,
    void.bp,
)


def create_app(store: Store, settings: Settings | None = None, change: Change | None = None) -> Flask:
    """Return a WSGI application that serves a store, and takes writes by `change`; several can live in one process."""
    settings = settings or Settings()
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.extensions[EXTENSION] = Site(store, settings, change)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.register(app)
    cors.register(app)
    protection.register(app)
    errors.register(app)
    counted = metrics.Metrics(store)
    metrics.register(app, counted)
    observing.register(app, (counted.count, logs.log_request, logs.log_slow(settings.slow)))
    return app
