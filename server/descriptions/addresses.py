"""Addresses of IRIs under this host, and the IRIs that addresses identify: two mirrored conversions.

`/about/REST` and `/data/REST` identify the base followed by REST. The path spells REST unchanged, including `%2F` and
`%25`, so it is read from the request target before anything decodes it (RFC 3986, section 2.2). Characters beyond ASCII
are sent as escapes of their UTF-8 (RFC 3987, section 3.1). An IRI that itself contains such escapes needs another
address, as does one with `?`, `#`, dot segments or empty segments, which browsers and proxies remove. These IRIs are
given in full, in the parameter `iri` of `/about` or `graph` of `/data`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import printable
from urllib.parse import parse_qs, quote, urlencode

from flask import g, request
from werkzeug.routing import BaseConverter

from server.http.errors import HttpError
from server.site import DATA, site

ABOUT = "about"
OWN_GRAPHS = "graph/"
"""The prefix, after the base, of the names of the dataset's own graphs, which are documents and have no page."""
PATH_SAFE_CHARACTERS = "/:@!$&'()*+,;=~-._"
"""Characters of a path besides letters and digits (RFC 3986, section 3.3)."""
REQUEST_PARAMETERS = frozenset(("format", "output", "version", "passage", "page"))
"""Parameters of a request about a thing; any other after `?` is part of the thing's IRI."""
_UTF8_ESCAPES = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_DOTS = re.compile(r"(?:\.|%2[Ee]){1,2}")
_NOT_IN_IRIS = re.compile(
    "[\x80-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""Characters beyond ASCII that no IRI contains (RFC 3987, ucschar), and bytes that are not UTF-8."""
_RESERVED = {"%25": "%", "%3F": "?", "%23": "#"}
_ESCAPED_RESERVED = re.compile("|".join(_RESERVED), re.IGNORECASE)


class IriConverter(BaseConverter):
    """Matches anything after the base in a route, with slashes and empty segments; `candidate_iris` reads it."""

    regex = ".+"
    # Otherwise werkzeug would match one segment only.
    part_isolating = False
    # The weight of werkzeug's own converter of paths: routes whose parts are fixed are tried first.
    weight = 200


def thing_address(iri: str) -> str:
    """Return the address of the page about a thing, or of one of the dataset's own graphs."""
    rest = iri.removeprefix(site().base)
    if rest == iri:
        return _about_address(iri)
    if rest.startswith(OWN_GRAPHS):
        return graph_address(iri)
    path = encode_path(rest)
    return _about_address(iri) if path is None else f"/{ABOUT}/{path}"


def graph_address(name: str) -> str:
    """Return the address where a graph is read and written."""
    rest = name.removeprefix(site().base)
    path = None if rest == name else encode_path(rest)
    return f"/{DATA}?graph={quote(name, safe='')}" if path is None else f"/{DATA}/{path}"


def graph_at(address: str) -> str | None:
    """Return the graph at an address of this server, given in full or as a path; None for any other address.

    The inverse of `graph_address`.
    """
    path = address.removeprefix(request.host_url.removesuffix("/"))
    if path.startswith(f"/{DATA}/"):
        return site().base + decode_path(path.removeprefix(f"/{DATA}/"))
    names = parse_qs(path.removeprefix(f"/{DATA}?")).get("graph", []) if path.startswith(f"/{DATA}?") else []
    return names[0] if len(names) == 1 else None


def with_parameters(address: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return an address with parameters appended."""
    added = urlencode([*parameters], safe="/")
    return f"{address}{'&' if '?' in address else '?'}{added}" if added else address


def current_address() -> str:
    """Return the address of the current request without its parameters."""
    return str(g.get("address")) if "address" in g else quote(request.path, safe=PATH_SAFE_CHARACTERS)


def current_parameters() -> list[tuple[str, str]]:
    """Return the parameters of the current request that are not part of a thing's IRI."""
    pairs = request.args.items(multi=True)
    return [(name, value) for name, value in pairs if "address" not in g or name in REQUEST_PARAMETERS]


def set_current_thing(iri: str) -> None:
    """Set the thing that the current request is about, for links on its page to itself."""
    g.address = thing_address(iri)


def encode_path(rest: str) -> str | None:
    """Return the path for the part of an IRI after the base, None if no path identifies it."""
    segments = rest.removesuffix("/").split("/")
    # Browsers and proxies remove empty and dot segments (RFC 3986, section 5.2.4).
    if any(not segment or _DOTS.fullmatch(segment) for segment in segments) or "?" in rest or "#" in rest:
        return None
    path = quote(rest, safe=f"{PATH_SAFE_CHARACTERS}%")
    # An IRI that itself contains escapes of UTF-8 would be read as another one.
    return path if decode_path(path) == rest else None


def decode_path(path: str) -> str:
    """Return the part of an IRI that a path identifies: escapes of UTF-8 are decoded, all others are kept."""
    return _UTF8_ESCAPES.sub(_decode_escapes, path)


def candidate_iris() -> Iterator[str]:
    """Yield the IRIs that the current request's target may identify, the most likely first.

    The first is the inverse of `encode_path`; the second takes escapes of UTF-8 for the IRI's own. The last keeps old
    links working, in which `%`, `?` and `#` are escaped once more.
    """
    path, query = _target_parts()
    unescaped = _ESCAPED_RESERVED.sub(lambda match: _RESERVED[match[0].upper()], path)
    rests = dict.fromkeys((decode_path(path + query), path + query, *(() if query else (decode_path(unescaped),))))
    return (site().base + rest for rest in rests)


def _about_address(iri: str) -> str:
    return f"/{ABOUT}?iri={quote(iri, safe='')}"


def _target_parts() -> tuple[str, str]:
    """Return the path after `/about/` or `/data/`, and the part after `?` that belongs to the IRI."""
    path, _, query = _raw_target().partition("?")
    parts = path.split("/", 2)
    if len(parts) < 3:  # noqa: PLR2004 -- an empty part, the route's name, the rest
        raise HttpError(404, f"Nothing is served at {path}.")
    of_iri = "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in REQUEST_PARAMETERS)
    return parts[2], f"?{of_iri}" if of_iri else ""


def _raw_target() -> str:
    """Return the request's target as sent, without a host; bytes beyond ASCII are escaped."""
    target: str = request.environ.get("REQUEST_URI", "")
    if not target:  # another WSGI server, as in tests
        target = f"{quote(request.path, safe=PATH_SAFE_CHARACTERS)}?{request.query_string.decode('latin-1')}"
    target = quote(target, safe=printable, encoding="latin-1").partition("#")[0]
    origin = _ORIGIN.match(target)
    return target[origin.end() :] if origin else target


def _decode_escapes(match: re.Match[str]) -> str:
    """Decode a run of escapes; those that are not UTF-8, or not a character of IRIs, are kept."""
    run, at, decoded = match[0], 0, []
    for character in bytes.fromhex(run.replace("%", "")).decode("utf-8", "surrogateescape"):
        end = at + 3 * len(character.encode("utf-8", "surrogateescape"))
        decoded.append(run[at:end] if _NOT_IN_IRIS.match(character) else character)
        at = end
    return "".join(decoded)
