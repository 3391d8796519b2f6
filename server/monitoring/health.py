"""For who runs the server: whether it is alive (/health), and whether it can answer now (/ready)."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Blueprint, Response

from kg.errors import CommuniqueError
from kg.workers import PooledStore
from server.http.errors import client_message
from server.site import site

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@bp.get("/health")
def health() -> Response:
    """Say that the process answers, and that no thread has died that it lives by: 503 then, and the process ends."""
    store = site().store
    failure = store.failure() if isinstance(store, PooledStore) else None
    if failure is not None:
        return told(503, {"status": "failing", "why": failure})
    return told(200, {"status": "alive"})


@bp.get("/ready")
def ready() -> Response:
    """Say whether a query would be answered: 503 and why not, while no worker is ready or the store cannot be read."""
    store = site().store
    try:
        version = store.current()
    except CommuniqueError as error:
        log.error("Not ready: %s", error)  # noqa: TRY400 -- the sentence says it all
        return told(503, {"ready": False, "why": client_message(error)})
    if isinstance(store, PooledStore) and store.stats().workers == 0:
        return told(503, {"ready": False, "why": "No worker is ready."})
    return told(200, {"ready": True, "version": version.name})


def told(status: int, said: dict[str, Any]) -> Response:
    """Return a JSON answer that nobody keeps."""
    headers = {"Cache-Control": "no-store", **({"Retry-After": "1"} if status == 503 else {})}  # noqa: PLR2004 -- not ready
    return Response(f"{json.dumps(said, ensure_ascii=False)}\n", status, headers, content_type="application/json")
