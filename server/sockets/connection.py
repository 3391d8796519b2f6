"""A connection: its activity and deadlines, whether its client has disconnected, and how it is closed."""

from __future__ import annotations

import errno
import logging
import socket
import time
from dataclasses import dataclass
from enum import IntEnum
from http import HTTPStatus
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from server.sockets.admission import ARRIVED_KEY, REFUSAL, Admit, Refusal
from server.sockets.cached_responses import ALONE, CACHE_HEADER_KEY, CacheHeader, FindCached, RequestBytes
from server.sockets.limits import ConnectionLimits, HeldBodies
from server.sockets.request_parser import RequestParser

TCP_CLOSE = 7
"""The state of a connection that the peer reset (Linux, include/net/tcp_states.h)."""
PROBE_SECONDS = 0.25
"""How long after a client's FIN it is probed: most responses are ready sooner."""
HALF_CLOSED_SECONDS = 2.0
"""How long after its FIN an HTTP/1.0 client, which cannot be probed, counts as connected."""
LINGER_SECONDS = 2.0
"""How long a client's bytes are read and dropped after a response that did not wait for them."""
MAX_GATHERED_BYTES = 64 * 1024
"""The longest body of a response that is sent in one piece with its header."""
DISK_FULL_ERRORS = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
DISK_FULL = Refusal(HTTPStatus.INSUFFICIENT_STORAGE, "The server's temporary disk is too full for the request's body.")
TOO_MANY_BODIES = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "The server is receiving too many request bodies at once.", {"Retry-After": "1"}
)
log = logging.getLogger(__name__)
END_OF_HEADER = b"\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Activity(IntEnum):
    """What a connection is doing, in the order in which connections are closed for new ones."""

    IDLE = 0
    SENDING_HEADER = 1
    SENDING_BODY = 2
    ANSWERED = 3
    BUSY = 4
    """A request is being answered: never closed for a new connection."""


@dataclass(frozen=True)
class ConnectionPolicy:
    """The limits and counters that the connections of one server share."""

    limits: ConnectionLimits
    admit: Admit
    find_cached: FindCached
    bodies: HeldBodies
    proxy: str | None
    """The address of the trusted proxy, if any."""


class Task(WSGITask):
    """A request for the application."""

    close_on_finish: bool

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment, with when the request arrived, and the refusal if the body was not read."""
        environ: dict[str, Any] = super().get_environment()
        # Not before the response to the request before it, which may be a write that was sent together with this one.
        environ[ARRIVED_KEY] = max(self.request.header_ended, self.channel.last_response_ended)
        if self.request.refusal is not None:
            environ[REFUSAL] = self.request.refusal
        return environ

    def build_response_header(self) -> bytes:
        """Return the header, and cache it if the response can be repeated.

        A connection stays open after a response that has no body, and therefore no Content-Length.
        """
        closes = self.close_on_finish or self.version != "1.1" or self.request.asks_to_close
        # Waitress closes a connection after a response without a Content-Length, unless it is to be closed anyway.
        self.close_on_finish |= not self.has_body
        head: bytes = super().build_response_header()
        if not self.has_body:
            self.close_on_finish = closes
        cache_header: CacheHeader | None = self.get_environment().get(CACHE_HEADER_KEY)
        if cache_header is not None and not self.close_on_finish:
            cache_header(self.channel.request_bytes(self.request.header_bytes), head)
        return head

    def write(self, data: bytes) -> None:
        """Write a part of the body, the header before the first part; a short response is gathered."""
        if not self.wrote_header and self.content_length is not None and self.content_length <= MAX_GATHERED_BYTES:
            self.channel.gather()
        super().write(data)

    def finish(self) -> None:
        """End the response, and send the parts that were gathered."""
        super().finish()
        self.channel.send_gathered()
        self.channel.last_response_ended = time.monotonic()


class RefusalTask(ErrorTask):
    """The answer to a malformed request, which does not reach the application: one sentence."""

    def execute(self) -> None:
        """Send the error's status and its sentence as plain text."""
        error = self.request.error
        body = f"{str(error.body).rstrip('.')}.\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        # After a malformed request, there is no telling where the next one begins.
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)

    def finish(self) -> None:
        """End the response; send it if it was gathered because the response that failed was to be."""
        super().finish()
        self.channel.send_gathered()


