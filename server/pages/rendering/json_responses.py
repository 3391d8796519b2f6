"""JSON responses for the pages' scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response

from kg.formats import SCRIPTED
from kg.store.interfaces import Version
from server.http.conditional_requests import conditional_response, make_validator
from server.http.streaming import stream_response


def json_response(version: Version, make: Callable[[], Any], *parts: object) -> Response:
    """Return the value of `make` as JSON, validated by the version and the request parts it depends on."""

    # Not called if the client has the value already: then nothing is looked up.
    def write() -> Response:
        text = json.dumps(make(), ensure_ascii=False, separators=(",", ":"))
        return stream_response(iter((text.encode(),)), SCRIPTED)

    return conditional_response(make_validator(version, *parts), write)
