from __future__ import annotations

from flask import Blueprint, Response

bp = Blueprint("dataset", __name__)


@bp.get("/dataset")
def dataset() -> Response:
    return Response("soon")
