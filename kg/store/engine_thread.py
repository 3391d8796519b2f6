"""Running the engine: in a thread of its own, with a deep stack, its output taken in chunks as it comes.

The engine's result objects must stay in the thread that made them (it aborts the process otherwise), and its
serialisers write into a file object; so each answer has a thread that fills a short queue, and the reader empties it.
A worker, which answers one request at a time, has one such thread that sends what is written itself (`run_here`).
"""

from __future__ import annotations

import errno
import os
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Full, Queue
from traceback import clear_frames
from typing import IO, Generic, TypeVar, cast

from kg.errors import (
    CommuniqueError,
    DamagedStoreError,
    DiskFullError,
    GraphExistsError,
    MemoryLimitError,
    QuerySyntaxError,
    RequestError,
    StoreError,
    UnknownGraphError,
)

STACK = 64 * 2**20
"""Bytes of stack for the engine's recursion; reserved address space, used only as far as a request needs it."""
CHUNK = 64 * 2**10
_QUEUED = 8
"""Chunks that wait for a slow reader: so an answer of any length holds half a megabyte."""
_DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_SENTENCE = re.compile(r"[A-Z]\w*(?: [\w']+){2,}")
"""What names a fault in the engine's message, among the terminals that its grammar would take."""
# Texts of SPARQL 1.2 come here whatever is wrong with them: only 1.1's grammar is known.
_RULES_OF_NAMES = (
    "if the grammar allows what is there, it does not allow a name, such as a variable that is selected and not"
    " grouped, one that AS names and that is in use, or a blank node's label in two groups"
)
_ERRORS = (SyntaxError, ValueError, TypeError, RuntimeError, OSError, MemoryError, CommuniqueError)
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_DAMAGE = re.compile(r"(Corruption|IO error|NotFound|Not implemented|Invalid argument): ")
"""The beginnings of RocksDB's errors about its files, which the engine raises like errors of an evaluation."""
_GRAPH = re.compile(r"The graph <(?P<name>[^>]*)> (?P<what>does not exist|already exists)")
"""The engine's errors of DROP and CREATE without SILENT, which are no malformed requests."""
_starting = threading.Lock()

Head = TypeVar("Head")


# One of _ERRORS, so that the writing thread ends by it without a trace in the log.
class _LeftError(RuntimeError):
    """The reader of an answer has gone."""


class Sink(ABC, Generic[Head]):
    """A binary file object for the engine to write to, which hands its content over in chunks of about CHUNK bytes."""

    def __init__(self) -> None:
        self.fitted: Callable[[bytes], bytes] = bytes
        """What each piece of output goes through before it is handed over."""
        self._held = bytearray()

    @property
    def file(self) -> IO[bytes]:
        """Return the sink as the engine's type for what it writes to; it only ever calls `write` and `flush`."""
        return cast("IO[bytes]", self)

    @abstractmethod
    def begin(self, head: Head) -> None:
        """Say that the request is accepted, before anything is written."""

    @abstractmethod
    def hand_over(self, chunk: bytes) -> None:
        """Take the next chunk of what is written."""

    def write(self, data: bytes) -> int:
        """Take a piece of output, and hand over a chunk once enough is there; return how many bytes were given."""
        self._held += self.fitted(data)
        if len(self._held) >= CHUNK:
            self.finish()
        return len(data)

    def flush(self) -> None:
        """Do nothing: chunks go when they are full."""

    def finish(self) -> None:
        """Hand over what is held."""
        if self._held:
            chunk = bytes(self._held)
            self._held.clear()
            self.hand_over(chunk)


class _QueueSink(Sink[Head]):
    """Hands over to another thread, through a short queue."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[tuple[Head] | bytes | Exception | None] = Queue(_QUEUED)
        self.left = threading.Event()

    def begin(self, head: Head) -> None:
        """Say that the request is accepted."""
        self._put((head,))

    def hand_over(self, chunk: bytes) -> None:
        """Queue a chunk, or end the writing thread's work if the reader has gone."""
        self._put(chunk)

    def run(self, work: Callable[[Sink[Head]], None]) -> None:
        """Do the work and hand over its end, whichever it is."""
        # What is put if the engine panics: that is a BaseException, which no handler here takes, and the reader waits.
        ending: Exception | None = StoreError("The engine gave up without saying why.")
        try:
            work(self)
            self.finish()
            ending = None
        except _ERRORS as error:
            _clear(error)
            # Its frames would keep the engine's objects alive in the thread of the reader.
            ending = error.with_traceback(None)
        finally:
            if not self.left.is_set():
                self._put(ending)

    def _put(self, item: tuple[Head] | bytes | Exception | None) -> None:
        while not self.left.is_set():
            try:
                # With a timeout, since a queue cannot wait for a free place and for `left` at once.
                self.queue.put(item, timeout=0.1)
            except Full:
                continue
            return
        raise _LeftError


