"""Administration of a running server: lists the queries and writes that are running, and stops one of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from kg.tokens import Role
from kg.workers.served_store import ServedStore
from kg.writer.write_requests import Writer
from server.auth.authorization import require_role
from server.http.errors import HttpError, unavailable
from server.monitoring.health import uncached_json
from server.monitoring.peer_front_processes import peer_front_processes

TASKS, STOP = "tasks", "stop"
"""The questions of front processes to each other about their tasks."""

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def guard() -> None:
    """Require the role `admin` for all routes."""
    require_role(Role.ADMIN)


def list_tasks(store: ServedStore, writer: Writer | None) -> list[dict[str, Any]]:
    """Return the queries and writes that are running in this front process."""
    writes = writer.running() if writer is not None else ()
    return [asdict(task) for task in (*store.running(), *writes)]


def stop_task(store: ServedStore, writer: Writer | None, number: int) -> bool:
    """Stop a query or a write of this front process; return False if none has that number."""
    return store.stop(number) or (writer is not None and writer.stop(number))


@bp.get("/queries")
def queries() -> Response:
    """List the running queries and writes, the oldest first, with the seconds since they arrived."""
    tasks = [
        # Each front process numbers only its own tasks.
        {**task, "number": task["number"] * peer_front_processes().position.count + front}
        for front, tasks_of_front in peer_front_processes().ask_all({"what": TASKS}).items()
        for task in tasks_of_front
    ]
    return uncached_json(200, {"queries": sorted(tasks, key=lambda task: -task["seconds"])})


@bp.delete("/queries/<int:number>")
def stop(number: int) -> Response:
    """Stop a query or a write; its client gets an error that says so."""
    # The inverse of the numbering in `queries`.
    own_number, front = divmod(number, peer_front_processes().position.count)
    is_stopped = peer_front_processes().ask(front, {"what": STOP, "number": own_number})
    if is_stopped is None:
        sentence = f"The front process that would be running number {number} is not answering. Try again."
        raise unavailable(sentence)
    if not is_stopped:
        raise HttpError(404, f"There is no running query or write with the number {number} that could be stopped.")
    return Response(status=204)
