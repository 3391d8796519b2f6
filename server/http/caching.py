"""Validators of answers (RFC 9110, section 8.8): what a cache may keep, and how it asks whether that still holds.

A version of the store never changes, so an answer is known by its version and by all that its bytes depend on; a
request that carries the tag already has the answer, and nothing is evaluated. `If-Modified-Since` is not honoured: a
rollback or a build with a fixed clock gives two versions one date, while tags always tell them apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import Response, request
from werkzeug.datastructures import ETags

from kg.store.interfaces import Version
from server.http.compression import choose_encoding
from server.http.errors import HttpError

KEEP_AND_ASK = "no-cache"
KEEP_NOTHING = "no-store"


@dataclass(frozen=True)
class Validator:
    """What tells one answer from another; a tag of None says that no two evaluations agree."""

    version: Version
    tag: str | None
    strong: bool = False

    def matches(self, asked: ETags) -> bool:
        """Tell whether the client has this answer already (weak comparison, section 13.1.2)."""
        return self.tag is not None and not asked.star_tag and asked.contains_weak(self.tag)

    def is_among(self, asked: ETags) -> bool:
        """Tell whether the client asks for this very answer (strong comparison, section 13.1.1)."""
        return asked.star_tag or (self.strong and self.tag is not None and asked.contains(self.tag))

    def stamp(self, response: Response) -> Response:
        """Put the validators on an answer."""
        response.vary.update(("Accept", "Accept-Encoding"))
        response.headers["Cache-Control"] = KEEP_AND_ASK if self.tag else KEEP_NOTHING
        if self.tag:
            response.set_etag(self.tag, weak=not self.strong)
            response.last_modified = datetime.fromisoformat(self.version.created)
        return response


def make_validator(version: Version, *parts: object, strong: bool = False) -> Validator:
    """Return the validator of an answer that depends on these parts, beside the version, address and encoding."""
    chosen = choose_encoding(request.accept_encodings)
    described = json.dumps([version.name, version.digest, request.host_url, request.path, chosen, *map(str, parts)])
    digest = hashlib.sha256(described.encode()).hexdigest()
    return Validator(version, f"{version.name}-{digest[:24]}", strong)


def conditional_response(known: Validator, make: Callable[[], Response]) -> Response:
    """Answer 304 to who has the answer, and otherwise make it; either carries the validators.

    Only an answer that there would be is one that a client can have: `*` is looked at when it has been made.
    """
    reads = request.method in ("GET", "HEAD")
    if reads and request.if_match and not known.is_among(request.if_match):
        raise HttpError(412, f"If-Match names another state than version {known.version.name} has.")
    if reads and known.matches(request.if_none_match):
        return known.stamp(Response(status=304))
    response = known.stamp(make())
    if reads and request.if_none_match.star_tag and response.status_code == HTTPStatus.OK:
        response.close()
        return known.stamp(Response(status=304))
    return response
