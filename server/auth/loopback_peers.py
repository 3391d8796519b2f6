"""Who is at the other end of a connection on this machine, as Linux tells it.

A reverse proxy that adds no header sends what a client of this machine sends. It is told by its process: it is another
user's, or it listens where other machines reach it. See docs/decisions/0013-writing-without-a-token.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ROW = re.compile(
    r" *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+) "
)
LISTENING = "0A"
_recent: list[str] = []
"""The process that was found last: who writes once mostly writes again."""
UNKNOWN = "the program that sends it cannot be told"


def why_no_client_of_this_user(peer_port: int, own_port: int) -> str | None:
    """Return why a connection of this machine is not one of this user's own programs, None if it is or nothing tells.

    `peer_port` is the port at the other end, `own_port` the server's.
    """
    named = f":{peer_port:04X} "
    lines = (line for line in _tables().splitlines() if named in line or f" {LISTENING} " in line)
    rows = [found.groups() for line in lines if (found := ROW.match(line))]
    ends = {(int(row[1], 16), int(row[2], 16)): row for row in rows if row[3] != LISTENING}
    if (own_port, peer_port) not in ends:
        return None  # this system keeps no such table: nothing can be told by it
    peer = ends.get((peer_port, own_port))
    if peer is None or peer[5] == "0":
        return UNKNOWN
    if int(peer[4]) != os.geteuid():
        return "another user's program sends it"
    public = {row[5] for row in rows if row[3] == LISTENING and not _is_loopback(row[0])}
    sockets = _sockets_of_holder(peer[5])
    if sockets is None:
        return UNKNOWN
    return "the program that sends it takes connections of other machines itself" if sockets & public else None


def _tables() -> str:
    found = []
    for table in TABLES:
        with suppress(OSError):
            found.append(table.read_text("ascii"))
    return "\n".join(found)


def _is_loopback(digits: str) -> bool:
    """Tell whether an address as the kernel writes it, in words of the machine's byte order, is this machine's own."""
    words = (bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, len(digits), 8))
    found = ip_address(b"".join(words))
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _sockets_of_holder(inode: str) -> frozenset[str] | None:
    """Return the sockets of the process that holds one, none if it is this process; None if no process is seen to."""
    own = str(os.getpid())
    for process in (*_recent, *_processes()):
        sockets = frozenset(_sockets(process))
        if inode in sockets:
            _recent[:] = [process]
            return frozenset() if process == own else sockets
    return None


def _processes() -> Iterator[str]:
    """Yield the processes, the youngest first: a client has mostly begun after its server."""
    yield from sorted(filter(str.isdecimal, os.listdir("/proc")), key=int, reverse=True)  # noqa: PTH208 -- names are wanted


def _sockets(process: str) -> Iterator[str]:
    folder = f"/proc/{process}/fd"
    with suppress(OSError):
        for descriptor in os.listdir(folder):  # noqa: PTH208 -- a path of pathlib's for each costs ten times as much
            with suppress(OSError):
                kind, _, rest = os.readlink(f"{folder}/{descriptor}").partition(":[")  # noqa: PTH115 -- the same
                if kind == "socket":
                    yield rest.rstrip("]")
