"""The use case `push`: graphs of a store replace those of the same names on another server (Graph Store Protocol).

Each graph is one PUT whose length is announced, so that a server takes it whole or not at all. PUT is idempotent, hence
a lost connection or a busy server is tried again; any other answer ends the push.
"""

from __future__ import annotations

import http.client
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from kg import formats
from kg.app.export import full_names
from kg.errors import FetchError, RequestError
from kg.store import names_of, open_store

ATTEMPTS = 4
"""How often a graph is sent before the push fails."""
TIMEOUT = 300.0
"""Seconds that the server may be silent."""
MAX_MEMORY = 8 * 2**20
"""Bytes of a graph that are kept in memory; the rest waits in a temporary file."""
MAX_PAUSE = 30
"""Seconds between two attempts at most, whatever the server asks for."""
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
_GONE = (OSError, http.client.HTTPException)
Pause = Callable[[float], None]


@dataclass(frozen=True)
class PushedGraph:
    """A graph that the server has now."""

    name: str
    triples: int


class BusyServerError(FetchError):
    """The server has no time now; holds the seconds that it asks to wait for."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class TargetServer:
    """A server by the address of its Graph Store Protocol, with the headers that it wants of every request."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, pause: Pause = time.sleep) -> None:
        """Raise RequestError if the address is not one of HTTP."""
        self._address, self._headers, self._pause = urlsplit(url), headers or {}, pause
        if self._address.scheme not in {"http", "https"} or not self._address.hostname:
            raise RequestError(f"{url!r} is no address of a server: expected one such as http://localhost:7878/store.")

    def replace(self, name: str, body: BinaryIO) -> None:
        """Make a graph hold what a document of N-Triples says. Raises FetchError if the server does not take it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._put(name, body)
            except BusyServerError as error:
                if attempt == ATTEMPTS:
                    raise
                self._pause(min(error.seconds or 2**attempt, MAX_PAUSE))
            except _GONE as error:
                if attempt == ATTEMPTS:
                    reason = f"did not take <{name}> in {ATTEMPTS} attempts: {error}"
                    raise FetchError(f"{self._address.netloc} {reason}.") from error
                self._pause(2**attempt)
        return None

    def _put(self, name: str, body: BinaryIO) -> None:
        status, wait, words = self._answer(name, body)
        if status in _BUSY:
            text = f"{self._address.netloc} was too busy for <{name}>: {status} {words}"
            raise BusyServerError(text, float(wait) if wait.isdigit() else 0)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise FetchError(f"{self._address.netloc} refused <{name}>: {status} {words}")

    def _answer(self, name: str, body: BinaryIO) -> tuple[int, str, str]:
        """Return the status of a PUT, what it says of when to try again, and its words."""
        address, length = self._address, body.seek(0, os.SEEK_END)
        body.seek(0)
        query = f"{address.query}&" if address.query else ""
        headers = {"Content-Type": formats.NTRIPLES.media_type, "Content-Length": str(length), **self._headers}
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        with closing(kind(address.hostname or "", address.port, timeout=TIMEOUT)) as connection:
            connection.request("PUT", f"{address.path or '/'}?{query}graph={quote(name, safe='')}", body, headers)
            response = connection.getresponse()
            words = f"{response.reason}. {' '.join(response.read(2000).decode('utf-8', 'replace').split())}"
        return response.status, response.headers.get("Retry-After", ""), words.strip()


def push(
    folder: Path, server: TargetServer, graphs: Iterable[str] = (), version: str | None = None
) -> Iterator[PushedGraph]:
    """Yield each graph (all, or those named) once the server has it.

    Raises UnknownGraphError as `export_graphs` does, and FetchError if the server refuses a graph or is not to be had;
    what it had of that graph, it then still has.
    """
    names, store = names_of(folder), open_store(folder)
    pinned = store.version(version)
    for name in [*full_names(graphs, names.base if names else "", pinned.counts)] or sorted(pinned.counts):
        with tempfile.SpooledTemporaryFile(MAX_MEMORY) as body:
            body.writelines(store.graph(name, formats.NTRIPLES, pinned.name).chunks)
            server.replace(name, body)  # type: ignore[arg-type]  # a file, though its type does not say so
        yield PushedGraph(name, pinned.counts[name])
