"""Fetching what LOAD and SERVICE name, from hosts that the operator lists and no others.

A name is resolved once, its addresses are checked, and the connection goes to an address that was checked: what the
name stands for a moment later does not count. No redirect is followed, no proxy and no credentials of the environment
are used, and time and size are limited.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Event, Timer
from urllib.parse import SplitResult, urlencode, urlsplit

from kg.errors import FetchError, ForbiddenError
from kg.formats import FORM, GRAPH_FORMATS, JSON, Format
from kg.writer import Document
from server.http.request_limits import RequestLimits

PORTS = {"http": 80, "https": 443}
PATIENCE = 20.0
"""Seconds that fetching may take, from the connection to the last byte."""
OK = 200
TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""Networks of IPv6 that stand for addresses of IPv4 (RFC 6052, RFC 8215)."""


@dataclass(frozen=True)
class Source:
    """An address to fetch, taken apart."""

    asked: str
    """The keyword and the address, as errors name them."""
    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Asking:
    """What is sent to a host: what its answer may be, and a form for it, if any."""

    accept: str
    form: str | None = None


def fetch(url: str, hosts: tuple[str, ...], request_limits: RequestLimits, patience: float = PATIENCE) -> Document:
    """Return a document; ForbiddenError where its host may not be asked, FetchError where it gives none."""
    source = _allowed("LOAD", url, hosts)
    answer, data = _received(source, hosts, Asking(_accept()), request_limits.body, patience)
    return Document(data, _format(answer, source), url)


def ask(
    url: str, query: str, hosts: tuple[str, ...], request_limits: RequestLimits, patience: float = PATIENCE
) -> bytes:
    """Return an endpoint's JSON answer to a query. Raises ForbiddenError if its host is not listed, or FetchError."""
    source = _allowed("SERVICE", url, hosts)
    asking = Asking(JSON.media_type, urlencode({"query": query}))
    return _received(source, hosts, asking, request_limits.body, patience)[1]


def _received(
    source: Source, hosts: tuple[str, ...], asking: Asking, most: int, patience: float
) -> tuple[HTTPResponse, bytes]:
    try:
        address = _resolved(source, hosts)
        with _deadline(patience) as (expired, guard):
            answer, data = _got(source, address, guard, asking, most)
            if expired.is_set():
                raise TimeoutError(f"it took longer than {patience:g} s")
    except (OSError, HTTPException, UnicodeError) as error:
        raise FetchError(f"{source.asked}: nothing was fetched: {str(error) or type(error).__name__}.") from error
    return answer, data


def _allowed(word: str, url: str, hosts: tuple[str, ...]) -> Source:
    """Take an address apart, or raise ForbiddenError where it is not of a host that is listed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ForbiddenError(f"{word} <{url}>: this is no address.") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in PORTS or not host or parts.username is not None or not url.isascii():
        raise ForbiddenError(f"{word} <{url}>: expected an address of http or https, without a user, of a listed host.")
    usual = PORTS[parts.scheme]
    listed = (f"{_bracketed(host)}:{port or usual}", *([host, _bracketed(host)] if port in (None, usual) else []))
    if not any(one in hosts for one in listed):
        raise ForbiddenError(f"{word} <{url}>: the operator has not listed its host (`kg serve --allow-host`).")
    return Source(f"{word} <{url}>", parts.scheme, host, port or usual, _path(parts))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _resolved(source: Source, hosts: tuple[str, ...]) -> str:
    """Return an address of the source's host; ForbiddenError where one of them is not public and not listed either."""
    found = [each[4][0] for each in socket.getaddrinfo(source.host, source.port, type=socket.SOCK_STREAM)]
    names = {_name(host) for host in hosts}
    for address in map(str, found):
        if address not in names and not is_public(address):
            raise ForbiddenError(f"{source.asked}: its host has the address {address}, which is not a public one.")
    return str(found[0])


def _name(host: str) -> str:
    """Return a listed host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public network, whichever way it is written."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if any(found in network for network in TRANSLATED):
            return False
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        found = inside or found
    return found.is_global and not found.is_multicast


class _Guard:
    """Ends a connection from another thread, once there is one."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.expired = Event()

    def expire(self) -> None:
        self.expired.set()
        if self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself


@contextmanager
def _deadline(seconds: float) -> Iterator[tuple[Event, _Guard]]:
    guard = _Guard()
    timer = Timer(seconds, guard.expire)
    timer.daemon = True
    timer.start()
    try:
        yield guard.expired, guard
    finally:
        timer.cancel()


def _got(source: Source, address: str, guard: _Guard, asking: Asking, most: int) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(source.host, source.port)
    connection.sock = guard.socket = socket.create_connection((address, source.port), PATIENCE)
    try:
        if source.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=source.host)
            guard.socket = connection.sock
        headers = {"Accept": asking.accept, "Accept-Encoding": "identity"}
        if asking.form is None:
            connection.request("GET", source.path, headers=headers)
        else:
            connection.request("POST", source.path, asking.form, {**headers, "Content-Type": FORM.media_type})
        answer = connection.getresponse()
        if answer.status != OK:
            raise HTTPException(f"the host answers {answer.status}, where 200 was expected (no redirect is followed)")
        return answer, _read(answer, most)
    finally:
        connection.close()


def _read(answer: HTTPResponse, most: int) -> bytes:
    """Return a document that is whole, or raise HTTPException."""
    if answer.length is None and not answer.chunked:
        raise HTTPException("the host says neither how long the document is nor where it ends")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise HTTPException("the document is compressed, and was asked for as it is")
    data = answer.read(most + 1)
    if len(data) > most:
        raise HTTPException(f"the document has more than {most:,} bytes")
    if answer.length:
        raise HTTPException(f"the document ends {answer.length:,} bytes early")
    return data


def _accept() -> str:
    return ", ".join(f"{row.media_type};q={1 - number / 10:.1f}" for number, row in enumerate(GRAPH_FORMATS))


def _format(answer: HTTPResponse, source: Source) -> Format:
    kind, extension = answer.headers.get_content_type(), source.path.partition("?")[0].rpartition(".")[2]
    for row in GRAPH_FORMATS:
        if kind in row.media_types and kind != "text/plain":
            return row
    for row in GRAPH_FORMATS:
        if extension == row.extension:
            return row
    raise FetchError(f"{source.asked}: the document is {kind}, which is no format of RDF that is read here.")
