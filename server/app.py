"""The application: one blueprint per noun, over the store that comes in as an argument."""

from __future__ import annotations

from flask import Flask

from kg.store.port import Store
from server import cors, errors, examples, graphs, home, sparql, things, void
from server.site import EXTENSION, Settings, Site

BLUEPRINTS = (examples.bp, graphs.bp, home.bp, sparql.bp, things.bp, void.bp)


def create_app(store: Store, settings: Settings | None = None) -> Flask:
    """Return a WSGI application that serves a store; several can live in one process."""
    settings = settings or Settings()
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.extensions[EXTENSION] = Site(store, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cors.register(app)
    errors.register(app)
    return app
