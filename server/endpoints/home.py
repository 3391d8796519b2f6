"""The first page."""

from __future__ import annotations

from flask import Blueprint, Response

from server.pages import home_page

bp = Blueprint("home", __name__)


@bp.get("/")
def home() -> Response:
    """Show what is served here, and where to begin."""
    return home_page()
