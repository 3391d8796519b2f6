"""The pages' blueprints, one a noun, and what an application's templates need."""

from __future__ import annotations

from flask import Flask

from server.pages import (
    assets,
    claims,
    dataset,
    disagreements,
    editor,
    happenings,
    people,
    rendering,
    search,
    vocabulary,
    why,
)

BLUEPRINTS = (
    assets.bp,
    claims.bp,
    dataset.bp,
    disagreements.bp,
    editor.bp,
    happenings.bp,
    people.bp,
    search.bp,
    vocabulary.bp,
    why.bp,
)


def register(app: Flask) -> None:
    """Give an application the pages that have an address of their own."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    rendering.register(app)
