"""What the pages' scripts ask for: JSON in the scripts' own shape, made once a version."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Response

from kg.formats import SCRIPTED
from kg.store.interfaces import Version
from server.http.caching import conditional, validator
from server.http.streaming import streamed


def scripted(version: Version, make: Callable[[], Any], *parts: object) -> Response:
    """Answer with what `make` makes of a version and the parts of the request that it depends on."""
    return conditional(validator(version, *parts), lambda: streamed(iter((written(make()),)), SCRIPTED))


def written(value: object) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
