"""The writers' fork server: it has read schema and shapes, has opened no store, and forks a process for each write.

Forking makes a writer in milliseconds that has everything it validates with. Each writer has a socket of its own to the
front process, on which this process sends a handle of it, and how it ended.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kg.app.write import Committer
from kg.errors import BusyError, CommuniqueError
from kg.store import names_of
from kg.workers.fork_server import MALLOC_ARENAS, ForkServer, connect
from kg.workers.frames import Channel, FrameKind, GoneError, from_error, to_json
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.writer.writer import WriterOptions, carry_out_request


def main() -> None:
    """Fork a writer for each message on the socket whose number is the argument, until its other end is closed."""
    control, options, wakeup = connect()
    server = _WriterForker(control, wakeup, WriterOptions(**options))
    server.load_schema()
    server.run()


class _WriterForker(ForkServer):
    descriptors_per_child = 3  # its channel, its standard error, and where its end is reported

    def __init__(self, control: socket.socket, wakeup: int, options: WriterOptions) -> None:
        super().__init__(control, wakeup)
        self._options = options
        self._report_sockets: dict[int, socket.socket] = {}
        """Where the end of each writer is reported, by its process."""
        self._committer = Committer(options.open(), names_of(Path(options.folder)))

    def load_schema(self) -> None:
        """Read the schema; if it is at fault, every write is refused with that error."""
        try:
            self._committer.load_schema()
        except CommuniqueError as error:
            self.fault = error
        keep_freed_memory_low(MALLOC_ARENAS)
        gc.collect()
        gc.freeze()  # a collection in a writer would copy every page of what is read here

    def work(self, channel: Channel) -> None:
        carry_out_request(channel, self._options, self._committer)

    def report_start(self, message: bytes, process: int, descriptors: Sequence[int]) -> None:
        """Send a handle of the writer, which cannot have been reaped yet."""
        reports = socket.fromfd(descriptors[2], socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._report_sockets[process] = reports
        handle = os.pidfd_open(process)
        try:
            socket.send_fds(reports, [message], [handle])
        except OSError:
            os.kill(process, signal.SIGKILL)  # nobody waits for it any more
        finally:
            os.close(handle)

    def report_failure(self, message: bytes, descriptors: Sequence[int]) -> None:
        del message
        error = self.fault or BusyError("No process could be started for this write just now.")
        if descriptors:  # otherwise the front process sees its end of the channel closed
            channel = Channel(socket.fromfd(descriptors[0], socket.AF_UNIX, socket.SOCK_STREAM))
            with suppress(GoneError):
                channel.send(FrameKind.ERROR, to_json(from_error(error)))
            channel.close()

    def report_end(self, process: int, status: int) -> None:
        with self._report_sockets.pop(process) as reports, suppress(OSError):  # nobody may wait for it any more
            reports.send(str(status).encode())
