"""What all writes share: preconditions, calling the writer, and the response that names the new version."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request
from werkzeug.datastructures import ETags

from kg.datasets import GraphNames
from kg.formats import TEXT
from kg.store.interfaces import Version
from kg.writer.write_requests import ANY, Action, Document, Preconditions, WriteRequest, Written
from server.auth.authorization import administers, token_name
from server.endpoints.outbound_requests import fetch_document
from server.http.client import parse_timeout, request_client
from server.http.errors import HttpError
from server.http.parameters import Parameters, query_parameters
from server.http.request_limits import payload_limits
from server.site import site


def write(action: Action, parameters: Parameters | None = None, *, collects: bool = False) -> Written:
    """Carry out a write with inference and validation, and publish it. Raises HttpError or CommuniqueError.

    Collections can only be changed by administrators, and at addresses that check whose item it is (`collects`).
    """
    writer = site().writer
    if writer is None:
        raise HttpError(403, "This server is read-only: its store takes no writes.")
    author = f" by {token_name()}" if token_name() else ""
    # Only the name: a note is published with the version, and a token or an address must not be.
    note = f"{request.method} {request.path}{author}"
    timeout = parse_timeout((parameters or query_parameters()).get("timeout"))
    protected = "" if collects or administers() else GraphNames(site().base).collection("")
    # The versions that the client has (RFC 9110, section 13.1), by the tags of `write_response`.
    preconditions = Preconditions(_tags(request.if_match), _tags(request.if_none_match, weak=True))
    write_request = WriteRequest(action, note, preconditions, payload_limits(), protected)
    return writer.write(write_request, _fetch, request_client(timeout))


def write_response(
    version: Version, status: int = HTTPStatus.NO_CONTENT, location: str | None = None, sentence: str = ""
) -> Response:
    """Return the response to a write: its ETag and Location name the version; `sentence`, if any, is its body."""
    response = Response(f"{sentence}\n" if sentence else b"", status, content_type=f"{TEXT.media_type}; charset=utf-8")
    # Flask sets a Content-Type for an empty body too.
    if not sentence:
        del response.headers["Content-Type"]
    # The tag to send as If-Match with the next write.
    response.set_etag(version.name)
    response.headers["Location"] = location or f"/data?version={version.name}"
    return response


def _fetch(url: str) -> Document:
    settings = site().settings
    return fetch_document(url, settings.hosts, settings.request_limits.body)


def _tags(header: ETags, *, weak: bool = False) -> frozenset[str]:
    return frozenset({ANY} if header.star_tag else header.as_set(include_weak=weak))
