"""How long a request's header fields and address may be: what reads them costs more than they cost to send."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from server.http.errors import HttpError, shorten

LENGTHS: Mapping[str, int] = {
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
"""Characters that a field that is read here may have; what clients send has a tenth of it."""
MAX_OTHER_FIELD = 8 * 1024
"""Characters of any other field, such as Cookie and Referer, which nothing here reads."""
MAX_MEDIA_RANGES = 64
"""Media ranges of an Accept header; clients send a dozen."""


LONG_QUERIES = ("/sparql", "/update", "/data", "/why")
"""The addresses whose query string may be as long as an address may be; any other is one of a page or a list."""
MAX_PAGE_QUERY = 2 * 1024
"""Characters of a page's query string: the page repeats it in each of some two hundred addresses."""


def refuse_long_headers(most_of_address: int) -> None:
    """Refuse a field that costs more to read than most answers to make (431), and an overlong address (414).

    What is too long is taken away first, since the error's own format is negotiated.
    """
    _refuse_long_address(most_of_address)
    for key, value in [*request.environ.items()]:
        if not key.startswith("HTTP_") and key != "CONTENT_TYPE":
            continue
        name = "Content-Type" if key == "CONTENT_TYPE" else key.removeprefix("HTTP_").replace("_", "-").title()
        most = LENGTHS.get(name, MAX_OTHER_FIELD)
        if len(value) > most:
            _take_away(key)
            raise HttpError(
                431,
                f"The {name} header has {len(value):,} characters: expected {most:,} at most.",
                limit=name,
                value=most,
            )
    ranges = request.environ.get("HTTP_ACCEPT", "").count(",") + 1
    if ranges > MAX_MEDIA_RANGES:
        _take_away("HTTP_ACCEPT")
        sentence = f"The Accept header lists {ranges:,} media ranges: expected {MAX_MEDIA_RANGES} at most."
        raise HttpError(431, sentence, limit="media ranges", value=MAX_MEDIA_RANGES)


def _refuse_long_address(most: int) -> None:
    length = len(request.environ.get("REQUEST_URI", "")) or len(request.path) + len(request.query_string)
    if length <= most and len(request.query_string) > MAX_PAGE_QUERY and not _takes_long_queries(request.path):
        length, most = len(request.query_string), MAX_PAGE_QUERY
        sentence = f"The query string has {length:,} characters: expected {most:,} at most at {shorten(request.path)}."
        raise HttpError(414, sentence, limit="address", value=most)
    if length > most:
        sentence = f"The address has {length:,} characters: the limit 'address' is {most:,}. Send a long query by POST."
        raise HttpError(414, sentence, limit="address", value=most)


def _takes_long_queries(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in LONG_QUERIES)


def _take_away(key: str) -> None:
    request.environ[key] = ""
