"""HTTP requests of LOAD and SERVICE to other hosts, guarded against server-side request forgery.

Only hosts that the operator allows are contacted. A name is resolved once, and the connection is made to an address
that was checked, so that a name that resolves differently a moment later (DNS rebinding) gains nothing. Redirects are
not followed, proxies and credentials of the environment are not used, and time and size are limited.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Event, Timer
from urllib.parse import urlencode, urlsplit

from kg.errors import FetchError, ForbiddenError
from kg.formats import FORM, GRAPH_FORMATS, JSON, Format
from kg.writer.write_requests import Document

PORTS = {"http": 80, "https": 443}
FETCH_TIMEOUT_SECONDS = 20.0
"""The time from the connection to the last byte."""
ACCEPT = ", ".join(f"{format_.media_type};q={1 - place / 10:.1f}" for place, format_ in enumerate(GRAPH_FORMATS))
"""The Accept header of LOAD."""
TRANSLATED_NETWORKS = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""IPv6 networks that embed IPv4 addresses, including private ones (RFC 6052, RFC 8215)."""


@dataclass(frozen=True)
class RemoteAddress:
    """A URL to request, parsed."""

    label: str
    """The keyword and the URL, for errors."""
    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class OutboundRequest:
    """What to send: the Accept header, and a form to POST, if any."""

    accept: str
    form: str | None = None


def fetch_document(
    url: str, hosts: tuple[str, ...], max_bytes: int, timeout: float = FETCH_TIMEOUT_SECONDS
) -> Document:
    """Return the RDF document at a URL. Raises ForbiddenError if its host is not allowed, FetchError if it fails."""
    address = _allowed_address("LOAD", url, hosts)
    response, data = _send(address, hosts, OutboundRequest(ACCEPT), max_bytes, timeout)
    return Document(data, _document_format(response, address), url)


def query_endpoint(url: str, query: str, hosts: tuple[str, ...], max_bytes: int, timeout: float) -> bytes:
    """Return an endpoint's JSON results. Raises ForbiddenError if its host is not allowed, FetchError if it fails."""
    address = _allowed_address("SERVICE", url, hosts)
    outbound = OutboundRequest(JSON.media_type, urlencode({"query": query}))
    return _send(address, hosts, outbound, max_bytes, timeout)[1]


def _send(
    address: RemoteAddress, hosts: tuple[str, ...], outbound: OutboundRequest, max_bytes: int, timeout: float
) -> tuple[HTTPResponse, bytes]:
    try:
        ip = _resolve(address, hosts)
        with _deadline(timeout) as timer:
            response, data = _exchange(address, ip, timer, outbound, max_bytes)
            if timer.expired.is_set():
                raise TimeoutError(f"it took longer than {timeout:g} s")
    except (OSError, HTTPException, UnicodeError) as error:
        raise FetchError(f"{address.label}: nothing was fetched: {str(error) or type(error).__name__}.") from error
    return response, data


def _allowed_address(keyword: str, url: str, hosts: tuple[str, ...]) -> RemoteAddress:
    """Parse a URL. Raises ForbiddenError if it is not an HTTP URL of an allowed host."""
    label = f"{keyword} <{url}>"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ForbiddenError(f"{label}: this is not a URL.") from None
    # With the dot of the DNS root, it is still the same host.
    host = (parts.hostname or "").rstrip(".")
    # With a user or non-ASCII letters, the host that is contacted might not be the one that was compared.
    if parts.scheme not in PORTS or not host or parts.username is not None or not url.isascii():
        raise ForbiddenError(f"{label}: expected a URL of http or https, without a user, of an allowed host.")
    default_port = PORTS[parts.scheme]
    spellings = [f"{_bracketed(host)}:{port or default_port}"]
    if port in (None, default_port):
        spellings += [host, _bracketed(host)]
    if not any(spelling in hosts for spelling in spellings):
        raise ForbiddenError(f"{label}: the operator does not allow its host (`kg serve --allow-host`).")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return RemoteAddress(label, parts.scheme, host, port or default_port, path)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _resolve(address: RemoteAddress, hosts: tuple[str, ...]) -> str:
    """Return an IP address of the host. Raises ForbiddenError if any is neither public nor itself allowed."""
    resolved = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    allowed = {_without_port(host) for host in hosts}
    ips = [str(sockaddr[0]) for *_, sockaddr in resolved]
    # All of them: a host with a private address beside a public one is not trusted.
    for ip in ips:
        if ip not in allowed and not is_public(ip):
            raise ForbiddenError(f"{address.label}: its host has the address {ip}, which is not public.")
    return ips[0]


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def is_public(address: str) -> bool:
    """Return whether an IP address is public in any notation, judged by the IPv4 address that it embeds, if any."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if any(ip in network for network in TRANSLATED_NETWORKS):
            return False
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1] or ip
    return ip.is_global and not ip.is_multicast


class _DeadlineTimer:
    """Shuts a connection down from another thread: a socket's own timeout restarts with every byte."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.expired = Event()

    def expire(self) -> None:
        self.expired.set()
        if self.socket is not None:
            with suppress(OSError):  # the connection has already ended
                self.socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline(seconds: float) -> Iterator[_DeadlineTimer]:
    deadline = _DeadlineTimer()
    timer = Timer(seconds, deadline.expire)
    # A server that is ending must not wait for the timer.
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


def _exchange(
    address: RemoteAddress, ip: str, timer: _DeadlineTimer, outbound: OutboundRequest, max_bytes: int
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(address.host, address.port)
    # The socket is connected here, since HTTPConnection would resolve the name again.
    connection.sock = timer.socket = socket.create_connection((ip, address.port), FETCH_TIMEOUT_SECONDS)
    try:
        if address.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=address.host)
            timer.socket = connection.sock
        # Not compressed: a few bytes could stand for more than the limit allows.
        headers = {"Accept": outbound.accept, "Accept-Encoding": "identity"}
        if outbound.form is None:
            connection.request("GET", address.path, headers=headers)
        else:
            connection.request("POST", address.path, outbound.form, {**headers, "Content-Type": FORM.media_type})
        response = connection.getresponse()
        if response.status != HTTPStatus.OK:
            raise HTTPException(f"the host answers {response.status}: expected 200 (redirects are not followed)")
        return response, _read_whole(response, max_bytes)
    finally:
        connection.close()


def _read_whole(response: HTTPResponse, max_bytes: int) -> bytes:
    """Return the body. Raises HTTPException if it is too long, compressed, or perhaps incomplete."""
    # A body that ends with the connection looks the same as one that was cut off.
    if response.length is None and not response.chunked:
        raise HTTPException("the host says neither how long the document is nor where it ends")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise HTTPException("the document is compressed, which was not requested")
    # One byte more than allowed shows that there are too many.
    data = response.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise HTTPException(f"the document has more than {max_bytes:,} bytes")
    if response.length:
        raise HTTPException(f"the document ends {response.length:,} bytes early")
    return data


def _document_format(response: HTTPResponse, address: RemoteAddress) -> Format:
    media_type = response.headers.get_content_type()
    extension = address.path.partition("?")[0].rpartition(".")[2]
    # Servers send files of any format as text/plain, so the extension is more reliable.
    for format_ in GRAPH_FORMATS:
        if media_type in format_.media_types and media_type != "text/plain":
            return format_
    for format_ in GRAPH_FORMATS:
        if extension == format_.extension:
            return format_
    raise FetchError(f"{address.label}: the document is {media_type}, which is not a format of RDF.")
