"""Page processes as the front process manages them: started, given access to the store, restarted and stopped."""

from __future__ import annotations

import logging
import pickle
import socket
import subprocess
import threading
import time
from contextlib import suppress

from kg.workers.child_process import environment, start_python
from kg.workers.frames import Channel, FrameKind, GoneError
from kg.workers.limited_store import LimitedStore
from kg.workers.process_exits import describe_exit
from kg.workers.query_jobs import LOCAL_CLIENT, Client
from kg.workers.relayed_store import StoreResponder
from server.http.errors import unavailable
from server.http.page_relay import PageStats
from server.runtime.page_process import RELOAD, REQUEST, PageOptions

CODE = "from server.runtime.page_process import main; main()"
END_SECONDS = 2.0
"""Seconds that a page process may take to end before it is killed."""
RESTART_SECONDS = 1.0
"""The least time between two starts of a page process, so that one that fails at once leaves the processor free."""
MAX_REQUESTS = 16
"""The default for the number of pages that may be rendered at once."""
PAGE_PROCESS_DESCRIPTORS = 4
"""What the front process needs per page process: two channels, and a pair while a request is handed over."""
log = logging.getLogger(__name__)


class PageProcesses:
    """A fixed number of page processes, from `start` to `close`; a request goes to the one with the fewest requests."""

    def __init__(
        self, source: PageOptions, store: LimitedStore, processes: int, max_requests: int = MAX_REQUESTS
    ) -> None:
        self._store, self._max_requests = store, max_requests
        self._processes = [_SupervisedProcess(source, store) for _ in range(processes)]

    def start(self) -> None:
        """Start the processes; their first requests wait until they are ready."""
        for member in self._processes:
            member.start()

    def connect(self) -> Channel:
        """Return a channel for a request. Raises HttpError 503 if there are too many, or no process can be reached."""
        if self.requests() >= self._max_requests:
            raise unavailable(
                f"{self._max_requests} pages are being rendered, which is the limit: try again in a second."
            )
        ours, theirs = socket.socketpair()
        with theirs:
            member = min(self._processes, key=lambda member: member.requests)
            try:
                member.send(REQUEST, theirs)
            except OSError as error:
                ours.close()
                raise unavailable("No page process can be reached: try again in a second.") from error
        return _RequestChannel(ours, member)

    def responder(self, channel: Channel, client: Client) -> StoreResponder:
        """Return the object that answers the queries of the store that arrive over a channel."""
        return StoreResponder(channel, self._store, client)

    def reload(self) -> None:
        """Make the processes reload the corpus's settings and the articles' texts."""
        for member in self._processes:
            with suppress(OSError):  # a process that is being restarted reads them then
                member.send(RELOAD)

    def identifiers(self) -> tuple[int, ...]:
        """Return the process ids of the running processes."""
        return tuple(member.identifier for member in self._processes if member.identifier)

    def requests(self) -> int:
        """Return the number of requests that are being answered."""
        return sum(member.requests for member in self._processes)

    def stats(self) -> PageStats:
        """Return the number of processes, requests and restarts."""
        return PageStats(len(self.identifiers()), self.requests(), sum(member.restarts for member in self._processes))

    def close(self) -> None:
        """Stop the processes; may be called twice."""
        for member in self._processes:
            member.close()


class _RequestChannel(Channel):
    """The channel of a request, which is counted until the channel is closed."""

    def __init__(self, connection: socket.socket, member: _SupervisedProcess) -> None:
        super().__init__(connection)
        self._member = member
        self._open = True
        member.add_requests(1)

    def close(self) -> None:
        """Close the socket, which makes the page process stop."""
        if self._open:
            self._open = False
            self._member.add_requests(-1)
        super().close()


class _SupervisedProcess:
    """A page process that is restarted when it ends."""

    def __init__(self, source: PageOptions, store: LimitedStore) -> None:
        self._source, self._store = source, store
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._supervise, name="page process", daemon=True)
        self._attempted, self._closing = threading.Event(), threading.Event()
        self.requests = self.restarts = 0

    @property
    def identifier(self) -> int:
        """Return the process id, 0 while there is no process."""
        process = self._process
        return 0 if process is None else process.pid

    def start(self) -> None:
        """Start the thread that starts and supervises the process; wait for its first attempt."""
        self._thread.start()
        self._attempted.wait()

    def send(self, word: bytes, channel: socket.socket | None = None) -> None:
        """Send the process a message, with a channel if given. Raises OSError if no process is running."""
        with self._lock:
            if self._control is None:
                raise BrokenPipeError("no page process is running")
            descriptors = [] if channel is None else [channel.fileno()]
            # Never waiting: a suspended process reads nothing, and every request needs the lock that is held here.
            socket.send_fds(self._control, [word], descriptors, socket.MSG_DONTWAIT)

    def add_requests(self, number: int) -> None:
        """Add to the number of requests; a negative number removes some."""
        with self._lock:
            self.requests += number

    def close(self) -> None:
        """Stop the process and the thread."""
        self._closing.set()
        self._end()
        if self._thread.ident is not None:
            self._thread.join()

    def _supervise(self) -> None:
        """Start one process after another, and answer its queries; each ends with the thread that started it."""
        while not self._closing.is_set():
            started = time.monotonic()
            try:
                channel = self._start_process()
            except OSError as error:  # the system has no descriptor, process or memory to spare
                log.error("A page process cannot be started, and will be retried: %s", error)  # noqa: TRY400
            else:
                self._attempted.set()
                self._answer_until_end(channel)
            self._attempted.set()
            self._closing.wait(max(started + RESTART_SECONDS - time.monotonic(), 0))

    def _answer_until_end(self, channel: Channel) -> None:
        if not self._closing.is_set():  # `close` may have been called before this process was started
            self._answer_queries(channel)
        status = self._end()
        if not self._closing.is_set():
            self.restarts += 1
            log.error("A page process %s; another one is being started.", describe_exit(status))

    def _start_process(self) -> Channel:
        """Start a process; return the channel for those of its queries that belong to no request."""
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lent, far = socket.socketpair()
        # Closed here once they are passed on: a copy that stayed open would hide the process's end.
        with theirs, far:
            numbers = (theirs.fileno(), far.fileno())
            try:
                # Ctrl+C is for the front process, which drains first.
                process = start_python(CODE, numbers, environment(), own_session=True)
            except OSError:
                control.close()
                lent.close()
                raise
        with self._lock:
            self._process, self._control = process, control
        channel = Channel(lent)
        with suppress(GoneError):
            channel.send(FrameKind.ASK, pickle.dumps(self._source))
        return channel

    def _answer_queries(self, channel: Channel) -> None:
        """Answer the process's queries of the store until it ends."""
        responder = StoreResponder(channel, self._store, LOCAL_CLIENT)
        with suppress(GoneError):
            while True:
                responder.answer(*channel.receive())
        responder.close()
        channel.close()

    def _end(self) -> int | None:
        """Stop the process; return its exit status, None if it did not end in time."""
        with self._lock:
            process, control = self._process, self._control
            self._process = self._control = None
        if control is not None:
            control.close()
        if process is None:
            return None
        if self._closing.is_set():
            process.kill()  # nobody waits for it, and a suspended one would not notice its closed sockets
        try:
            return process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
