"""What every write shares: under which precondition, and what is said of the version that it made."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request
from werkzeug.datastructures import ETags

from kg.formats import TEXT
from kg.store.interfaces import Version
from kg.writer import Document, Preconditions, WriteRequest, Written
from kg.writer.write_requests import ANY, Action
from server.auth.roles import holder
from server.endpoints.outbound_requests import fetch
from server.http.client import request_client, timeout_seconds
from server.http.errors import HttpError
from server.http.parameters import Parameters
from server.http.request_limits import payload_limits
from server.site import site


def written(action: Action, parameters: Parameters) -> Written:
    """Make a write, inferred and validated, the current version; HttpError or a CommuniqueError says why not."""
    writer = site().writer
    if writer is None:
        raise HttpError(403, "This server is read-only: its store takes no writes.")
    by = f" by {holder()}" if holder() else ""
    asked = WriteRequest(action, f"{request.method} {request.path}{by}", _preconditions(), payload_limits())
    return writer.write(asked, _fetch, request_client(timeout_seconds(parameters.get("timeout"))))


def _fetch(url: str) -> Document:
    settings = site().settings
    return fetch(url, settings.hosts, settings.request_limits)


def _preconditions() -> Preconditions:
    """Return what the client knows of the current state (RFC 9110, section 13.1)."""
    return Preconditions(_tags(request.if_match), _tags(request.if_none_match, weak=True))


def _tags(sent: ETags, *, weak: bool = False) -> frozenset[str]:
    """Return the versions that a header names."""
    return frozenset({ANY} if sent.star_tag else sent.as_set(include_weak=weak))


def done(
    version: Version, status: int = HTTPStatus.NO_CONTENT, location: str | None = None, sentence: str = ""
) -> Response:
    """Answer a write, in a sentence where there is one to say: the tag names the version that it made."""
    response = Response(f"{sentence}\n" if sentence else b"", status, content_type=f"{TEXT.media_type}; charset=utf-8")
    if not sentence:
        del response.headers["Content-Type"]
    response.set_etag(version.name)
    response.headers["Location"] = location or f"/data?version={version.name}"
    return response