class Chunks(Iterator[bytes], Generic[Head]):
    """The chunks of an answer; `close`, or forgetting it, ends the work behind it at its next output."""

    def __init__(self, sink: _QueueSink[Head], thread: threading.Thread) -> None:
        self._sink, self._thread = sink, thread
        self._ended = False

    def begun(self) -> Head:
        """Return the head once the request is accepted, or raise why it is not."""
        item = self._sink.queue.get()
        if isinstance(item, tuple):
            return item[0]
        self._ended = True
        raise translated(item if isinstance(item, Exception) else StoreError("The engine answered nothing."))

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        item = self._sink.queue.get()
        if isinstance(item, bytes):
            return item
        self._ended = True
        if isinstance(item, Exception):
            raise translated(item) from item
        raise StopIteration

    def close(self, wait: float = 0) -> bool:
        """Take no more; the thread behind ends when it next writes. Tell whether it has, after `wait` seconds."""
        self._ended = True
        self._sink.left.set()
        self._thread.join(wait)
        return not self._thread.is_alive()

    # Otherwise the thread of an answer that nobody reads would wait at its full queue for ever.
    def __del__(self) -> None:
        self._sink.left.set()


def stream(work: Callable[[Sink[Head]], None]) -> tuple[Head, Chunks[Head]]:
    """Run work in a thread; return what it begins with and the chunks that it then writes, or raise its error."""
    sink = _QueueSink[Head]()
    chunks = Chunks(sink, in_deep_thread(lambda: sink.run(work)))
    return chunks.begun(), chunks


def run_here(work: Callable[[Sink[Head]], None], sink: Sink[Head]) -> None:
    """Do work in this thread, which `in_deep_thread` has started, or raise its error translated."""
    try:
        work(sink)
        sink.finish()
    except _ERRORS as error:
        _clear(error)
        # Without its cause, whose frames hold the engine's objects.
        raise translated(error) from None


def _clear(error: BaseException) -> None:
    """Empty the frames that an error came through: they hold the engine's objects, which must end in this thread."""
    while True:
        clear_frames(error.__traceback__)
        before = error.__cause__ or error.__context__
        if before is None:
            return
        error = before


def call(work: Callable[[], Head]) -> Head:
    """Return what work returns, run with the deep stack, or raise its error translated."""

    def once(sink: Sink[Head]) -> None:
        sink.begin(work())

    return stream(once)[0]


@contextmanager
def translating() -> Iterator[None]:
    """Raise the engine's errors, and the file system's, as ours."""
    try:
        yield
    except (SyntaxError, RuntimeError, ValueError, OSError) as error:
        raise translated(error) from error


def translated(error: Exception) -> CommuniqueError:
    """Return an engine's error as one of ours."""
    if isinstance(error, CommuniqueError):
        return error
    if isinstance(error, SyntaxError):
        return _syntax(str(error))
    if isinstance(error, MemoryError):
        return MemoryLimitError("The engine was given no more memory.", "memory")
    if isinstance(error, OSError):
        kind = DiskFullError if _is_full(error) else StoreError
        return kind(f"The store cannot be read or written: {error}.")
    if isinstance(error, RuntimeError) and _DAMAGE.match(str(error)):
        return DamagedStoreError(f"The store's files are damaged (`kg fsck` says which): {error}.")
    return _of_evaluation(error)


def _of_evaluation(error: Exception) -> RequestError:
    graph = _GRAPH.match(str(error))
    if graph is None:
        return RequestError(f"The engine cannot evaluate this request: {error}.")
    if graph["what"] == "already exists":
        return GraphExistsError(f"The dataset holds the graph {graph['name']} already; CREATE SILENT leaves it.")
    return no_graph(graph["name"])


def no_graph(name: str) -> UnknownGraphError:
    """Return the error of an operation that needs a graph which is not there."""
    return UnknownGraphError(f"The dataset holds no graph {name}; with SILENT that is no error.")


def _is_full(error: OSError) -> bool:
    """Tell whether the disk is full; the engine's own errors have the system's message and no error number."""
    words = (os.strerror(number) for number in _DISK_FULL_ERRNOS)
    return error.errno in _DISK_FULL_ERRNOS or any(word in str(error) for word in words)


def _syntax(message: str) -> QuerySyntaxError:
    place = _PLACE.match(message)
    if place is None:
        return QuerySyntaxError(f"The text does not parse: {message}.")
    line, column, expected = int(place[1]), int(place[2]), place[3]
    # The rest of it lists what the engine's grammar would take there: it names no fault.
    sentence = _SENTENCE.search(expected)
    fault = sentence[0] if sentence else _RULES_OF_NAMES
    return QuerySyntaxError(f"The text does not parse at line {line}, column {column}: {fault}.", line, column)


def in_deep_thread(work: Callable[[], None]) -> threading.Thread:
    """Start work in a thread with a stack that is deep enough for the engine."""
    thread = threading.Thread(target=work, daemon=True, name="engine")
    with _starting:
        # The size is a setting of the whole process: another thread that is started meanwhile would get the deep stack
        # too.
        usual = threading.stack_size(STACK)
        try:
            thread.start()
        finally:
            threading.stack_size(usual)
    return thread
