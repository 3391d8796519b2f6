"""Probes: whether the process is alive (/health), and whether it can answer queries now (/ready)."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response

from kg.errors import CommuniqueError
from server.http.conditional_requests import DO_NOT_STORE
from server.http.errors import client_message
from server.site import site

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@bp.get("/health")
def health() -> Response:
    """Report whether the process is alive: 503 if one of its essential threads has died, after which it exits."""
    store = site().store
    if (failure := store.failure()) is not None:
        return uncached_json(503, {"status": "failing", "why": failure})
    engine = {"engine": name} if (name := store.engine_name()) else {}
    return uncached_json(200, {"status": "alive", **engine})


@bp.get("/ready")
def ready() -> Response:
    """Report whether queries can be answered: 503 if no worker is ready or the store cannot be read."""
    store = site().store
    try:
        version = store.current()
    except CommuniqueError as error:
        log.error("Not ready: %s", error)  # noqa: TRY400 -- the message is complete without a traceback
        return uncached_json(503, {"ready": False, "why": client_message(error)})
    if (stats := store.stats()) is not None and stats.workers == 0:
        return uncached_json(503, {"ready": False, "why": "No worker is ready."})
    engine = {"engine": name} if (name := store.engine_name()) else {}
    return uncached_json(200, {"ready": True, "version": version.name, **engine})


def uncached_json(status: int, content: dict[str, Any]) -> Response:
    """Return a JSON response that must not be cached."""
    headers = {"Cache-Control": DO_NOT_STORE}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    return Response(f"{json.dumps(content, ensure_ascii=False)}\n", status, headers, content_type="application/json")
