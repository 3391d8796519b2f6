"""Fills the caches of templates and pages before the first request."""

from __future__ import annotations

from flask import Flask

from kg.formats import HTML
from server.site import site

CACHED_PAGES = ("/", "/ontology", "/ontology/relations", "/schemes", "/shapes", "/editor/terms")
"""Pages and a list of terms that are cached per version; rendering them also fills the caches that all pages share."""


def prepare(app: Flask) -> None:
    """Compile the templates and render the cached pages.

    Without a configured base IRI pages depend on the Host of the request, and are not cached.
    """
    # Jinja compiles a template at its first use, which takes longer than rendering it.
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    for path in CACHED_PAGES:
        with app.test_request_context(path, headers={"Accept": HTML.media_type}):
            if site().settings.base is not None:
                app.dispatch_request()
