"""Registers the pages with an application, and renders the cached ones before the first request."""

from __future__ import annotations

from flask import Flask

from kg.formats import HTML
from server.pages.article_list import bp as corpus
from server.pages.assets import bp as assets
from server.pages.citation_page import bp as citations
from server.pages.collection_page import bp as collections
from server.pages.dataset_page import bp as dataset
from server.pages.disagreement_list import bp as disagreements
from server.pages.editor_completion import bp as editor
from server.pages.event_list import bp as events
from server.pages.front_page import bp as home
from server.pages.network_page import bp as network
from server.pages.paged_answers import KEPT_ANSWERS_EXTENSION, MAX_ANSWERS, MAX_BYTES, KeptAnswers
from server.pages.people_list import bp as people
from server.pages.rendering import register as register_rendering
from server.pages.search_page import bp as search
from server.pages.statement_list import bp as claims
from server.pages.timeline_page import bp as timeline
from server.pages.vocabulary_pages import bp as vocabulary
from server.pages.why_page import bp as why
from server.site import site

BLUEPRINTS = (
    assets,
    citations,
    claims,
    collections,
    corpus,
    dataset,
    disagreements,
    editor,
    events,
    home,
    network,
    people,
    search,
    timeline,
    vocabulary,
    why,
)


def register(app: Flask) -> None:
    """Register the blueprints and the template context with an application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions[KEPT_ANSWERS_EXTENSION] = KeptAnswers(MAX_ANSWERS, MAX_BYTES)
    register_rendering(app)


# Cached once per version; rendering them also fills the caches that all pages share.
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
