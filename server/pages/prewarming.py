"""What would make the first reader of a page wait: made ready before one comes."""

from __future__ import annotations

from flask import Flask

from kg.formats import HTML
from server.site import site

KEPT = ("/", "/ontology", "/schemes", "/shapes")
"""Pages that are made once a version; with them comes what all pages need once a version."""


def prepare(app: Flask) -> None:
    """Compile the templates, and make the pages that are kept.

    Where the data is named by the address of a request, pages depend on that, and are left to their readers.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    for path in KEPT:
        with app.test_request_context(path, headers={"Accept": HTML.media_type}):
            if site().settings.base is not None:
                app.dispatch_request()
