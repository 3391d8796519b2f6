"""The use case `push`: replaces graphs on another server with a store's graphs of the same names.

Each graph is one PUT with a Content-Length, so that a server accepts it completely or not at all. PUT is idempotent, so
it is retried after a lost connection or if the server is busy; any other response ends the push. See the SPARQL 1.1
Graph Store HTTP Protocol.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote
from urllib.request import Request

from kg import formats
from kg.app.export import full_names
from kg.engines import DigestLogin, Login
from kg.engines.engine_connection import ATTEMPTS, MAX_PAUSE, TIMEOUT, Pause
from kg.engines.http_servers import GONE, connection_to, digest_challenge, host_of, seconds_to_wait, server_address
from kg.errors import FetchError
from kg.store import names_of, open_store

MAX_MEMORY = 8 * 2**20
"""The bytes of a graph that are kept in memory; larger ones go to a temporary file."""
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
NO_LOGIN = Login()


@dataclass(frozen=True)
class PushedGraph:
    """A graph that the server has accepted."""

    name: str
    triples: int


class BusyServerError(FetchError):
    """The server is busy; holds the delay that it requests in seconds."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class TargetServer:
    """A server, given its Graph Store Protocol address."""

    def __init__(self, url: str, login: Login = NO_LOGIN, pause: Pause = time.sleep) -> None:
        """Raise RequestError if the address is not an HTTP address."""
        self._address, self._login, self._pause = server_address(url, "http://localhost:7878/store"), login, pause
        self._host = host_of(self._address)

    def replace(self, name: str, body: BinaryIO) -> None:
        """Replace a graph with an N-Triples document. Raises FetchError if the server does not accept it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._put(name, body)
            except BusyServerError as error:
                if attempt == ATTEMPTS:
                    raise
                self._pause(min(error.seconds or 2**attempt, MAX_PAUSE))
            except GONE as error:
                if attempt == ATTEMPTS:
                    reason = f"did not take <{name}> in {ATTEMPTS} attempts: {error}"
                    raise FetchError(f"{self._host} {reason}.") from error
                self._pause(2**attempt)
        return None

    def _put(self, name: str, body: BinaryIO) -> None:
        if isinstance(self._login, DigestLogin) and not self._login.authorization("PUT", self._url(name)):
            self._log_in(self._login, name)
        answer = self._send("PUT", name, body)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._login.take_challenge(answer.challenge):
            answer = self._send("PUT", name, body)  # the challenge from the previous graph has expired
        if answer.status in _BUSY:
            text = f"{self._host} was too busy for <{name}>: {answer.status} {answer.words}"
            raise BusyServerError(text, answer.wait)
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise FetchError(f"{self._host} refused <{name}>: {answer.status} {answer.words}")

    def _log_in(self, login: DigestLogin, name: str) -> None:
        """Log in without a body, which the server would not read. Raises FetchError if the login fails."""
        answer = self._send("HEAD", name)
        if not login.take_challenge(answer.challenge):
            expected = "expected one that asks for digest authentication"
            raise FetchError(f"{self._host} answered {answer.status} without a login: {expected}.")
        if self._send("HEAD", name).status == HTTPStatus.UNAUTHORIZED:
            raise FetchError(f"{self._host} does not accept the name and the password: 401.")

    def _url(self, name: str) -> str:
        query = f"{self._address.query}&" if self._address.query else ""
        return f"{self._address._replace(query='').geturl()}?{query}graph={quote(name, safe='')}"

    def _send(self, method: str, name: str, body: BinaryIO | None = None) -> _Reply:
        url, headers = self._url(name), dict[str, str]()
        if body is not None:
            headers = {"Content-Type": formats.NTRIPLES.media_type, "Content-Length": str(body.seek(0, os.SEEK_END))}
            body.seek(0)
        if authorization := self._login.authorization(method, url):
            headers["Authorization"] = authorization
        with closing(connection_to(self._address, TIMEOUT)) as connection:
            connection.request(method, Request(url).selector, body, headers)  # noqa: S310 -- not opened
            response = connection.getresponse()
            words = f"{response.reason}. {' '.join(response.read(2000).decode('utf-8', 'replace').split())}"
        wait, challenge = seconds_to_wait(response.headers), digest_challenge(response.headers)
        return _Reply(response.status, wait, challenge, words.strip())


@dataclass(frozen=True)
class _Reply:
    """A server's status, the delay and the login that it requests, and its message."""

    status: int
    wait: float
    challenge: str
    words: str


def push(
    folder: Path, server: TargetServer, graphs: Iterable[str] = (), version: str | None = None
) -> Iterator[PushedGraph]:
    """Yield each graph (all, or those named) once the server has accepted it.

    Raises UnknownGraphError as `export_graphs` does, and FetchError if the server refuses a graph or cannot be reached,
    in which case its own graph is unchanged.
    """
    names, store = names_of(folder), open_store(folder)
    pinned = store.version(version)
    pushed = [*full_names(graphs, names.base if names else "", pinned.counts)] or sorted(pinned.counts)
    for number, name in enumerate(pushed):
        # Stored before it is sent, since its length is announced, and a retry reads it again.
        with tempfile.SpooledTemporaryFile(MAX_MEMORY) as body:
            body.writelines(store.graph(name, formats.NTRIPLES, pinned.name).chunks)
            try:
                server.replace(name, body)  # type: ignore[arg-type]  # a file, though its type does not say so
            except FetchError as error:
                if not number:
                    raise
                others = (
                    f"{number} of {len(pushed)} graphs have been replaced: push again, so that all are of one version."
                )
                raise FetchError(f"{error} {others}") from error
        yield PushedGraph(name, pinned.counts[name])
