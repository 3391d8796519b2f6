"""The writers' fork server: it has loaded schema and shapes, but no store, and forks a process for each write.

Forking creates a writer with everything needed for validation in milliseconds. For each writer, there is a socket to
the front process on which this process sends the writer's pidfd, and how it ended.
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
    """Fork a writer for each message on the socket whose number is the argument, until the other end is closed."""
    control, options, wakeup = connect()
    server = _WriterForker(control, wakeup, WriterOptions(**options))
    server.load_schema()
    server.run()


class _WriterForker(ForkServer):
    descriptors_per_child = 3  # its channel, its standard error, and the socket for reports

    def __init__(self, control: socket.socket, wakeup: int, options: WriterOptions) -> None:
        super().__init__(control, wakeup)
        self._options = options
        self._report_sockets: dict[int, socket.socket] = {}
        """The sockets for reports by writer process."""
        self._committer = Committer(options.open(), names_of(Path(options.folder)))

    def load_schema(self) -> None:
        """Load the schema; if it is faulty, every write is refused with that error."""
        try:
            self._committer.load_schema()
        except CommuniqueError as error:
            self.fault = error
        keep_freed_memory_low(MALLOC_ARENAS)
        gc.collect()
        gc.freeze()  # a collection in a writer would copy every page of what is loaded here

    def work(self, channel: Channel) -> None:
        carry_out_request(channel, self._options, self._committer)

    def report_start(self, message: bytes, process: int, descriptors: Sequence[int]) -> None:
        """Send a pidfd of the writer, which cannot have been reaped yet."""
        reports = socket.fromfd(descriptors[2], socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._report_sockets[process] = reports
        handle = os.pidfd_open(process)
        try:
            socket.send_fds(reports, [message], [handle])
        except OSError:
            os.kill(process, signal.SIGKILL)  # its request is gone
        finally:
            os.close(handle)

    def report_failure(self, message: bytes, descriptors: Sequence[int]) -> None:
        del message
        error = self.fault or BusyError("No process could be started for this write just now.")
        if descriptors:  # otherwise the front process notices that the channel is closed
            channel = Channel(socket.fromfd(descriptors[0], socket.AF_UNIX, socket.SOCK_STREAM))
            with suppress(GoneError):
                channel.send(FrameKind.ERROR, to_json(from_error(error)))
            channel.close()

    def report_end(self, process: int, status: int) -> None:
        with self._report_sockets.pop(process) as reports, suppress(OSError):  # the other end may be closed
            reports.send(str(status).encode())
