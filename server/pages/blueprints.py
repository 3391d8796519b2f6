"""The pages' blueprints, one a noun, and what an application's templates need."""

from __future__ import annotations

from flask import Flask

from server.pages.assets import bp as assets
from server.pages.claims import bp as claims
from server.pages.corpus import bp as corpus
from server.pages.dataset import bp as dataset
from server.pages.disagreements import bp as disagreements
from server.pages.editor import bp as editor
from server.pages.events import bp as events
from server.pages.network import bp as network
from server.pages.people import bp as people
from server.pages.rendering import register as register_rendering
from server.pages.search import bp as search
from server.pages.timeline import bp as timeline
from server.pages.vocabulary import bp as vocabulary
from server.pages.why import bp as why

BLUEPRINTS = (
    assets,
    claims,
    corpus,
    dataset,
    disagreements,
    editor,
    events,
    network,
    people,
    search,
    timeline,
    vocabulary,
    why,
)


def register(app: Flask) -> None:
    """Give an application the pages that have an address of their own."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_rendering(app)
