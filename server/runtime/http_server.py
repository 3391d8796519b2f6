"""The HTTP server: waitress, in one process with threads, which drains when a signal stops it.

Waitress was chosen since an error after the first byte closes the connection, a client that disconnects is noticed, and
nothing is forked after the store is open (docs/decisions/0002-wsgi-server.md). Draining is added here.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from flask import Flask

from server.auth.body_admission import admit as admit_body
from server.http.cache_middleware import find_cached_of
from server.http.request_limits import LIMITS_EXTENSION
from server.runtime.startup_app import StartupApp
from server.sockets.admission import Admit
from server.sockets.connection import Activity, Connection
from server.sockets.event_loop import EventLoop
from server.sockets.limits import ConnectionLimits
from server.sockets.listener import Listener

THREADS = 8
DRAIN_SECONDS = 8.0
"""Time for running responses to finish after a signal."""
POLL_SECONDS = 0.1
"""How long a turn of the loop waits for an event."""
MAX_HEADER_BYTES = 64 * 1024
PROXY_HEADERS = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
"""The headers in which a trusted proxy reports its client."""


class Server:
    """A listening server; `stop` may be called from any thread or signal handler."""

    def __init__(  # noqa: PLR0913 -- the address, the application and the limits
        self,
        app: Flask | StartupApp,
        host: str,
        port: int,
        *,
        threads: int = THREADS,
        grace: float = DRAIN_SECONDS,
        header: int = MAX_HEADER_BYTES,
        proxy: str | None = None,
        connections: ConnectionLimits = ConnectionLimits(),  # noqa: B008 -- it is immutable
        admit: Admit | None = None,
        listening: socket.socket | None = None,
    ) -> None:
        self._grace = grace
        self._stopping = False
        listening = listening or listen(host, port)
        self.host, self.port = listening.getsockname()[:2]
        self._loop = EventLoop()
        """The listener, a channel per connection, and the trigger that wakes the loop."""
        self._listener = Listener(
            app,
            listening,
            channels=self._loop,
            limits=connections,
            admit=admit or _admission(app),
            find_cached=app.find_cached if isinstance(app, StartupApp) else find_cached_of(app),
            proxy=proxy,
            threads=threads,
            ident="communique",
            max_request_header_size=header,
            trusted_proxy_headers=PROXY_HEADERS if proxy else (),
            clear_untrusted_proxy_headers=proxy is not None,  # without one, they reveal an unknown proxy
        )

    @property
    def address(self) -> str:
        """Return the URL of the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    @property
    def connections(self) -> list[Connection]:
        """Return the open connections."""
        return self._listener.connections

    @property
    def held_bytes(self) -> int:
        """Return the number of bytes of request bodies that are currently held."""
        return self._listener.policy.bodies.total

    def run(self) -> None:
        """Serve until stopped, then refuse new connections and finish the running responses."""
        while not self._stopping:
            self.turn()
        self._close_listener()
        deadline = time.monotonic() + self._grace
        while time.monotonic() < deadline and any(
            channel.activity is not Activity.IDLE for channel in self._listener.connections
        ):
            self.turn()
        self._listener.task_dispatcher.shutdown(timeout=1)
        self._listener.asyncore.close_all(self._loop)
        self._loop.close()

    def leave_connections_to_others(self, *, leave: bool) -> None:
        """Stop accepting connections from a socket that other processes also accept from, or start again."""
        self._listener.leaves_to_others = leave

    def stop(self) -> None:
        """Make `run` drain and return, at its next turn."""
        # Only a flag: a signal handler runs in the middle of whatever the loop is doing.
        self._stopping = True

    def turn(self, seconds: float = POLL_SECONDS) -> None:
        """Run one turn of the loop, which waits up to `seconds` for an event."""
        self._loop.turn(seconds)

    def _close_listener(self) -> None:
        # Not the listener's own `close`: it closes the trigger by which threads wake the loop for their responses.
        self._listener.asyncore.dispatcher.close(self._listener)
        for channel in self._listener.connections:
            if channel.activity is Activity.IDLE and not channel.has_unread_request():
                channel.close_when_flushed = True
                self._loop.look_again(channel.fileno())


def _admission(app: Flask | StartupApp) -> Admit:
    if isinstance(app, StartupApp):
        return app.admit
    max_bytes = app.config["MAX_CONTENT_LENGTH"] or 0
    return partial(admit_body, app) if LIMITS_EXTENSION in app.extensions else lambda _: max_bytes


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address. Raises OSError if that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def serve(
    app: Flask | StartupApp,
    host: str,
    port: int,
    ready: Callable[[str], None] = lambda _: None,
    *,
    threads: int = THREADS,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain; `ready` is called with the address when connections are accepted.

    Raises OSError if the address cannot be listened on.
    """
    server = Server(app, host, port, threads=threads)
    stop_on_signals(server)
    ready(server.address)
    server.run()


def stop_on_signals(server: Server) -> None:
    """Stop a server on SIGTERM and SIGINT."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
