"""Validators of responses (RFC 9110, section 8.8) and conditional requests (section 13).

A version of the store never changes, so an ETag is a hash of the version and of everything else that the response
depends on, and a revalidation evaluates nothing. `If-Modified-Since` is not honoured: a rollback, or a build with a
fixed clock, gives two versions the same date, while their tags differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

from flask import Response, request
from werkzeug.datastructures import ETags
from werkzeug.http import http_date

from kg.store.interfaces import Version
from server.http.compression import requested_encoding
from server.http.errors import HttpError
from server.http.negotiation import add_vary

REVALIDATE = "no-cache"
DO_NOT_STORE = "no-store"
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}
"""The header fields of conditional requests, by their names in the WSGI environment."""
MAX_KNOWN_DATES = 100


@dataclass(frozen=True)
class Validator:
    """The version and the ETag of a response; the tag is None if two evaluations may differ."""

    version: Version
    tag: str | None
    strong: bool = False

    def matches(self, tags: ETags) -> bool:
        """Return whether If-None-Match lists this tag (weak comparison, section 13.1.2)."""
        return self.tag is not None and not tags.star_tag and tags.contains_weak(self.tag)

    def matches_strongly(self, tags: ETags) -> bool:
        """Return whether If-Match lists this tag (strong comparison, section 13.1.1)."""
        return tags.star_tag or (self.strong and self.tag is not None and tags.contains(self.tag))

    def add_headers(self, response: Response) -> Response:
        """Add the caching headers to a response."""
        add_vary(response)
        response.headers["Cache-Control"] = REVALIDATE if self.tag else DO_NOT_STORE
        if self.tag:
            response.set_etag(self.tag, weak=not self.strong)
            if self.version.created:
                response.headers["Last-Modified"] = last_modified(self.version)
        return response


def last_modified(version: Version) -> str:
    """Return the value of Last-Modified for responses on a version that has a date."""
    return _http_date(version.created)


@lru_cache(MAX_KNOWN_DATES)
def _http_date(created: str) -> str:
    return http_date(datetime.fromisoformat(created))


@dataclass(frozen=True)
class Representation:
    """The address and encoding of a requested response, with the host, since addresses in a response start with it."""

    scheme: str
    host: str
    path: str
    encoding: str

    def tag(self, version: Version, *parts: object) -> str:
        """Return the tag of a response that also depends on these parts and the version."""
        # JSON keeps the parts apart.
        place = (self.scheme, self.host, self.path, self.encoding)
        key = json.dumps([version.name, version.digest, *place, *map(str, parts)])
        return f"{version.name}-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def requested_representation() -> Representation:
    """Return the representation that the current request asks for."""
    return Representation(request.scheme, request.host, request.path, requested_encoding())


def make_validator(version: Version, *parts: object, strong: bool = False) -> Validator:
    """Return the validator of a response that depends on these parts, the version, the address and the encoding."""
    return Validator(version, requested_representation().tag(version, *parts), strong)


def conditional_response(validator: Validator, make: Callable[[], Response]) -> Response:
    """Return 304 if the client has the response already, else the response of `make`. Raises HttpError 412."""
    reads = request.method in ("GET", "HEAD")
    if not (reads and CONDITIONS & request.environ.keys()):
        return validator.add_headers(make())
    if request.if_match and not validator.matches_strongly(request.if_match):
        raise HttpError(412, f"If-Match does not match version {validator.version.name}.")
    if validator.matches(request.if_none_match):
        return validator.add_headers(Response(status=304))
    response = validator.add_headers(make())
    # `If-None-Match: *` matches any existing representation: whether there is one is known only now.
    if request.if_none_match.star_tag and response.status_code == HTTPStatus.OK:
        response.close()
        return validator.add_headers(Response(status=304))
    return response
