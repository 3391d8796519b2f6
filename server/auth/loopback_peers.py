"""The process at the other end of a loopback connection, from the tables in Linux's /proc.

A reverse proxy that adds no header is recognized by its process: it belongs to another user, or it listens on an
address that other machines can reach. See docs/decisions/0013-writing-without-a-token.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

SOCKET_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
TABLE_ROW = re.compile(
    r" *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+) "
)
LISTENING = "0A"
UNKNOWN_PROCESS = "the program that sends it cannot be identified"
_last_peer: list[str] = []
"""The process of the last peer, which is searched first: a client that writes usually writes again."""


def foreign_peer_reason(peer_port: int, own_port: int) -> str | None:
    """Return why the peer of a loopback connection may act for others; None if it is a client of this user.

    Also None if the system has no such tables.
    """
    # Ports in hexadecimal select the lines cheaply: parsing all rows of a busy machine would take milliseconds.
    port_field = f":{peer_port:04X} "
    lines = (line for line in _tables().splitlines() if port_field in line or f" {LISTENING} " in line)
    rows = [match.groups() for line in lines if (match := TABLE_ROW.match(line))]
    ends = {(int(row[1], 16), int(row[2], 16)): row for row in rows if row[3] != LISTENING}
    # Not even this end is listed: the system has no table of its connections.
    if (own_port, peer_port) not in ends:
        return None
    peer = ends.get((peer_port, own_port))
    # Inode 0 means that no process holds the socket any more.
    if peer is None or peer[5] == "0":
        return UNKNOWN_PROCESS
    if int(peer[4]) != os.geteuid():
        return "another user's program sends it"
    public_sockets = {row[5] for row in rows if row[3] == LISTENING and not _is_loopback(row[0])}
    sockets = _sockets_of_holder(peer[5])
    if sockets is None:
        return UNKNOWN_PROCESS
    return "the program that sends it also accepts connections of other machines" if sockets & public_sockets else None


def _tables() -> str:
    tables = []
    for path in SOCKET_TABLES:
        with suppress(OSError):  # without IPv6, there is no tcp6
            tables.append(path.read_text("ascii"))
    return "\n".join(tables)


def _is_loopback(digits: str) -> bool:
    """Return whether an address is a loopback address; the kernel writes it in words of the machine's byte order."""
    words = (bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8))
    ip = ip_address(b"".join(words))
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def _sockets_of_holder(inode: str) -> frozenset[str] | None:
    """Return the sockets of the process that holds this one, empty if it is this process; None if none is found."""
    own = str(os.getpid())
    # Newest first: a client usually started after its server.
    processes = sorted(filter(str.isdecimal, os.listdir("/proc")), key=int, reverse=True)  # noqa: PTH208 -- only the names are needed
    for process in (*_last_peer, *processes):
        sockets = frozenset(_sockets(process))
        if inode in sockets:
            _last_peer[:] = [process]
            return frozenset() if process == own else sockets
    return None


def _sockets(process: str) -> Iterator[str]:
    folder = f"/proc/{process}/fd"
    with suppress(OSError):
        for descriptor in os.listdir(folder):  # noqa: PTH208 -- a path of pathlib's for each costs ten times as much
            with suppress(OSError):
                kind, _, rest = os.readlink(f"{folder}/{descriptor}").partition(":[")  # noqa: PTH115 -- the same
                if kind == "socket":
                    yield rest.rstrip("]")
