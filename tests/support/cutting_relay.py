"""A relay on this machine that loses connections in the middle of what clients send."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread


@contextmanager
def cutting_relay(port: int, most_bytes: int) -> Iterator[int]:
    """Pass what comes on to a port of this machine, cut each connection after so many bytes, and give its own port."""

    class Relay(BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as server, suppress(OSError):
                answers = Thread(target=pump, args=(server, self.request))
                answers.start()
                left = most_bytes
                while left and (data := self.request.recv(min(left, 65536))):
                    server.sendall(data)
                    left -= len(data)
                server.shutdown(socket.SHUT_RDWR)
                self.request.shutdown(socket.SHUT_RDWR)
                answers.join()

    with ThreadingTCPServer(("127.0.0.1", 0), Relay) as relay:
        serving = Thread(target=relay.serve_forever)
        serving.start()
        try:
            yield relay.server_address[1]
        finally:
            relay.shutdown()
            serving.join()


def pump(server: socket.socket, client: socket.socket) -> None:
    """Pass a server's answers on until it closes the connection."""
    with suppress(OSError):
        while data := server.recv(65536):
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
