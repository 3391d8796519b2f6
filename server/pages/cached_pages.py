"""Renders the pages that are cached once per version before the first request."""

from __future__ import annotations

from flask import Flask

from kg.formats import HTML
from server.site import site

# Rendering them also fills the caches that all pages share.
CACHED_PAGES = ("/", "/ontology", "/ontology/relations", "/schemes", "/shapes", "/editor/terms")


def render_cached_pages(app: Flask) -> None:
    """Compile the templates and render the cached pages.

    Without a configured base IRI, pages depend on the Host of the request and are not cached.
    """
    # Jinja compiles a template when it is first used, which takes longer than rendering it.
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    for path in CACHED_PAGES:
        with app.test_request_context(path, headers={"Accept": HTML.media_type}):
            if site().settings.base is not None:
                app.dispatch_request()
