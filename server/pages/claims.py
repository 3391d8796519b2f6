from __future__ import annotations

from flask import Blueprint, Response

bp = Blueprint("claims", __name__)


@bp.get("/statements")
def claims() -> Response:
    return Response("soon")
