"""One connection: what it is doing and since when, whether its client has left, and how it ends."""

from __future__ import annotations

import errno
import logging
import socket
import time
from enum import IntEnum
from http import HTTPStatus
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from server.sockets.admission import REFUSAL, Refusal
from server.sockets.policy import Policy
from server.sockets.request_parser import RequestParser

TCP_CLOSE = 7
"""The state of a connection that the peer has reset (Linux, include/net/tcp_states.h)."""
PROBE_SECONDS = 0.25
"""How long after a client's end it is asked whether it still listens: most answers are ready before."""
HALF_CLOSED_SECONDS = 2.0
"""How long a client of HTTP/1.0 that has sent its end is waited for: it cannot be asked."""
LINGER_SECONDS = 2.0
"""How long a client's bytes are thrown away after an answer that came before they did."""
NO_ROOM_ERRORS = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
NO_ROOM = Refusal(HTTPStatus.INSUFFICIENT_STORAGE, "The server's temporary disk has no room for the request's body.")
TOO_MANY_BODIES = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many bodies are being sent at once.", {"Retry-After": "1"}
)
log = logging.getLogger(__name__)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Activity(IntEnum):
    """What a connection is doing, in the order in which connections are ended to make room."""

    IDLE = 0
    SENDING_HEADER = 1
    SENDING_BODY = 2
    ANSWERED = 3
    BUSY = 4
    """A request is being answered: never ended to make room."""


