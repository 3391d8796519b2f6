"""Looking after a running server: which queries and writes are under way, and an end to one of them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from kg.tokens import Role
from kg.workers import PooledStore
from server.auth.roles import require
from server.http.errors import HttpError
from server.monitoring.health import told
from server.site import site

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def guard() -> None:
    """Let only administrators in."""
    require(Role.ADMIN)


@bp.get("/queries")
def queries() -> Response:
    """List what is under way, oldest first; seconds since it arrived."""
    found = site()
    queries = found.store.running() if isinstance(found.store, PooledStore) else ()
    writes = found.writer.running() if found.writer is not None else ()
    running = sorted((*queries, *writes), key=lambda one: one.number)
    return told(200, {"queries": [asdict(one) for one in running]})


@bp.delete("/queries/<int:number>")
def stop(number: int) -> Response:
    """End a query or a write; its client is told that it was stopped."""
    store, writer = site().store, site().writer
    if not (isinstance(store, PooledStore) and store.stop(number)) and not (writer and writer.stop(number)):
        raise HttpError(404, f"No query or write of the number {number} is under way that could be ended.")
    return Response(status=204)
