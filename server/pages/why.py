from __future__ import annotations

from flask import Blueprint, Response

bp = Blueprint("why", __name__)


@bp.get("/why")
def why() -> Response:
    return Response("soon")
