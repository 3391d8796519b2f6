"""What the fork servers of workers and of writers share: how they begin, wait, and become a child."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

FRAME = 64 * 1024
"""Bytes of the largest message between the server and a fork server."""


def begin() -> tuple[socket.socket, dict[str, Any], int]:
    """Begin as a fork server; return its socket to the server, what it is to open, and where SIGCHLD wakes it."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.setpgid(0, 0)  # Ctrl+C is for the server, which knows how to end
    source = json.loads(control.recv(FRAME))
    wakeup, written_by_signals = os.pipe()
    for descriptor in (wakeup, written_by_signals):
        os.set_blocking(descriptor, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(written_by_signals)
    return control, source, wakeup


def serve(
    control: socket.socket,
    wakeup: int,
    fork: Callable[[], bool],
    reap: Callable[[], None],
    children: Callable[[], Iterable[int]],
) -> None:
    """Fork when the server asks and reap when a child ends, until `fork` says that the server has gone."""
    try:
        while True:
            ready = select.select([control.fileno(), wakeup], [], [])[0]
            if wakeup in ready:
                os.read(wakeup, FRAME)
                reap()
            if control.fileno() in ready and not fork():
                return
    except (BrokenPipeError, ConnectionResetError):
        return
    finally:
        for child in children():
            os.kill(child, signal.SIGKILL)


def live(control: socket.socket, errors: int, others: Iterable[int], work: Callable[[], None]) -> NoReturn:
    """Be a child until its work is done: in a session of its own, without the fork server's descriptors.

    All of it stands in one `try`: an exception that left it would run the parent's ending, which kills the siblings.
    """
    status = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(errors, sys.stderr.fileno())
        control.close()
        for descriptor in (errors, *others):
            os.close(descriptor)
        work()
        status = 0
    finally:
        if status:
            sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        os._exit(status)
