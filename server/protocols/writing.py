"""What every write shares: under which precondition, and what is said of the version that it made."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Response, request

from kg.formats import TEXT
from kg.store.port import Transaction, Version
from server.access.roles import holder
from server.http.errors import HttpError
from server.site import site


def written(edit: Callable[[Transaction], None]) -> Version:
    """Make an edit, inferred and validated, the current version; HttpError or a CommuniqueError says why not."""
    change = site().change
    if change is None:
        raise HttpError(403, "This server is read-only: its store takes no writes.")
    by = f" by {holder()}" if holder() else ""
    return change(edit, f"{request.method} {request.path}{by}")


def check_preconditions(base: Version, *, exists: bool) -> None:
    """Raise a 412 where the client knows another state than there is (RFC 9110, section 13.1); within the lock."""
    wanted, unwanted = request.if_match, request.if_none_match
    if wanted and not (exists if wanted.star_tag else _names(wanted.as_set(), base)):
        raise HttpError(412, f"If-Match names another state: the current version is {base.name}. Read it first.")
    if unwanted and (exists if unwanted.star_tag else _names(unwanted.as_set(include_weak=True), base)):
        raise HttpError(412, f"If-None-Match names what there is already, in version {base.name}.")


def _names(tags: set[str], base: Version) -> bool:
    return any(tag.partition("-")[0] == base.name for tag in tags)


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
