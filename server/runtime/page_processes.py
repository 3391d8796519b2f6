"""The server's side of page processes: they are started, lent the store, replaced when they end, and ended with it."""

from __future__ import annotations

import logging
import pickle
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from kg.workers import Client, Lender, LimitedStore
from kg.workers.child_process import environment
from kg.workers.frames import Channel, FrameKind, GoneError
from kg.workers.process_exits import describe
from kg.workers.query_jobs import LOCAL_CLIENT
from server.http.errors import HttpError
from server.http.page_relay import PageStats
from server.runtime.page_process import RELOAD, REQUEST, PageOptions

CODE = "from server.runtime.page_process import main; main()"
END_SECONDS = 2.0
"""Seconds that a page process may take to end."""
REST_SECONDS = 1.0
"""Seconds between two starts of a page process: one that cannot start is not started without pause."""
MAX_REQUESTS = 16
"""Pages that are made at once where nobody says how many."""
PAGE_PROCESS_DESCRIPTORS = 4
"""What the server holds for each process: two channels, and a pair while a request is passed on."""
log = logging.getLogger(__name__)


class PageProcesses:
    """So many page processes, from `start` to `close`; a request goes to the one that has the fewest."""

    def __init__(
        self, source: PageOptions, store: LimitedStore, processes: int, max_requests: int = MAX_REQUESTS
    ) -> None:
        self._store, self._max_requests = store, max_requests
        self._members = [_Member(source, store) for _ in range(processes)]

    def start(self) -> None:
        """Start them; their first requests wait until they are ready."""
        for member in self._members:
            member.start()

    def connect(self) -> Channel:
        """Return a channel for one request; HttpError 503 where none can be had just now."""
        if self.requests() >= self._max_requests:
            raise _unavailable(f"{self._max_requests} pages are being made, and no more are at once.")
        ours, theirs = socket.socketpair()
        with theirs:
            member = min(self._members, key=lambda member: member.requests)
            try:
                member.send(REQUEST, theirs)
            except OSError as error:
                ours.close()
                raise _unavailable("No process that makes pages can be reached just now.") from error
        return member.count(ours)

    def lender(self, channel: Channel, client: Client) -> Lender:
        """Return what answers the store's requests that come over a channel."""
        return Lender(channel, self._store, client)

    def reload(self) -> None:
        """Have them take up what the corpus says of itself, and the articles' texts."""
        for member in self._members:
            with suppress(OSError):  # the one that takes its place reads them anew
                member.send(RELOAD)

    def identifiers(self) -> tuple[int, ...]:
        """Return the numbers of the processes as the system has them, of those that run."""
        return tuple(member.identifier for member in self._members if member.identifier)

    def requests(self) -> int:
        """Return how many requests they are answering."""
        return sum(member.requests for member in self._members)

    def stats(self) -> PageStats:
        """Return their figures."""
        return PageStats(len(self.identifiers()), self.requests(), sum(member.restarts for member in self._members))

    def close(self) -> None:
        """End them; once more is no error."""
        for member in self._members:
            member.close()


def _unavailable(sentence: str) -> HttpError:
    return HttpError(503, sentence, headers={"Retry-After": "1"})


class _Counted(Channel):
    """A channel of a request, counted while it is open."""

    def __init__(self, connection: socket.socket, member: _Member) -> None:
        super().__init__(connection)
        self._member = member
        self._open = True
        member.add_requests(1)

    def close(self) -> None:
        """Close the socket; the other side sees it."""
        if self._open:
            self._open = False
            self._member.add_requests(-1)
        super().close()


class _Member:
    """One place for a page process, which another takes when it ends."""

    def __init__(self, source: PageOptions, store: LimitedStore) -> None:
        self._source, self._store = source, store
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._look_after, name="page process", daemon=True)
        self._tried, self._closing = threading.Event(), threading.Event()
        self.requests = self.restarts = 0

    @property
    def identifier(self) -> int:
        """Return the number of the process as the system has it, 0 while there is none."""
        process = self._process
        return 0 if process is None else process.pid

    def start(self) -> None:
        """Have a thread start a process and look after it; wait until it has, or has to try again."""
        self._thread.start()
        self._tried.wait()

    def send(self, word: bytes, channel: socket.socket | None = None) -> None:
        """Say something to the process, with a channel or without. Raises OSError where there is none."""
        with self._lock:
            if self._control is None:
                raise BrokenPipeError("no page process is running")
            descriptors = [] if channel is None else [channel.fileno()]
            socket.send_fds(self._control, [word], descriptors, socket.MSG_DONTWAIT)

    def count(self, connection: socket.socket) -> Channel:
        """Return the channel over a socket, counted as long as it is open."""
        return _Counted(connection, self)

    def add_requests(self, number: int) -> None:
        """Count requests that begin, or with a number below 0 end."""
        with self._lock:
            self.requests += number

    def close(self) -> None:
        """End the process and the thread."""
        self._closing.set()
        self._end()
        if self._thread.ident is not None:
            self._thread.join()

    def _look_after(self) -> None:
        """Lend the store to one process after the other; each ends with this thread, which has started it."""
        while not self._closing.is_set():
            started = time.monotonic()
            try:
                channel = self._started()
            except OSError as error:  # the system has no descriptor, process or memory to spare
                log.error("A page process cannot be started now, and is tried again: %s", error)  # noqa: TRY400
            else:
                self._tried.set()
                self._lend_until_end(channel)
            self._tried.set()
            self._closing.wait(max(started + REST_SECONDS - time.monotonic(), 0))

    def _lend_until_end(self, channel: Channel) -> None:
        if not self._closing.is_set():  # or `close` may have looked for a process before there was this one
            self._lend(channel)
        status = self._end()
        if not self._closing.is_set():
            self.restarts += 1
            log.error("A page process %s; another takes its place.", describe(status))

    def _started(self) -> Channel:
        """Start a process; return the channel that it asks the store over beside requests."""
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lent, far = socket.socketpair()
        with theirs, far:
            numbers = (theirs.fileno(), far.fileno())
            try:
                process = subprocess.Popen(  # noqa: S603 -- our own interpreter, on our own code
                    [sys.executable, "-c", CODE, *map(str, numbers)],
                    pass_fds=numbers,
                    env=environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl+C is for the server, which knows how to end
                )
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

    def _lend(self, channel: Channel) -> None:
        """Answer what the process asks of the store until it ends."""
        lender = Lender(channel, self._store, LOCAL_CLIENT)
        with suppress(GoneError):
            while True:
                lender.answer(*channel.receive())
        lender.close()
        channel.close()

    def _end(self) -> int | None:
        """End the process; return how it had ended, None where it had to be ended."""
        with self._lock:
            process, control = self._process, self._control
            self._process = self._control = None
        if control is not None:
            control.close()
        if process is None:
            return None
        if self._closing.is_set():
            process.kill()  # nobody waits for it, and one that is stopped would not see that its sockets are closed
        try:
            return process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
