"""The home page, at /."""

from __future__ import annotations

from flask import Blueprint, Response

from server.pages import home_page

bp = Blueprint("home", __name__)


@bp.get("/")
def home() -> Response:
    """Show what this site serves and where to start."""
    return home_page()
