"""The writers' fork server: a process that has read schema and shapes, opened no store, and forks a writer a write.

Forking is safe there, as it has one thread, and makes a writer in milliseconds that has all it checks by. The server's
own process, which has threads, forks nothing. Each writer has a socket of its own to the server, on which the fork
server tells its process (with a handle that no later process of that number is taken for) and how it ended.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from kg.errors import BusyError, CommuniqueError
from kg.store.opening import names_of
from kg.workers.fork_loop import FRAME, begin, live, serve
from kg.workers.frames import Channel, FrameKind, from_error, to_json
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.writer.committer import Committer
from kg.writer.writing_child import WriterOptions, work

ARENAS = 1
"""A writer has one thread that allocates at a time."""
DESCRIPTORS = 3
"""What comes with the word that asks for a writer: its channel, its standard error, and where its end is told."""


def main() -> None:
    """Fork a writer for each word on the socket whose number is the argument, until its other end is closed."""
    control, source, wakeup = begin()
    _ForkServer(control, WriterOptions(**source), wakeup).run()


class _ForkServer:
    def __init__(self, control: socket.socket, source: WriterOptions, wakeup: int) -> None:
        self._control, self._source, self._wakeup = control, source, wakeup
        self._writers: dict[int, socket.socket] = {}
        """Where the end of each writer is told, by its process."""
        self._change = Committer(source.open(), names_of(Path(source.folder)))
        self._fault: CommuniqueError | None = None

    def run(self) -> None:
        """Read the schema, then fork and reap until the server has gone."""
        self._prepare()
        serve(self._control, self._wakeup, self._fork, self._reap, lambda: self._writers)

    def _prepare(self) -> None:
        try:
            self._change.prepare()
        except CommuniqueError as error:
            self._fault = error
        keep_freed_memory_low(ARENAS)
        gc.collect()
        gc.freeze()  # a collection in a writer would copy every page of what is read here

    def _fork(self) -> bool:
        """Fork a writer; False once nobody asks any more."""
        word, descriptors, _, _ = socket.recv_fds(self._control, FRAME, DESCRIPTORS)
        if not word:
            return False
        channel, errors, news = descriptors
        if self._fault is not None:
            self._refuse(descriptors, self._fault)
            return True
        try:
            process = os.fork()
        except OSError as error:  # the machine has no memory, or the user no process, to spare just now
            sys.stderr.write(f"No writer could be forked: {error}\n")
            self._refuse(descriptors, BusyError("No process could be started for this write just now."))
            return True
        if process == 0:
            self._live(channel, errors, news)
        os.close(channel)
        os.close(errors)
        self._writers[process] = socket.socket(fileno=news)
        self._introduce(process)
        return True

    def _introduce(self, process: int) -> None:
        """Send the handle of a writer, which cannot have been reaped yet."""
        handle = os.pidfd_open(process)
        try:
            socket.send_fds(self._writers[process], [str(process).encode()], [handle])
        except OSError:
            os.kill(process, signal.SIGKILL)  # whoever had asked for it has gone
        finally:
            os.close(handle)

    def _refuse(self, descriptors: list[int], error: CommuniqueError) -> None:
        channel = Channel(socket.socket(fileno=descriptors[0]))
        channel.send(FrameKind.ERROR, to_json(from_error(error)))
        channel.close()
        for descriptor in descriptors[1:]:
            os.close(descriptor)

    def _live(self, channel: int, errors: int, news: int) -> NoReturn:
        """Be a writer."""

        def write() -> None:
            work(Channel(socket.socket(fileno=channel)), self._source, self._change)

        live(self._control, errors, (self._wakeup, news), write)

    def _reap(self) -> None:
        while self._writers:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            news = self._writers.pop(process)
            try:
                news.send(str(os.waitstatus_to_exitcode(status)).encode())
            except OSError:
                pass  # nobody waits for it any more
            finally:
                news.close()
