"""The limits of a request's size, and the hooks that apply them to headers, bodies and compressed bodies."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import current_app, request

from kg.errors import RequestError
from kg.formats import FORM, UPDATE
from kg.store import PayloadLimits
from server.http.client import has_client_left
from server.http.decompression import DECODERS, InflationLimit, inflate
from server.http.errors import HttpError
from server.sockets.admission import REFUSAL, Refusal

KILOBYTE, MEGABYTE = 2**10, 2**20
RATIO_FREE_BYTES = MEGABYTE
"""The bytes that a body may inflate to whatever the ratio."""
LIMITS_EXTENSION = "communique.request_limits"
QUERY_PATH, WRITE_PATHS = "/sparql", ("/update", "/data")
"""The paths whose requests have bodies; for writes, all paths below them too."""


@dataclass(frozen=True)
class RequestLimits:
    """The limits of a request, in bytes; docs/limits.md describes what a client sees of each."""

    header: int = 32 * KILOBYTE
    """The request line and the header fields."""
    address: int = 16 * KILOBYTE
    """The path and the query string."""
    body: int = 10 * MEGABYTE
    """The body as sent."""
    form: int = 2 * MEGABYTE
    """A form, as sent and decompressed."""
    query: int = 512 * KILOBYTE
    """A query's text."""
    inflated: int = 50 * MEGABYTE
    """A compressed body, decompressed."""
    ratio: float = 200
    """How many times its size a compressed body may inflate to, beyond the first megabyte."""
    payload: PayloadLimits = field(default_factory=PayloadLimits)
    """The limits of RDF in a request."""

    def __post_init__(self) -> None:
        for name in ("header", "address", "body", "form", "query", "inflated", "ratio"):
            value = getattr(self, name)
            if value < 1:
                raise RequestError(f"The limit '{name}' is {value:g}: expected 1 or more.")

    def body_limit(self, path: str, media_type: str) -> tuple[str, int]:
        """Return the name and the bytes of the limit that applies to a request's body as sent."""
        if media_type in FORM.media_types:
            return "form", min(self.form, self.body)
        if path == QUERY_PATH and media_type not in UPDATE.media_types:
            return "query", min(self.query, self.body)
        if path == QUERY_PATH or any(path == prefix or path.startswith(f"{prefix}/") for prefix in WRITE_PATHS):
            return "body", self.body
        return "query", min(self.query, self.body)

    def inflation_limit(self, path: str, media_type: str, size: int) -> InflationLimit:
        """Return the limit of a compressed body of this size."""
        name, max_bytes = self.body_limit(path, media_type)
        if name == "body" and media_type not in UPDATE.media_types:
            name, max_bytes = "inflated", self.inflated
        by_ratio = max(RATIO_FREE_BYTES, int(self.ratio * size))
        if by_ratio < max_bytes:
            return InflationLimit(by_ratio, "ratio", self.ratio)
        return InflationLimit(max_bytes, name, max_bytes)


def payload_limits() -> PayloadLimits:
    """Return the limits of RDF in the current request."""
    return _request_limits().payload


def require_query_length(text: str) -> None:
    """Raise HttpError 413 if a query's text is too long."""
    limit = _request_limits().query
    # A character has at most four bytes, so a short text need not be encoded.
    if len(text) > limit // 4 and len(text.encode(errors="replace")) > limit:
        raise _too_long("query", limit, "query")


def _request_limits() -> RequestLimits:
    limits: RequestLimits = current_app.extensions[LIMITS_EXTENSION]
    return limits


def require_short_body() -> None:
    """Raise HttpError 413 if the body is declared to be too long; one without a length is limited as it is read."""
    name, limit = _request_limits().body_limit(request.path, request.mimetype)
    if (request.content_length or 0) > limit:
        raise _too_long(name, limit, "body")
    # A chunked body declares no length: Werkzeug counts the bytes that it reads.
    request.max_content_length = limit


def _too_long(name: str, limit: int, part: str) -> HttpError:
    sentence = f"The request's {part} is larger than this server's limit '{name}' of {limit:,} bytes."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, limit=name, value=limit)


def answer_refusal() -> None:
    """Raise the HttpError of a request that the socket server refused by its header, without reading its body."""
    refusal = request.environ.get(REFUSAL)
    if isinstance(refusal, Refusal):
        raise HttpError(refusal.status, refusal.sentence, headers=refusal.headers)


def decompress_body() -> None:
    """Replace a compressed body with its content (RFC 9110, section 8.4)."""
    encoding = request.environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in ("", "identity"):
        return
    if encoding not in DECODERS:
        offered = ", ".join(DECODERS)
        sentence = f"The Content-Encoding '{encoding}' is not supported here: expected one of {offered}."
        raise HttpError(415, sentence, headers={"Accept-Encoding": offered})
    data = request.get_data(cache=False)
    limit = _request_limits().inflation_limit(request.path, request.mimetype, len(data))
    body = inflate(data, encoding, limit, has_client_left())
    size = body.tell()
    body.seek(0)
    request.environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    request.stream = body
    request.max_content_length = limit.max_bytes
