"""Administration of a running server: lists the queries and writes that are running, and stops one of them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from kg.tokens import Role
from kg.workers import PooledStore
from server.auth.roles import require_role
from server.http.errors import HttpError
from server.monitoring.health import uncached_json
from server.site import site

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def guard() -> None:
    """Require the role `admin` for all routes."""
    require_role(Role.ADMIN)


@bp.get("/queries")
def queries() -> Response:
    """List the running queries and writes, the oldest first, with the seconds since they arrived."""
    store, writer = site().store, site().writer
    queries = store.running() if isinstance(store, PooledStore) else ()
    writes = writer.running() if writer is not None else ()
    running = sorted((*queries, *writes), key=lambda task: task.number)
    return uncached_json(200, {"queries": [asdict(task) for task in running]})


@bp.delete("/queries/<int:number>")
def stop(number: int) -> Response:
    """Stop a query or a write; its client gets an error that says so."""
    store, writer = site().store, site().writer
    if not (isinstance(store, PooledStore) and store.stop(number)) and not (writer and writer.stop(number)):
        raise HttpError(404, f"There is no running query or write with the number {number} that could be stopped.")
    return Response(status=204)