class Connection(HTTPChannel):
    """A connection with deadlines that distinguishes a client that has disconnected from one that only stopped sending.

    After a FIN, the two look the same. So the client is sent an interim response (100, which every client of HTTP/1.1
    ignores: RFC 9110, section 15.2): if it has gone, its system resets the connection.
    """

    request: RequestParser | None
    requests: list[RequestParser]
    will_close: bool
    close_when_flushed: bool
    task_class = Task
    error_task_class = RefusalTask

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002, ANN401 -- waitress's own
        # Set before waitress's constructor, which registers the connection with the loop.
        self._policy: ConnectionPolicy = server.policy
        self.address = str(addr[0])
        """The peer's address."""
        self.parser_class = self._parser
        self._fin_received: float | None = None
        self._response_begun = self._probed = False
        self._lingering_since: float | None = None
        self._discarding = False
        self._gathered: list[bytes] | None = None
        """The parts of a short response, which is sent in one piece; None for any other response."""
        self._flushing = False
        """Whether a thread is sending what is queued."""
        self.last_response_ended = 0.0
        """When the last response of the application was complete, by the monotonic clock."""
        super().__init__(server, sock, addr, adj, map=map)

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

    @property
    def is_at_rest(self) -> bool:
        """Return whether what the connection waits for can only change by the loop's handling it."""
        return self.activity is Activity.IDLE and not (self.will_close or self.close_when_flushed)

    def fileno(self) -> int:
        """Return the file descriptor of the socket."""
        return int(self.socket.fileno())

    @property
    def last_activity(self) -> float:
        """Return when bytes were last received or sent, by the monotonic clock."""
        return self._last_activity

    @last_activity.setter
    def last_activity(self, _wall_clock: float) -> None:
        """Record activity now. Waitress assigns the wall clock's time, which may jump by an hour."""
        self._last_activity = time.monotonic()

    def has_unread_request(self) -> bool:
        """Return whether a request has arrived that the loop has not read yet: closing now would reset it."""
        try:
            return self.activity is Activity.IDLE and bool(self.socket.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    # Called by the loop.

    def readable(self) -> bool:
        """Return whether the loop should read from the client."""
        if self._lingering_since is not None:
            return True
        return self._fin_received is None and not self._discarding and bool(super().readable())

    def handle_read(self) -> None:
        """Read what has arrived; no bytes mean a FIN."""
        data = self._receive()
        if self._lingering_since is not None:
            # Dropped, until the client closes.
            if data == b"":
                self.handle_close()
        elif data:
            self._last_activity = time.monotonic()
            data = self._answer_from_cache(data)
            if data:
                self.received(data)
        elif data is not None and self.connected:
            self._record_fin()

    def _answer_from_cache(self, data: bytes) -> bytes:
        """Answer the requests whose responses are cached; return the bytes that arrived after them."""
        # Only for the first request: those that follow may have been sent after the turn began.
        turn = self._map.turns
        # Only while nothing else is being sent to the client: responses keep their order, and the loop never waits.
        while data and self.activity is Activity.IDLE and self.readable():
            end = data.find(END_OF_HEADER) + len(END_OF_HEADER)
            cached = self._policy.find_cached(self.request_bytes(data[:end]), turn)
            turn = ALONE
            if cached is None:
                return data
            sent = self.send(cached.message)
            if not self.connected:
                return b""
            if sent < len(cached.message):
                self._queue(cached.message[sent:])
            cached.record_sent(self.address)
            data = data[end:]
        return data

    def request_bytes(self, header: bytes) -> RequestBytes:
        """Return what identifies a request of this connection, from its header as received."""
        return RequestBytes(header, self.address if self.address == self._policy.proxy else "")

    def _receive(self) -> bytes | None:
        """Return the received bytes, b"" after a FIN, None if nothing can be read; waitress's `recv` would close."""
        try:
            return bytes(self.socket.recv(self.adj.recv_bytes))
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            self.handle_close()
            return None

    def received(self, data: bytes) -> bool:
        """Parse received bytes; drop those after a body that is not read."""
        if self._discarding:
            return False
        try:
            accepted = bool(super().received(data))
        except OSError as error:  # from the file that a large body is spooled to
            log.warning("The request body of %s cannot be spooled: %s", self.address, error.strerror)
            self._refuse_body(DISK_FULL if error.errno in DISK_FULL_ERRORS else TOO_MANY_BODIES)
            return False
        with self.requests_lock:
            self._discarding |= any(request.unread for request in self.requests)
        self._record_held()
        if self.request is not None and self.request.held_bytes and self._policy.bodies.is_full(self.address):
            self._refuse_body(TOO_MANY_BODIES)
        return accepted

    def handle_write(self) -> None:
        """Send what is ready. If the client may still be sending, linger: closing now would reset its connection.

        A reset makes the client's system drop the response before the client has read it.
        """
        if not (self._discarding and self._lingering_since is None):
            super().handle_write()
            return
        # Waitress closes in `handle_write` when these are set: they are restored if it has not sent everything.
        will_close, self.will_close = self.will_close, False
        closing, self.close_when_flushed = self.close_when_flushed, False
        super().handle_write()
        if (closing or will_close) and not self.total_outbufs_len and self.connected:
            self._linger()
        else:
            self.close_when_flushed |= closing
            self.will_close |= will_close

    def writable(self) -> bool:
        """Return whether the loop should call `handle_write`."""
        # Not while a request's thread is sending: the loop would find the lock taken, turn after turn, and keep the
        # interpreter from that thread, which wakes the loop if something is left to send.
        return self._lingering_since is None and not self._flushing and bool(super().writable())

    def handle_close(self) -> None:
        """Close the connection and release what it holds."""
        if self.request is not None:
            self.request.close()
            self.request = None
        self._policy.bodies.record(self, self.address, 0)
        super().handle_close()

    def close(self) -> None:
        """Close the connection as `handle_close` does: waitress's own leaves the files of its buffers open."""
        self.handle_close()

    def cancel(self) -> None:
        """Drop the requests that no thread has started on, and close the files of their bodies."""
        with self.requests_lock:
            for request in self.requests:
                request.close()
        super().cancel()

    # Called by the listener.

    def overdue(self, now: float) -> Refusal | None:
        """Close the connection if it has been idle too long; return a refusal if its request takes too long."""
        if self.requests:
            return None
        request = self.request
        if request is None or self.total_outbufs_len or self._lingering_since is not None:
            # A client that is slow to read its response has no deadline; only one that reads nothing at all has.
            if self._is_unused(now) and not self.has_unread_request():
                self.handle_close()
            return None
        limits = self._policy.limits
        if request.header_ended is None:
            deadline, part = request.started + limits.header_seconds, "header"
        else:
            by_rate = request.body_bytes_received / limits.body_rate
            deadline, part = request.header_ended + limits.body_seconds + by_rate, "body"
        if now <= deadline:
            return None
        return Refusal(HTTPStatus.REQUEST_TIMEOUT, f"The request's {part} took longer than this server waits for it.")

    def _is_unused(self, now: float) -> bool:
        if self._lingering_since is not None:
            return now > self._lingering_since + LINGER_SECONDS
        has_left = self._fin_received is not None and not self.total_outbufs_len
        return has_left or now > self.last_activity + self._policy.limits.idle_seconds

    def refuse(self, refusal: Refusal) -> None:
        """Send a refusal and close; called in the loop, while no request is being answered."""
        status = HTTPStatus(refusal.status)
        body = f"{refusal.sentence}\n".encode()
        fields = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**fields, **refusal.headers}.items())
        self._queue(f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode() + body)
        self._discarding = self.close_when_flushed = True
        self.handle_write()
        if self.connected:
            self._map.look_again(self.fileno())

    def _queue(self, message: bytes) -> None:
        """Queue bytes for the loop to send: `write_soon` blocks while the buffers are full, and the loop must not."""
        with self.outbuf_lock:
            self.outbufs[-1].append(message)
            self.total_outbufs_len += len(message)

    # Called by the application, in the thread of a request.

    def check_client_disconnected(self) -> bool:
        """Return whether the client has disconnected; waitress passes this to the application."""
        if not self.connected:
            return True
        if self._fin_received is None:
            return False
        if self._is_reset():
            return True
        waited = time.monotonic() - self._fin_received
        if self.requests and self.requests[0].version == "1.1":
            if waited > PROBE_SECONDS:
                self._probe_client()
            return False
        return waited > HALF_CLOSED_SECONDS

    def write_soon(self, data: Any) -> int:  # noqa: ANN401 -- bytes or a file of waitress's
        """Queue a part of a response; from then on no interim response may be sent."""
        if self._gathered is not None and isinstance(data, bytes):
            self._gathered.append(data)
            return len(data)
        self.send_gathered()
        with self.outbuf_lock:
            self._response_begun = True
        return int(super().write_soon(data))

    def gather(self) -> None:
        """Collect the following parts of the response, to send them in one piece at its end."""
        self._gathered = []

    def send_gathered(self) -> None:
        """Queue the gathered parts in one piece: waitress sends a header on its own, which costs an extra packet."""
        if self._gathered is not None:
            parts, self._gathered = b"".join(self._gathered), None
            self.write_soon(parts)

    def _flush_some(self, do_close: bool = True) -> bool:  # noqa: FBT001, FBT002 -- as waitress's own
        self._flushing = True
        try:
            return bool(super()._flush_some(do_close))
        finally:
            self._flushing = False

    def service(self) -> None:
        """Answer the next request."""
        with self.outbuf_lock:
            self._response_begun = False
        with self.requests_lock:
            # `received` may reach this only after the response has been sent and the request is gone.
            self._discarding |= self.requests[0].unread
        # Not after the response: by then, another thread may be answering the connection's next request.
        self._gathered = None
        super().service()
        self._record_held()

    def _parser(self, adj: Any) -> RequestParser:  # noqa: ANN401 -- waitress's settings are untyped
        return RequestParser(adj, self.address, self._policy.admit)

    def _record_fin(self) -> None:
        """Record a FIN, and close the connection if no response is pending."""
        self._fin_received = time.monotonic()
        if not self.requests and not self.total_outbufs_len:
            self.handle_close()

    def _probe_client(self) -> None:
        """Send an interim response, once and only before the response itself."""
        # Under the lock of `write_soon`: between the check and the sending, no byte of the response may go out.
        with self.outbuf_lock:
            if not (self._response_begun or self._probed or self.total_outbufs_len):
                self._probed = True
                self.send(CONTINUE, do_close=False)

    def _is_reset(self) -> bool:
        try:
            return bool(self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == TCP_CLOSE)
        except OSError:
            return True

    def _record_held(self) -> None:
        """Record the bytes of bodies that this connection holds."""
        # Under the lock: another thread's older count must not replace a newer one.
        with self.requests_lock:
            partial = 0 if self.request is None else self.request.held_bytes
            held_bytes = partial + sum(request.held_bytes for request in self.requests)
            self._policy.bodies.record(self, self.address, held_bytes)

    def _refuse_body(self, refusal: Refusal) -> None:
        """Refuse the rest of a body; close without a response if another request is being answered."""
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
            # Closed in stages (RFC 9112, section 9.6): this direction now, the other when the client has read and
            # closed.
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()
