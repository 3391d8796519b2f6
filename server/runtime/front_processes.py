"""Several front processes on one port: started, replaced when they die, sent signals, and drained at the end.

All accept from one socket, which this process keeps open: connections that wait in it when a front process is killed go
to the others (with SO_REUSEPORT they would be reset). Each is a complete server with a share of the workers. They share
the store's files: its lock allows one write at a time, and a write is durable before it is acknowledged.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from types import FrameType

from kg.errors import StoreError
from kg.workers.child_process import environment, start_python
from kg.workers.frames import Channel, FrameKind, GoneError, to_error
from kg.workers.process_exits import describe_exit
from server.monitoring.peer_front_processes import FrontProcessPosition
from server.runtime.http_server import DRAIN_SECONDS, listen
from server.runtime.lifecycle import ServeOptions

CODE = "from server.runtime.front_process import main; main()"
LEAST_WORKERS = 2
POLL_SECONDS = 0.1
RESTART_SECONDS = 1.0
"""The least time between two starts of a front process, so that one that fails at once leaves the processor free."""
END_SECONDS = DRAIN_SECONDS + 4.0
"""Time for the front processes to drain after a signal."""
Ready = Callable[[str, str], None]
log = logging.getLogger(__name__)


def run_front_processes(options: ServeOptions, host: str, port: int, ready: Ready) -> None:
    """Serve like `server.runtime.lifecycle.run`, by several processes; `ready` is called once all of them are ready.

    Raises OSError if the address cannot be listened on, CommuniqueError if no front process can open the store.
    """
    with ExitStack() as resources:
        listening = resources.enter_context(listen(host, port))
        folder = resources.enter_context(TemporaryDirectory(prefix="kg-serve-"))
        supervisor = _Supervisor(options, listening, folder, ready)
        resources.callback(supervisor.close)
        supervisor.run()


def share(options: ServeOptions) -> ServeOptions:
    """Return the options of each front process: whatever takes memory is divided, the rest is the same for each."""
    processes, limits, settings = options.processes, options.limits, options.settings
    if limits is not None:
        # Rounded up, and at least two: one for slow queries and one for quick ones.
        workers = max(-(-limits.workers // processes), LEAST_WORKERS)
        limits = replace(limits, workers=workers, slow=workers // 2, streams=-(-limits.streams // processes))
    return replace(
        options,
        limits=limits,
        page_processes=-(-options.page_processes // processes),
        settings=replace(settings, cache=settings.cache // processes, refresh=-(-settings.refresh // processes)),
    )


@dataclass
class _Front:
    position: FrontProcessPosition
    questions: socket.socket
    """The socket over which the others send it questions, which outlives each of its processes."""
    process: subprocess.Popen[bytes] | None = None
    channel: Channel | None = None
    started: float = -RESTART_SECONDS
    version: str | None = None
    """The version that it has loaded, None until it has loaded one."""

    def start(self, options: ServeOptions, listening: socket.socket) -> None:
        """Start the front process."""
        # Its options, its position, and whether it replaces one that has died.
        message = pickle.dumps((options, self.position, self.started > 0))
        self.started, self.version = time.monotonic(), None
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours)
        # Closed here once it is passed on: otherwise the end of its process would go unnoticed.
        with theirs:
            numbers = (theirs.fileno(), listening.fileno(), self.questions.fileno())
            # Ctrl+C is for the starting process, which then makes this one drain.
            self.process = start_python(CODE, numbers, {**os.environ, **environment()}, own_session=True)
        with suppress(GoneError):  # it has ended already, which shows on the channel
            self.channel.send(FrameKind.ASK, message)

    def signal(self, number: signal.Signals) -> None:
        """Send its process a signal, if it is running."""
        if self.process is not None:
            self.process.send_signal(number)

    def end(self) -> int | None:
        """Wait for its process to end, or kill it; return its exit status, None if there is no process."""
        process, self.process = self.process, None
        if self.channel is not None:
            self.channel.close()
            self.channel = None
        if process is None:
            return None
        try:
            return process.wait(RESTART_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


class _Supervisor:
    def __init__(self, options: ServeOptions, listening: socket.socket, folder: str, ready: Ready) -> None:
        self._options, self._listening, self._ready = share(options), listening, ready
        self._stopping = self._was_ready = False
        self._fronts = []
        for number in range(options.processes):
            position = FrontProcessPosition(number, options.processes, folder)
            questions = socket.socket(socket.AF_UNIX)
            questions.bind(position.address(number))
            questions.listen()
            self._fronts.append(_Front(position, questions))

    def run(self) -> None:
        """Supervise until SIGTERM or SIGINT, then drain."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._reload)
        while not self._stopping:
            self._turn()
        self._listening.close()
        for front in self._fronts:
            front.signal(signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        processes = [front.process for front in self._fronts if front.process is not None]
        while time.monotonic() < deadline and any(process.poll() is None for process in processes):
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """End the processes that still run."""
        for front in self._fronts:
            if front.process is not None:
                front.process.kill()
            front.end()
            front.questions.close()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        for front in self._fronts:
            if front.version is not None:  # one that is still loading reads the settings anyway
                front.signal(signal.SIGHUP)

    def _turn(self) -> None:
        """Start missing processes, and read what the running ones report."""
        poll = select.poll()
        for front in self._fronts:
            if front.channel is None and time.monotonic() >= front.started + RESTART_SECONDS:
                self._start(front)
            if front.channel is not None:
                poll.register(front.channel, select.POLLIN)
        readable = {descriptor for descriptor, _ in poll.poll(1000 * POLL_SECONDS)}
        for front in self._fronts:
            if front.channel is not None and front.channel.fileno() in readable:
                self._read(front, front.channel)
        versions = [front.version for front in self._fronts if front.version is not None]
        if not self._was_ready and len(versions) == len(self._fronts):
            self._was_ready = True
            host, port = self._listening.getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/", versions[0])

    def _start(self, front: _Front) -> None:
        try:
            front.start(self._options, self._listening)
        except OSError as error:  # the system has no descriptor, process or memory to spare
            log.error("A front process cannot be started, and will be retried: %s", error)  # noqa: TRY400

    def _read(self, front: _Front, channel: Channel) -> None:
        """Record what a process reports. Raises CommuniqueError if it ends before the server was ever ready."""
        error = None
        try:
            kind, body = channel.receive()
            if kind is FrameKind.READY:
                front.version = body.decode()
                return
            error = to_error(json.loads(body))
        except GoneError:
            pass
        front.version, status = None, front.end()
        sentence = f"A front process {describe_exit(status)}"
        if not self._was_ready:
            raise error or StoreError(f"{sentence} before it was ready.")
        log.error("%s; another one is being started.", sentence)
