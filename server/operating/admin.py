"""Looking after a running server: which queries are under way, and an end to one of them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from kg.access import Role
from kg.workers import PooledStore
from server.access.roles import require
from server.http.errors import HttpError
from server.operating.health import told
from server.site import site

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def guard() -> None:
    """Let only administrators in."""
    require(Role.ADMIN)


@bp.get("/queries")
def queries() -> Response:
    """List what is under way, oldest first; seconds since it arrived."""
    store = site().store
    running = store.running() if isinstance(store, PooledStore) else ()
    return told(200, {"queries": [asdict(one) for one in running]})


@bp.delete("/queries/<int:number>")
def stop(number: int) -> Response:
    """End a query; its client is told that it was stopped."""
    store = site().store
    if not isinstance(store, PooledStore) or not store.stop(number):
        raise HttpError(404, f"No query of the number {number} is under way.")
    return Response(status=204)
