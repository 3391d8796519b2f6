"""What idle connections cost the loop that serves all of them: `python -m benchmarks.connections`."""

from __future__ import annotations

import os
import socket
import time

from flask import Flask

from server.runtime.http_server import Server
from server.sockets import ConnectionLimits, raise_descriptor_limit

NUMBERS = (0, 100, 1000)
TURNS = 300
ACCEPTED_AT_ONCE = 30


def main() -> None:
    """Print the milliseconds of processor that a turn of the loop takes beside so many idle connections."""
    raise_descriptor_limit()
    app = Flask("idle")
    app.config["MAX_CONTENT_LENGTH"] = 1000
    limits = ConnectionLimits(total=2 * max(NUMBERS), per_address=2 * max(NUMBERS), idle_seconds=600)
    server, clients = Server(app, "127.0.0.1", 0, threads=2, connections=limits), list[socket.socket]()
    print(f"load {os.getloadavg()[0]:.1f}")
    for number in NUMBERS:
        while len(clients) < number:
            clients += [socket.create_connection((server.host, server.port)) for _ in range(ACCEPTED_AT_ONCE)]
            turn(server, 10)
        started = time.process_time()
        turn(server, TURNS)
        milliseconds = 1000 * (time.process_time() - started) / TURNS
        print(f"{len(server.connections):5} connections: {milliseconds:.2f} ms a turn")
    os._exit(0)  # the server's threads wait for requests that never come


def turn(server: Server, times: int) -> None:
    """Let the server's loop turn without waiting."""
    for _ in range(times):
        server.turn(0)


if __name__ == "__main__":
    main()
