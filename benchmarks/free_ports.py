"""Ports for servers that have to be told one."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from pathlib import Path
from random import SystemRandom

LEAST = 1024
"""The first port that any user may listen on."""


def free_port() -> int:
    """Return a port that nobody listens on, and that is given to nobody who takes any (ip(7), ip_local_port_range)."""
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    ports = range(LEAST, first_ephemeral) if first_ephemeral > LEAST else range(LEAST, 65536)
    while True:
        port = SystemRandom().choice(ports)
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
            return port
