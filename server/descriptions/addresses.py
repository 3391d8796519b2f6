"""Addresses of IRIs under this host, and the IRIs that addresses stand for: a mirrored pair.

`/about/REST` and `/data/REST` stand for the base and REST. A path carries REST as it is spelled, `%2F` and `%25`
included: what a request's target says before anything decodes it counts (RFC 3986, section 2.2). Letters beyond ASCII
travel as the escapes of their UTF-8 (RFC 3987, section 3.1), so that an IRI that spells these escapes itself needs
another address, as does one with `?`, `#`, dot segments or empty segments, which browsers and proxies take away. These
are named whole, in the parameter `iri` of `/about` or `graph` of `/data`.
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
GRAPHS = "graph/"
"""What the names of the dataset's own graphs begin with after the base; a graph is a document and has no page."""
PATH_SAFE_CHARACTERS = "/:@!$&'()*+,;=~-._"
"""What a path may hold beside letters and digits (RFC 3986, section 3.3)."""
REQUEST_PARAMETERS = frozenset(("format", "output", "version", "passage", "page"))
"""Parameters that say what of a thing is asked for; any other after `?` belongs to the thing's IRI."""
_ESCAPES = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_DOTS = re.compile(r"(?:\.|%2[Ee]){1,2}")
_NO_LETTERS = re.compile("[\x80-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]")
"""Characters beyond ASCII that no path of an IRI holds (RFC 3987, ucschar), and bytes that are not UTF-8."""
_RESERVED = {"%25": "%", "%3F": "?", "%23": "#"}


class IriConverter(BaseConverter):
    """What follows a base in a route: anything, with empty segments too; which IRI it is, `candidate_iris` says."""

    regex = ".+"
    part_isolating = False
    weight = 200


def thing_address(iri: str) -> str:
    """Return the address of the page about an IRI; a graph of the dataset's own is its own document."""
    rest = iri.removeprefix(site().base)
    if rest == iri:
        return _about(iri)
    if rest.startswith(GRAPHS):
        return graph_address(iri)
    path = path_of(rest)
    return _about(iri) if path is None else f"/{ABOUT}/{path}"


def graph_address(name: str) -> str:
    """Return the address that a graph's triples are read and written at."""
    rest = name.removeprefix(site().base)
    path = None if rest == name else path_of(rest)
    return f"/{DATA}?graph={quote(name, safe='')}" if path is None else f"/{DATA}/{path}"


def graph_at(address: str) -> str | None:
    """Return the name of the graph that is read and written at an address, or None if it is no address of ours.

    The address is whole or a path; `graph_address` is the opposite.
    """
    path = address.removeprefix(request.host_url.removesuffix("/"))
    if path.startswith(f"/{DATA}/"):
        return site().base + rest_of(path.removeprefix(f"/{DATA}/"))
    names = parse_qs(path.removeprefix(f"/{DATA}?")).get("graph", []) if path.startswith(f"/{DATA}?") else []
    return names[0] if len(names) == 1 else None


def with_parameters(address: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return an address with parameters added to those that it has."""
    added = urlencode([*parameters], safe="/")
    return f"{address}{'&' if '?' in address else '?'}{added}" if added else address


def current_address() -> str:
    """Return the address of what the request asks for, without its parameters."""
    return str(g.get("address")) if "address" in g else quote(request.path, safe=PATH_SAFE_CHARACTERS)


def current_parameters() -> list[tuple[str, str]]:
    """Return the parameters of the request that are no part of a thing's IRI."""
    pairs = request.args.items(multi=True)
    return [each for each in pairs if "address" not in g or each[0] in REQUEST_PARAMETERS]


def set_current_thing(iri: str) -> None:
    """Note what the request asks for, so that the links of its page to itself lead to the same thing."""
    g.address = thing_address(iri)


def path_of(rest: str) -> str | None:
    """Return the path that carries an IRI's rest, or None if `rest_of` would not read the same from it."""
    segments = rest.removesuffix("/").split("/")
    if any(not each or _DOTS.fullmatch(each) for each in segments) or "?" in rest or "#" in rest:
        return None
    path = quote(rest, safe=f"{PATH_SAFE_CHARACTERS}%")
    return path if rest_of(path) == rest else None


def rest_of(path: str) -> str:
    """Return the IRI's rest that a path carries: escapes of UTF-8 are letters, all others stay as they are spelled."""
    return _ESCAPES.sub(_letters, path)


def requested_iri() -> str:
    """Return the IRI that the request's target stands for."""
    return next(candidate_iris())


def candidate_iris() -> Iterator[str]:
    """Yield the IRIs that the request's target may stand for, first as the pair of functions above has it.

    Then the IRI that spells the escapes of letters itself, and last the one that pages linked to by this target when
    `%`, `?` and `#` were escaped once more, so that addresses which are written down somewhere lead on.
    """
    path, own = _target()
    linked = () if own else (rest_of(_unescaped(path)),)
    seen = dict.fromkeys((rest_of(path + own), path + own, *linked))
    return (site().base + each for each in seen)


def _about(iri: str) -> str:
    return f"/{ABOUT}?iri={quote(iri, safe='')}"


def _target() -> tuple[str, str]:
    """Return what the request's target says after `/about/` or `/data/`, and the part after `?` that is the IRI's."""
    path, _, query = _raw().partition("?")
    parts = path.split("/", 2)
    if len(parts) < 3:  # noqa: PLR2004 -- nothing, the name of the route, the rest
        raise HttpError(404, f"Nothing is served at {path}.")
    own = "&".join(each for each in query.split("&") if each.partition("=")[0] not in REQUEST_PARAMETERS)
    return parts[2], f"?{own}" if own else ""


def _raw() -> str:
    """Return the request's target as it was sent, without a host; bytes beyond ASCII as their escapes."""
    sent: str = request.environ.get("REQUEST_URI", "")
    if not sent:  # a WSGI server that does not tell
        sent = f"{quote(request.path, safe=PATH_SAFE_CHARACTERS)}?{request.query_string.decode('latin-1')}"
    whole = quote(sent, safe=printable, encoding="latin-1").partition("#")[0]
    found = _ORIGIN.match(whole)
    return whole[found.end() :] if found else whole


def _unescaped(path: str) -> str:
    return re.sub("%25|%3F|%23", lambda found: _RESERVED[found[0].upper()], path, flags=re.IGNORECASE)


def _letters(escapes: re.Match[str]) -> str:
    """Return the letters that a run of escapes spells; what spells none stays."""
    run, at, found = escapes[0], 0, []
    for letter in bytes.fromhex(run.replace("%", "")).decode("utf-8", "surrogateescape"):
        end = at + 3 * len(letter.encode("utf-8", "surrogateescape"))
        found.append(run[at:end] if _NO_LETTERS.match(letter) else letter)
        at = end
    return "".join(found)