class Task(WSGITask):
    """A request that the application answers."""

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment, with the refusal of a body that was not read."""
        environ: dict[str, Any] = super().get_environment()
        if self.request.refusal is not None:
            environ[REFUSAL] = self.request.refusal
        return environ


class RefusalTask(ErrorTask):
    """A request that never reaches the application, since it is none: answered in one sentence."""

    def execute(self) -> None:
        """Answer with the error's status and its sentence as plain text."""
        error = self.request.error
        body = f"{str(error.body).rstrip('.')}.\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection with deadlines, whose end is seen for what it is.

    A client that has sent its end (FIN) may have left, or may have closed one direction only. It is sent an interim
    answer (100, which every client of HTTP/1.1 passes over: RFC 9110, section 15.2), and where it has left its system
    resets the connection.
    """

    request: RequestParser | None
    requests: list[RequestParser]
    will_close: bool
    close_when_flushed: bool
    task_class = Task
    error_task_class = RefusalTask

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002, ANN401 -- waitress's own
        self._policy: Policy = server.policy
        self.parser_class = self._parser
        self._end_seen: float | None = None
        self._answer_begun = self._probed = False
        self._lingering_since: float | None = None
        self._discarding = False
        super().__init__(server, sock, addr, adj, map=map)

    @property
    def address(self) -> str:
        """Return the peer's address."""
        return str(self.addr[0])

    @property
    def activity(self) -> Activity:
        """Return what the connection is doing now."""
        if self.requests:
            return Activity.BUSY
        if self.total_outbufs_len or self._lingering_since is not None:
            return Activity.ANSWERED
        if self.request is None:
            return Activity.IDLE
        return Activity.SENDING_BODY if self.request.headers_finished else Activity.SENDING_HEADER

    # What the loop calls.

    def readable(self) -> bool:
        """Tell whether bytes are wanted from the client."""
        if self._lingering_since is not None:
            return True
        return self._end_seen is None and not self._discarding and bool(super().readable())

    def handle_read(self) -> None:
        """Take in what has arrived; nothing means that the client has sent its end."""
        if self._lingering_since is not None:
            return self._throw_away()
        data = self._receive()
        if data:
            self.last_activity = time.time()
            self.received(data)
        elif data is not None and self.connected:
            self._note_end()
        return None

    def _receive(self) -> bytes | None:
        """Return what has arrived, nothing at the client's end, None where nothing can be had (recv() would close)."""
        try:
            return bytes(self.socket.recv(self.adj.recv_bytes))
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            self.handle_close()
            return None

    def received(self, data: bytes) -> bool:
        """Take in bytes of requests; those behind a body that is not read are no requests."""
        if self._discarding:
            return False
        try:
            took = bool(super().received(data))
        except OSError as error:  # of the file that a large body is spooled to
            log.warning("A body of %s cannot be spooled: %s", self.address, error.strerror)
            self._refuse_body(NO_ROOM if error.errno in NO_ROOM_ERRORS else TOO_MANY_BODIES)
            return False
        with self.requests_lock:
            self._discarding = any(request.unread for request in self.requests)
        self._record_held()
        if self.request is not None and self.request.held and self._policy.bodies.is_full(self.address):
            self._refuse_body(TOO_MANY_BODIES)
        return took

    def handle_write(self) -> None:
        """Send what is ready; where the client may still be sending, stay to hear it, or it would see a reset."""
        if not (self._discarding and self._lingering_since is None):
            super().handle_write()
            return
        will_close, self.will_close = self.will_close, False
        closing, self.close_when_flushed = self.close_when_flushed, False
        super().handle_write()
        if (closing or will_close) and not self.total_outbufs_len and self.connected:
            self._linger()
        else:
            self.close_when_flushed |= closing
            self.will_close |= will_close

    def writable(self) -> bool:
        """Tell whether there is something to send, or to end."""
        return self._lingering_since is None and bool(super().writable())

    def handle_close(self) -> None:
        """End the connection and let go of what it holds."""
        if self.request is not None:
            self.request.close()
            self.request = None
        self._policy.bodies.record(self, self.address, 0)
        super().handle_close()

    # What the listener calls.

    def overdue(self, now: float) -> Refusal | None:
        """End the connection where its time is over; return what to say where it was in the middle of a request."""
        if self.requests:
            return None
        request = self.request
        if request is None or self.total_outbufs_len or self._lingering_since is not None:
            if self._is_unused(now):
                self.handle_close()
            return None
        limits = self._policy.limits
        if request.header_ended is None:
            deadline, what = request.started + limits.header_seconds, "header"
        else:
            more = request.body_bytes_received / limits.body_rate
            deadline, what = request.header_ended + limits.body_seconds + more, "body"
        if now <= deadline:
            return None
        return Refusal(HTTPStatus.REQUEST_TIMEOUT, f"The request's {what} took longer than this server waits for it.")

    def _is_unused(self, now: float) -> bool:
        if self._lingering_since is not None:
            return now > self._lingering_since + LINGER_SECONDS
        left = self._end_seen is not None and not self.total_outbufs_len
        return left or time.time() > self.last_activity + self._policy.limits.idle_seconds

    def refuse(self, refusal: Refusal) -> None:
        """Answer in one sentence and end; called in the loop, while no request is being answered."""
        status = HTTPStatus(refusal.status)
        body = f"{refusal.sentence}\n".encode()
        fields = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**fields, **refusal.headers}.items())
        with self.outbuf_lock:
            message = f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode() + body
            self.outbufs[-1].append(message)
            self.total_outbufs_len += len(message)
        self._discarding = self.close_when_flushed = True
        self.handle_write()

    # What the application calls, in the thread of a request.

    def check_client_disconnected(self) -> bool:
        """Tell whether the client has left."""
        if not self.connected:
            return True
        if self._end_seen is None:
            return False
        if self._is_reset():
            return True
        waited = time.monotonic() - self._end_seen
        if self.requests and self.requests[0].version == "1.1":
            if waited > PROBE_SECONDS:
                self._ask_whether_it_listens()
            return False
        return waited > HALF_CLOSED_SECONDS

    def write_soon(self, data: Any) -> int:  # noqa: ANN401 -- bytes or a file of waitress's
        """Send a part of an answer; from here on no interim answer may be sent."""
        with self.outbuf_lock:
            self._answer_begun = True
        return int(super().write_soon(data))

    def service(self) -> None:
        """Answer the next request."""
        with self.outbuf_lock:
            self._answer_begun = False
        super().service()
        self._record_held()

    def _parser(self, adj: Any) -> RequestParser:  # noqa: ANN401 -- waitress's settings are untyped
        return RequestParser(adj, self.address, self._policy.admit)

    def _note_end(self) -> None:
        """Note that the client has sent its end."""
        self._end_seen = time.monotonic()
        if not self.requests and not self.total_outbufs_len:
            self.handle_close()

    def _ask_whether_it_listens(self) -> None:
        """Send an interim answer, once and before the answer itself: who has left resets the connection."""
        with self.outbuf_lock:
            if not (self._answer_begun or self._probed or self.total_outbufs_len):
                self._probed = True
                self.send(CONTINUE, do_close=False)

    def _is_reset(self) -> bool:
        try:
            return bool(self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE)
        except OSError:
            return True

    def _record_held(self) -> None:
        """Record how many bytes of bodies this connection holds; within the lock, so that the newest count is kept."""
        with self.requests_lock:
            partial = 0 if self.request is None else self.request.held
            held = partial + sum(request.held for request in self.requests)
            self._policy.bodies.record(self, self.address, held)

    def _refuse_body(self, refusal: Refusal) -> None:
        """Answer instead of taking more of a body; behind a request that is being answered, just end."""
        if self.requests:
            self.handle_close()
            return
        if self.request is not None:
            self.request.close()
            self.request = None
        self._policy.bodies.record(self, self.address, 0)
        self.refuse(refusal)

    def _linger(self) -> None:
        self._lingering_since = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def _throw_away(self) -> None:
        if self._receive() == b"":
            self.handle_close()
