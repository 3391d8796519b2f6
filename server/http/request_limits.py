"""What is let in: how much a request may hold, and compressed bodies, which are inflated no further than that."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, current_app, request

from kg.errors import RequestError
from kg.formats import FORM, UPDATE
from kg.store import PayloadLimits
from server.http.decompression import DECODERS, InflationLimit, inflate
from server.http.errors import HttpError
from server.http.header_limits import refuse_long_headers

KILOBYTE, MEGABYTE = 2**10, 2**20
UNSUSPICIOUS = MEGABYTE
"""Bytes that a body may always inflate to, whatever the ratio."""
LIMITS_EXTENSION = "communique.intake"
SPARQL, WRITTEN_TO = "/sparql", ("/update", "/data")
"""The addresses whose requests have bodies: that of queries, and those of writes, with what stands below them."""


@dataclass(frozen=True)
class RequestLimits:
    """What a request may hold; sizes in bytes. docs/limits.md says what a client sees of each."""

    header: int = 32 * KILOBYTE
    """The request line and the header fields."""
    address: int = 16 * KILOBYTE
    """The path and the query string."""
    body: int = 10 * MEGABYTE
    """The body as it is sent."""
    form: int = 2 * MEGABYTE
    """A form, as it is sent and once it is inflated."""
    query: int = 512 * KILOBYTE
    """A query's text."""
    inflated: int = 50 * MEGABYTE
    """A compressed body once it is inflated."""
    ratio: float = 200
    """How many times its size a compressed body may inflate to, beyond its first megabyte."""
    payload: PayloadLimits = field(default_factory=PayloadLimits)
    """What RDF that is sent may hold."""

    def __post_init__(self) -> None:
        names = ("header", "address", "body", "form", "query", "inflated", "ratio")
        for name in names:
            value = getattr(self, name)
            if value < 1:
                raise RequestError(f"The limit '{name}' is {value:g}: expected 1 or more.")

    def body_limit(self, path: str, media_type: str) -> tuple[str, int]:
        """Return the limit of the body of a request: its name, and its bytes as they are sent."""
        if media_type in FORM.media_types:
            return "form", min(self.form, self.body)
        if path == SPARQL and media_type not in UPDATE.media_types:
            return "query", min(self.query, self.body)
        if path == SPARQL or any(path == each or path.startswith(f"{each}/") for each in WRITTEN_TO):
            return "body", self.body
        return "query", min(self.query, self.body)

    def inflation_limit(self, path: str, media_type: str, size: int) -> InflationLimit:
        """Return what a compressed body of that size may inflate to."""
        name, most = self.body_limit(path, media_type)
        if name == "body" and media_type not in UPDATE.media_types:
            name, most = "inflated", self.inflated
        by_ratio = max(UNSUSPICIOUS, int(self.ratio * size))
        return InflationLimit(by_ratio, "ratio", self.ratio) if by_ratio < most else InflationLimit(most, name, most)


def register_headers(app: Flask, intake: RequestLimits) -> None:
    """Let an application read no header and no address that is too long; first of all, since errors read them too."""

    def refuse() -> None:
        refuse_long_headers(intake.address)

    app.before_request(refuse)


def register_body_limits(app: Flask, intake: RequestLimits) -> None:
    """Let an application take bodies of so many bytes and no more."""
    app.config["MAX_CONTENT_LENGTH"] = intake.body
    app.extensions[LIMITS_EXTENSION] = intake
    app.before_request(_refuse_long_body)


def register_inflation(app: Flask) -> None:
    """Let an application take compressed bodies."""
    app.before_request(_inflate)


def payload_limits() -> PayloadLimits:
    """Return what RDF that is sent with the current request may hold."""
    return _intake().payload


def limited_query(text: str) -> str:
    """Return a query's text, or raise a 413 if it is longer than a query may be."""
    most = _intake().query
    if len(text) > most // 4 and len(text.encode(errors="replace")) > most:
        raise _too_long("query", most, "query")
    return text


def _intake() -> RequestLimits:
    intake: RequestLimits = current_app.extensions[LIMITS_EXTENSION]
    return intake


def _refuse_long_body() -> None:
    name, most = _intake().body_limit(request.path, request.mimetype)
    if (request.content_length or 0) > most:
        raise _too_long(name, most, "body")
    request.max_content_length = most


def _too_long(name: str, most: int, what: str) -> HttpError:
    sentence = f"The request's {what} is larger than this server's limit '{name}' of {most:,} bytes."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, limit=name, value=most)


def _inflate() -> None:
    """Put the inflated body in the place of a compressed one (RFC 9110, section 8.4)."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return
    if encoding not in DECODERS:
        offered = ", ".join(DECODERS)
        sentence = f"The Content-Encoding '{encoding}' is not taken here: expected one of {offered}."
        raise HttpError(415, sentence, headers={"Accept-Encoding": offered})
    data = request.get_data(cache=False)
    limit = _intake().inflation_limit(request.path, request.mimetype, len(data))
    has_left = request.environ.get("waitress.client_disconnected", lambda: False)
    body = inflate(data, encoding, limit, has_left)
    size = body.tell()
    body.seek(0)
    request.environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    request.stream = body
    request.max_content_length = limit.most
