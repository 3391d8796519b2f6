"""The listening socket: accepts connections within limits, and closes idle and overdue ones."""

from __future__ import annotations

import errno
import logging
import socket
import time
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIApplication

from waitress.server import TcpWSGIServer

from server.sockets.admission import Admit, Refusal
from server.sockets.cached_responses import FindCached, no_response
from server.sockets.connection import Activity, Connection, ConnectionPolicy
from server.sockets.event_loop import EventLoop
from server.sockets.limits import ConnectionLimits, HeldBodies
from server.sockets.task_threads import TaskThreads

SPOOL_THRESHOLD = 64 * 1024
"""The size of a body up to which it stays in memory; a larger one is spooled to a file."""
RECEIVE_BYTES = 16 * 1024
"""Bytes read from a connection before the next one has its turn."""
MAX_ACCEPTS_PER_TURN = 32
"""Connections accepted in one turn of the loop, so that open ones have their turn too."""
UNLIMITED = 2**62
"""For settings of waitress that this module's own limits replace."""
DEADLINE_CHECK_SECONDS = 0.5
"""How often deadlines are checked."""
PAUSE_SECONDS = 0.2
"""How long to accept no connection after the system ran out of descriptors."""
OUT_OF_DESCRIPTORS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
FULL = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "This server has too many connections.", {"Retry-After": "1"})
log = logging.getLogger(__name__)


class Listener(TcpWSGIServer):
    """Waitress's server with limits of connections, in total and per address; a new one replaces the longest idle."""

    channel_class = Connection
    is_at_rest = False
    """False, so that each turn calls `readable`, which checks the deadlines of all connections."""

    def __init__(  # noqa: PLR0913 -- the socket, the application and the limits
        self,
        application: WSGIApplication,
        listening: socket.socket,
        *,
        channels: EventLoop,
        limits: ConnectionLimits,
        admit: Admit,
        find_cached: FindCached = no_response,
        proxy: str | None = None,
        **settings: Any,  # noqa: ANN401 -- waitress's own
    ) -> None:
        bodies = HeldBodies(limits.spooled, limits.spooled_per_address, proxy)
        self.policy = ConnectionPolicy(limits, admit, find_cached, bodies, proxy)
        self._exempt_address = proxy
        self.leaves_to_others = False
        """Whether connections are left to other processes that accept from the same socket."""
        self._paused_until = self._deadlines_checked = 0.0
        super().__init__(
            application,
            map=channels,
            _sock=listening,
            bind_socket=False,
            dispatcher=TaskThreads(settings["threads"]),
            # Waitress stops accepting at a number of connections, however idle they are (decision 0011).
            connection_limit=UNLIMITED,
            # Waitress would collect a body before its header is looked at: `admission` decides by the header.
            max_request_body_size=UNLIMITED,
            inbuf_overflow=SPOOL_THRESHOLD,
            recv_bytes=RECEIVE_BYTES,
            # Its only deadline is for silence: those of `Connection.overdue` replace it.
            cleanup_interval=UNLIMITED,
            channel_request_lookahead=1,  # read while a request is being answered, to notice a FIN
            trusted_proxy=proxy,
            **settings,
        )

    @property
    def connections(self) -> list[Connection]:
        """Return the open connections."""
        return list(self.active_channels.values())

    def readable(self) -> bool:
        """Close overdue connections, and return whether the loop may accept new ones; called at each of its turns."""
        now = time.monotonic()
        if now - self._deadlines_checked >= DEADLINE_CHECK_SECONDS:
            self._deadlines_checked = now
            self._refuse_overdue(now)
        return self.accepting and not self.leaves_to_others and now >= self._paused_until

    def handle_accept(self) -> None:
        """Accept waiting connections; each beyond a limit replaces the one that has been idle longest."""
        for _ in range(MAX_ACCEPTS_PER_TURN):
            if not self._accept_one():
                return

    def _accept_one(self) -> bool:
        """Accept a connection; return False if none is waiting."""
        try:
            accepted = self.accept()
        except OSError as error:
            if error.errno in OUT_OF_DESCRIPTORS:
                self._free_descriptor(error)
            return False
        if accepted is None:
            return False
        connection, address = accepted
        # Before the new connection is registered: otherwise it might be closed itself.
        has_room = self._make_room(str(address[0]))
        try:
            self.set_socket_options(connection)
            channel = self.channel_class(self, connection, address, self.adj, map=self._map)
        except OSError:  # the client has disconnected already
            connection.close()
            return True
        if not has_room:
            channel.refuse(FULL)
        return True

    def _make_room(self, address: str) -> bool:
        """Close a connection if there is no room for one more; return False if all are busy."""
        connections = self.connections
        if address != self._exempt_address:
            same_address = [channel for channel in connections if channel.address == address]
            if len(same_address) >= self.policy.limits.per_address and not _close_longest_idle(same_address):
                return False
        return len(self.active_channels) < self.policy.limits.total or _close_longest_idle(connections)

    def _free_descriptor(self, error: OSError) -> None:
        if not _close_longest_idle(self.connections):
            # The connection stays in the queue: without a pause, each turn of the loop would fail at it immediately.
            self._paused_until = time.monotonic() + PAUSE_SECONDS
        log.warning("A connection was not accepted: %s (%d are open).", error.strerror, len(self.active_channels))

    def _refuse_overdue(self, now: float) -> None:
        for channel in self.connections:
            refusal = channel.overdue(now)
            if refusal is not None:
                channel.refuse(refusal)


def _close_longest_idle(channels: list[Connection]) -> bool:
    """Close the least active connection; return False if all are busy or have an unread request."""
    for channel in sorted(channels, key=lambda channel: (channel.activity, channel.last_activity)):
        # In this order, all that follow are busy too.
        if channel.activity is Activity.BUSY:
            return False
        if not channel.has_unread_request():
            channel.handle_close()
            return True
    return False
