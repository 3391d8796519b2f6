"""The listening socket: whom it lets in, whom it ends to make room, and whose time is over."""

from __future__ import annotations

import errno
import logging
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from waitress.server import TcpWSGIServer

from server.sockets.admission import Admit, Refusal
from server.sockets.channel import Activity, Channel
from server.sockets.held_bodies import HeldBodies
from server.sockets.limits import ConnectionLimits
from server.sockets.policy import Policy

SPOOL_THRESHOLD = 64 * 1024
"""Bytes of a body that are kept in memory; a larger one is spooled to a file."""
RECEIVE_SIZE = 16 * 1024
"""Bytes that are read of one connection before the next has its turn."""
ACCEPTED_AT_ONCE = 32
"""Connections that are let in at one turn of the loop."""
UNLIMITED = 2**62
"""What waitress is told where this module's own limits hold."""
LOOK_SECONDS = 0.5
"""How often deadlines are looked at."""
PAUSE_SECONDS = 0.2
"""How long nobody is let in after the system had no descriptor to give."""
OUT_OF_DESCRIPTORS = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
FULL = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "This server has too many connections.", {"Retry-After": "1"})
log = logging.getLogger(__name__)


class Listener(TcpWSGIServer):
    """Waitress's server, with limits on connections by address and in all; the longest idle one makes room."""

    channel_class = Channel

    def __init__(  # noqa: PLR0913 -- what it listens on, and what it allows
        self,
        application: Callable[..., Any],
        listening: socket.socket,
        *,
        channels: dict[int, Any],
        limits: ConnectionLimits,
        admit: Admit,
        proxy: str | None = None,
        **settings: Any,  # noqa: ANN401 -- waitress's own
    ) -> None:
        self.policy = Policy(limits, admit, HeldBodies(limits.spooled, limits.spooled_per_address, proxy))
        self._exempt = proxy
        self._paused_until = self._looked = 0.0
        super().__init__(
            application,
            map=channels,
            _sock=listening,
            bind_socket=False,
            connection_limit=UNLIMITED,
            max_request_body_size=UNLIMITED,
            inbuf_overflow=SPOOL_THRESHOLD,
            recv_bytes=RECEIVE_SIZE,
            cleanup_interval=UNLIMITED,
            asyncore_use_poll=True,
            channel_request_lookahead=1,
            trusted_proxy=proxy,
            **settings,
        )

    @property
    def connections(self) -> list[Channel]:
        """Return the connections that are open."""
        return list(self.active_channels.values())

    def readable(self) -> bool:
        """End what is overdue, and tell whether connections are taken now."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._end_overdue(now)
        return self.accepting and now >= self._paused_until

    def handle_accept(self) -> None:
        """Let clients in; where there is no room, end the connection that has been idle for longest."""
        for _ in range(ACCEPTED_AT_ONCE):
            if not self._accept_one():
                return

    def _accept_one(self) -> bool:
        """Let in one client; False where none waits."""
        try:
            accepted = self.accept()
        except OSError as error:
            if error.errno in OUT_OF_DESCRIPTORS:
                self._without_descriptors(error)
            return False
        if accepted is None:
            return False
        connection, address = accepted
        room = self._make_room(str(address[0]))
        try:
            self.set_socket_options(connection)
            channel = self.channel_class(self, connection, address, self.adj, map=self._map)
        except OSError:  # it has left already
            connection.close()
            return True
        if not room:
            channel.refuse(FULL)
        return True

    def _make_room(self, address: str) -> bool:
        """End a connection where one more would be too many; False where all are busy."""
        connections = self.connections
        if address != self._exempt:
            same = [channel for channel in connections if channel.address == address]
            if len(same) >= self.policy.limits.per_address and not _end_longest_idle(same):
                return False
        return len(self.active_channels) < self.policy.limits.total or _end_longest_idle(connections)

    def _without_descriptors(self, error: OSError) -> None:
        if not _end_longest_idle(self.connections):
            self._paused_until = time.monotonic() + PAUSE_SECONDS
        log.warning("A connection was not taken: %s (%d are open).", error.strerror, len(self.active_channels))

    def _end_overdue(self, now: float) -> None:
        for channel in self.connections:
            refusal = channel.overdue(now)
            if refusal is not None:
                channel.refuse(refusal)


def _end_longest_idle(channels: list[Channel]) -> bool:
    """End the connection that can best be spared; False where each is being answered."""
    spared = min(channels, key=lambda channel: (channel.activity, channel.last_activity), default=None)
    if spared is None or spared.activity is Activity.BUSY:
        return False
    spared.handle_close()
    return True
