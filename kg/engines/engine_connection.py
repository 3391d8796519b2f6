"""Querying an engine over HTTP, with retries while that is safe; a truncated answer is always an error.

A query changes nothing, so after a lost connection, or if the server is busy, it is sent again as long as no part of
an answer has been passed on: the first part of an answer is buffered before that.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import urlencode

from kg import formats
from kg.engines.http_servers import GONE, connection_to, digest_challenge, host_of, seconds_to_wait, server_address
from kg.engines.logins import Login
from kg.errors import FetchError, TimeLimitError

ATTEMPTS = 4
"""How often a query is sent before it fails."""
TIMEOUT = 300.0
"""Seconds that the server may be silent."""
MAX_PAUSE = 30.0
"""The maximum seconds between two attempts, whatever the server requests."""
READ_AHEAD = 2**20
"""Bytes of an answer that are read before any is passed on: if it breaks off within them, it can be requested again."""
MAX_REPEATED_GRAPHS = 1_000_000
"""The maximum header fields that repeat graphs: a server that sends more is not an engine, and might never stop."""
_REPEATED_GRAPHS = (b"x-sparql-default-graph:", b"x-sparql-named-graph:")
_MAX_WORDS = 300
"""Bytes of an error response that are read."""
_BUSY = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
Pause = Callable[[float], None]
Deadline = Callable[[], float]
"""Returns the seconds that are left for a request."""


class _RetryError(Exception):
    """A failure after which the same request may be sent again, after `seconds` if the server names them."""

    def __init__(self, text: str, seconds: float = 0) -> None:
        super().__init__(text)
        self.seconds = seconds


class _Head:
    """The head of an answer, without the fields in which Virtuoso repeats every graph of the request."""

    # http.client reads at most a hundred fields, and a corpus of fifty articles has as many graphs, each sent twice.
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readline(self, limit: int) -> bytes:
        """Return the next line that is not one of those fields. Raises HTTPException if there are too many."""
        for _ in range(MAX_REPEATED_GRAPHS + 1):
            line = self._file.readline(limit)
            if not line.lower().startswith(_REPEATED_GRAPHS):
                return line
        raise http.client.HTTPException(f"more than {MAX_REPEATED_GRAPHS:,} fields of its head repeat graphs")

    def close(self) -> None:
        """Close the file, as http.client does if the head is not valid HTTP."""
        self._file.close()


class _Response(http.client.HTTPResponse):
    def begin(self) -> None:
        """Read the head."""
        whole = self.fp
        self.fp = _Head(whole)  # type: ignore[assignment]  # only these methods are used in the meantime
        try:
            super().begin()
        finally:
            if self.fp is not None:  # it is None if http.client has closed it
                self.fp = whole


class EngineAnswer:
    """The body of an answer as a file that is read once; raises FetchError where a truncated one breaks off."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        connected: socket.socket | None,
        response: http.client.HTTPResponse,
        host: str,
        left: Deadline,
    ) -> None:
        self.headers = response.headers
        self._connection, self._socket, self._response, self.host = connection, connected, response, host
        self._left, self._ahead, self._ends = left, b"", False

    @property
    def has_known_end(self) -> bool:
        """Return whether the server announced the end of the body; otherwise a truncated one may look complete."""
        return self._response.chunked or "Content-Length" in self.headers

    def read_ahead(self) -> None:
        """Buffer the first part. Raises OSError or HTTPException if the connection is lost."""
        ahead = bytearray()
        while not self._ends and len(ahead) < READ_AHEAD:
            ahead += self._receive(READ_AHEAD)
        self._ahead = bytes(ahead)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, b"" at the end. Raises FetchError if the connection is lost, or TimeLimitError."""
        length = READ_AHEAD if size < 0 else size
        if self._ahead or self._ends:
            part, self._ahead = self._ahead[:length], self._ahead[length:]
            return part
        try:
            return self._receive(length)
        except GONE as error:
            if isinstance(error, TimeoutError) and self._left() <= 0:
                raise self._overdue() from error
            raise FetchError(f"The answer of {self.host} broke off: {_reason(error)}.") from error

    def close(self) -> None:
        """Stop reading, and close the connection."""
        self._ends, self._ahead = True, b""
        with suppress(*GONE):
            self._connection.close()

    def __del__(self) -> None:
        self.close()

    def _receive(self, size: int) -> bytes:
        seconds = self._left()
        if seconds <= 0:
            raise self._overdue()
        if self._socket is not None:
            self._socket.settimeout(min(TIMEOUT, seconds))
        # `read1` returns what has arrived; `read` would wait for all of it.
        data = self._response.read1(size)
        if not data:
            # If a body with a length ends early, http.client does not report that.
            if self._response.length:
                raise http.client.IncompleteRead(b"", self._response.length)
            self._ends = True
            self._connection.close()
        return data

    def _overdue(self) -> TimeLimitError:
        return TimeLimitError(f"{self.host} was still answering when the time of the query was up.", "time")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


class EngineConnection:
    """A server, given the address at which it answers queries (SPARQL 1.1 Protocol)."""

    def __init__(self, url: str, login: Login, pause: Pause = time.sleep) -> None:
        """Raise RequestError if the address is not an HTTP address."""
        self._address, self._login, self._pause = server_address(url, "http://localhost:7878/query"), login, pause
        self.url, self.host = url, host_of(self._address)

    def ask(self, fields: Sequence[tuple[str, str]], accept: str, left: Deadline = lambda: TIMEOUT) -> EngineAnswer:
        """Send a query as a form and return the answer, with its first part buffered.

        Raises FetchError if the server refuses the query or cannot be reached, TimeLimitError if no time is left.
        """
        body = urlencode(fields).encode()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._asked(body, accept, left)
            except _RetryError as error:
                pause = min(error.seconds or 2 ** (attempt - 1), MAX_PAUSE)
                if attempt == ATTEMPTS or pause >= left():
                    raise FetchError(f"{error} after {attempt} {'attempt' if attempt == 1 else 'attempts'}.") from error
                self._pause(pause)
        raise AssertionError

    def _asked(self, body: bytes, accept: str, left: Deadline) -> EngineAnswer:
        try:
            answer, status, words = self._sent(body, accept, left)
        except TimeoutError as error:
            if left() <= 0:
                raise TimeLimitError(f"{self.host} did not answer in the time that a query has.", "time") from error
            raise _RetryError(f"{self.host} was silent for too long") from error
        except GONE as error:
            raise _RetryError(f"{self.host} did not answer: {_reason(error)}") from error
        if status in _BUSY:
            raise _RetryError(f"{self.host} was too busy: {words}", seconds_to_wait(answer.headers))
        if status == HTTPStatus.UNAUTHORIZED:
            raise FetchError(f"{self.host} does not accept the login: {words}")
        if status == HTTPStatus.PARTIAL_CONTENT:
            raise TimeLimitError(f"{self.host} gave up in the middle of the answer: {words}", "time")
        if status != HTTPStatus.OK:
            raise FetchError(f"{self.host} did not answer the query: {words}")
        return answer

    def _sent(self, body: bytes, accept: str, left: Deadline) -> tuple[EngineAnswer, int, str]:
        answer, response = self._exchange(body, accept, left)
        challenge = digest_challenge(response.headers)
        if response.status == HTTPStatus.UNAUTHORIZED and self._login.take_challenge(challenge):
            answer.close()
            answer, response = self._exchange(body, accept, left)
        try:
            if response.status == HTTPStatus.OK:
                answer.read_ahead()
                return answer, response.status, ""
            words = " ".join(response.read(_MAX_WORDS).decode("utf-8", "replace").split())
        except GONE:
            answer.close()
            raise
        answer.close()
        return answer, response.status, f"{response.status} {response.reason}. {words}".strip()

    def _exchange(self, body: bytes, accept: str, left: Deadline) -> tuple[EngineAnswer, http.client.HTTPResponse]:
        # A timeout of zero would make the socket non-blocking.
        connection = connection_to(self._address, max(min(TIMEOUT, left()), 0.001))
        connection.response_class = _Response
        headers = {"Accept": accept, "Content-Type": formats.FORM.media_type}
        if authorization := self._login.authorization("POST", self.url):
            headers["Authorization"] = authorization
        try:
            parts = self._address._replace(scheme="", netloc="", fragment="", path=self._address.path or "/")
            # By POST, since a query may be too long for a URL.
            connection.request("POST", parts.geturl(), body, headers)
            connected = connection.sock  # the connection drops it if the server will close it
            response = connection.getresponse()
        except GONE:
            connection.close()
            raise
        return EngineAnswer(connection, connected, response, self.host, left), response
