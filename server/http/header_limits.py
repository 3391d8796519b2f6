"""Limits of header fields and addresses, which cost more to read than to send."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from server.http.errors import HttpError, shorten

MAX_FIELD_CHARACTERS: Mapping[str, int] = {
    "Accept": 2048,
    "Accept-Encoding": 512,
    "Accept-Language": 1024,
    "Access-Control-Request-Headers": 1024,
    "Authorization": 1024,
    "Content-Encoding": 128,
    "Content-Type": 1024,
    "Forwarded": 1024,
    "Host": 512,
    "If-Match": 2048,
    "If-None-Match": 2048,
    "Origin": 512,
    "Range": 256,
    "Sec-Fetch-Site": 64,
    "X-Forwarded-For": 1024,
    "X-Forwarded-Host": 512,
    "X-Request-Id": 256,
}
"""The fields that the server reads; real clients send a tenth of these lengths."""
_LIMITS = {
    ("" if name == "Content-Type" else "HTTP_") + name.upper().replace("-", "_"): limit
    for name, limit in MAX_FIELD_CHARACTERS.items()
}
"""The same limits by the names of the WSGI environment."""
MAX_OTHER_FIELD_CHARACTERS = 8 * 1024
"""The limit of any other field, such as Cookie and Referer, which the server does not read."""
MAX_MEDIA_RANGES = 64
"""Media ranges of an Accept header; real clients send a dozen."""
LONG_QUERY_PATHS = ("/sparql", "/update", "/data", "/why", "/collect")
"""Paths whose query string may be as long as the address; all others are pages and lists."""
MAX_PAGE_QUERY_CHARACTERS = 2 * 1024
"""The query string of a page, which repeats it in about two hundred links."""


def require_short_headers(max_address: int) -> None:
    """Raise HttpError 431 if a header field is too long, 414 if the address is.

    The field is emptied first, since the same fields decide the format of the error.
    """
    _require_short_address(max_address)
    environ = request.environ
    for key, value in [*environ.items()]:
        if not key.startswith("HTTP_") and key != "CONTENT_TYPE":
            continue
        limit = _LIMITS.get(key, MAX_OTHER_FIELD_CHARACTERS)
        if len(value) > limit:
            environ[key] = ""
            name = key.removeprefix("HTTP_").replace("_", "-").title()
            raise HttpError(
                431,
                f"The {name} header has {len(value):,} characters: expected {limit:,} at most.",
                limit=name,
                value=limit,
            )
    # Counted by commas before it is parsed: parsing is what the limit protects against.
    ranges = environ.get("HTTP_ACCEPT", "").count(",") + 1
    if ranges > MAX_MEDIA_RANGES:
        environ["HTTP_ACCEPT"] = ""
        sentence = f"The Accept header lists {ranges:,} media ranges: expected {MAX_MEDIA_RANGES} at most."
        raise HttpError(431, sentence, limit="media ranges", value=MAX_MEDIA_RANGES)


def _require_short_address(limit: int) -> None:
    path, query_length = request.path, len(request.query_string)
    length = len(request.environ.get("REQUEST_URI", "")) or len(path) + query_length
    takes_long_queries = any(path == prefix or path.startswith(f"{prefix}/") for prefix in LONG_QUERY_PATHS)
    if length <= limit and query_length > MAX_PAGE_QUERY_CHARACTERS and not takes_long_queries:
        length, limit = query_length, MAX_PAGE_QUERY_CHARACTERS
        sentence = f"The query string has {length:,} characters: expected {limit:,} at most at {shorten(path)}."
        raise HttpError(414, sentence, limit="address", value=limit)
    if length > limit:
        sentence = (
            f"The address has {length:,} characters: the limit 'address' is {limit:,}. Send a long query by POST."
        )
        raise HttpError(414, sentence, limit="address", value=limit)
