"""Serve an application over HTTP, in one process with threads, until a signal asks to stop.

Waitress, for its contract (docs/decisions/0002-wsgi-server.md): an error after the first byte breaks the connection, a
client's leaving can be noticed, and nothing is forked once the store is open. Draining on a signal is done here.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask

from server.auth.body_admission import BodyAdmission
from server.http.request_limits import LIMITS_EXTENSION
from server.runtime.startup_app import StartupApp
from server.sockets import Admit, ConnectionLimits, Listener
from server.sockets.channel import Activity, Channel

THREADS = 8
GRACE = 8.0
"""Seconds that answers under way have to finish after a signal."""
POLL_SECONDS = 0.1
"""Seconds that a turn of the loop waits at most where nothing happens."""
HEADER = 64 * 1024
"""Bytes that a request's line and header may have."""
FORWARDED = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
"""What a trusted proxy tells of its client."""


class Server:
    """A listening server: `run` serves until `stop` is called, from any thread or a signal's handler."""

    def __init__(  # noqa: PLR0913 -- what it listens on, and what it allows
        self,
        app: Flask | StartupApp,
        host: str,
        port: int,
        *,
        threads: int = THREADS,
        grace: float = GRACE,
        header: int = HEADER,
        proxy: str | None = None,
        connections: ConnectionLimits = ConnectionLimits(),  # noqa: B008 -- it is immutable
        admit: Admit | None = None,
    ) -> None:
        self._grace = grace
        self._stopping = False
        listening = socket.create_server((host, port), family=_family(host), backlog=1024)
        self.host, self.port = listening.getsockname()[:2]
        self._map: dict[int, Any] = {}
        """What waitress's loop turns over: the listening socket, one channel a connection, and the loop's own bell."""
        self._listener = Listener(
            app,
            listening,
            channels=self._map,
            limits=connections,
            admit=admit or _admission(app),
            proxy=proxy,
            threads=threads,
            ident="communique",
            max_request_header_size=header,
            trusted_proxy_headers=FORWARDED if proxy else (),
            clear_untrusted_proxy_headers=proxy is not None,  # without one, they tell that a proxy is there
        )

    @property
    def address(self) -> str:
        """Return the address to open in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def connections(self) -> list[Channel]:
        """Return the connections that are open."""
        return self._listener.connections

    @property
    def held_bytes(self) -> int:
        """Return the bytes of requests' bodies that are held now."""
        return self._listener.policy.bodies.total

    def run(self) -> None:
        """Serve until stopped, then refuse new connections and let the answers under way finish."""
        while not self._stopping:
            self.turn()
        self._refuse_new()
        deadline = time.monotonic() + self._grace
        while self._busy() and time.monotonic() < deadline:
            self.turn()
        self._listener.task_dispatcher.shutdown(timeout=1)
        self._listener.asyncore.close_all(self._map)

    def stop(self) -> None:
        """Ask `run` to drain and return; it notices at its next turn."""
        self._stopping = True

    def turn(self, seconds: float = POLL_SECONDS) -> None:
        """Let the loop turn once, waiting at most so many seconds for something to happen."""
        self._listener.asyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _refuse_new(self) -> None:
        self._listener.asyncore.dispatcher.close(self._listener)
        for channel in self._listener.connections:
            if channel.activity is Activity.IDLE:
                channel.close_when_flushed = True

    def _busy(self) -> bool:
        return any(channel.activity is not Activity.IDLE for channel in self._listener.connections)


def _admission(app: Flask | StartupApp) -> Admit:
    if isinstance(app, StartupApp):
        return app.admit
    most = app.config["MAX_CONTENT_LENGTH"] or 0
    return BodyAdmission(app) if LIMITS_EXTENSION in app.extensions else lambda _: most


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(
    app: Flask | StartupApp,
    host: str,
    port: int,
    ready: Callable[[str], None] = lambda _: None,
    *,
    threads: int = THREADS,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain; `ready` is told the address once connections are taken.

    Raises OSError where the address cannot be listened on.
    """
    server = Server(app, host, port, threads=threads)
    stop_on_signals(server)
    ready(server.address)
    server.run()


def stop_on_signals(server: Server) -> None:
    """Let SIGTERM and SIGINT stop a server."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
