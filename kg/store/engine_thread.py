"""Running the engine in a separate thread with a deep stack, and passing on its output in chunks.

The engine's result objects must stay in the thread that made them (otherwise it aborts the process), and its
serializers write to a file object; so each answer has a thread that fills a short queue, which the reader empties.
A worker, which answers one request at a time, has one such thread that sends its output itself (`run_here`).
"""

from __future__ import annotations

import errno
import os
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
"""Bytes of stack for the engine's recursion; only reserved address space until a request needs it."""
CHUNK = 64 * 2**10
_QUEUED = 8
"""The maximum chunks that wait for a slow reader, so that an answer of any length takes half a megabyte."""
_DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_SENTENCE = re.compile(r"[A-Z]\w*(?: [\w']+){2,}")
"""The sentence that names a fault in the engine's message, among the terminals that its grammar would accept."""
# Any faulty text of SPARQL 1.2 ends up here, since `grammar` only covers SPARQL 1.1.
_RULES_OF_NAMES = (
    "if the grammar allows what is there, a name is at fault, such as a variable that is selected and not grouped,"
    " a variable after AS that is in use already, or a blank node's label in two groups"
)
_ERRORS = (SyntaxError, ValueError, TypeError, RuntimeError, OSError, MemoryError, CommuniqueError)
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_DAMAGE = re.compile(r"(Corruption|IO error|NotFound|Not implemented|Invalid argument): ")
"""Prefixes of RocksDB's errors about its files, which the engine raises like evaluation errors."""
_GRAPH = re.compile(r"The graph <(?P<name>[^>]*)> (?P<what>does not exist|already exists)")
"""The engine's errors for DROP and CREATE without SILENT, which do not mean that the request is malformed."""
_starting = threading.Lock()

Head = TypeVar("Head")


# One of _ERRORS, so that it ends the writing thread without a traceback in the log.
class _LeftError(RuntimeError):
    """The reader of an answer has disconnected."""


class Sink(ABC, Generic[Head]):
    """A binary file object that the engine writes to, and that passes on its content in chunks of about CHUNK bytes."""

    def __init__(self) -> None:
        self.fitted: Callable[[bytes], bytes] = bytes
        """A function applied to each piece of output before it is passed on."""
        self._held = bytearray()

    @property
    def file(self) -> IO[bytes]:
        """Return the sink as the type that the engine expects; the engine only ever calls `write` and `flush`."""
        return cast("IO[bytes]", self)

    @abstractmethod
    def begin(self, head: Head) -> None:
        """Report that the request is accepted, before anything is written."""

    @abstractmethod
    def hand_over(self, chunk: bytes) -> None:
        """Pass on the next chunk of output."""

    def write(self, data: bytes) -> int:
        """Buffer a piece of output, and pass on a chunk once it is large enough; return the length of the piece."""
        self._held += self.fitted(data)
        if len(self._held) >= CHUNK:
            self.finish()
        return len(data)

    def flush(self) -> None:
        """Do nothing: chunks are passed on when they are full."""

    def finish(self) -> None:
        """Pass on the buffered output."""
        if self._held:
            chunk = bytes(self._held)
            self._held.clear()
            self.hand_over(chunk)


class _QueueSink(Sink[Head]):
    """A sink that passes its output to another thread, through a short queue."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[tuple[Head] | bytes | Exception | None] = Queue(_QUEUED)
        self.left = threading.Event()

    def begin(self, head: Head) -> None:
        """Report that the request is accepted."""
        self._put((head,))

    def hand_over(self, chunk: bytes) -> None:
        """Queue a chunk, or end the writing thread's work if the reader has disconnected."""
        self._put(chunk)

    def run(self, work: Callable[[Sink[Head]], None]) -> None:
        """Do the work, and queue its end or its error."""
        # The default is for a panic of the engine, a BaseException that no handler here catches: the reader is waiting.
        ending: Exception | None = StoreError("The engine gave up without saying why.")
        try:
            work(self)
            self.finish()
            ending = None
        except _ERRORS as error:
            _clear(error)
            # Its frames would keep the engine's objects alive in the reader's thread.
            ending = error.with_traceback(None)
        finally:
            # The reader may leave while this waits for a free slot.
            with suppress(_LeftError):
                self._put(ending)

    def _put(self, item: tuple[Head] | bytes | Exception | None) -> None:
        while not self.left.is_set():
            try:
                # With a timeout, because a queue cannot wait for a free slot and for `left` at the same time.
                self.queue.put(item, timeout=0.1)
            except Full:
                continue
            return
        raise _LeftError


class Chunks(Iterator[bytes], Generic[Head]):
    """The chunks of an answer; closing or deleting it ends the underlying work at its next output."""

    def __init__(self, sink: _QueueSink[Head], thread: threading.Thread) -> None:
        self._sink, self._thread = sink, thread
        self._ended = False

    def begun(self) -> Head:
        """Return the head once the request is accepted, or raise the error if it is not."""
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
        """Stop reading; the thread ends at its next write. Return whether it has ended after up to `wait` seconds."""
        self._ended = True
        self._sink.left.set()
        self._thread.join(wait)
        return not self._thread.is_alive()

    # Otherwise the thread of an abandoned answer would wait for ever for its full queue.
    def __del__(self) -> None:
        self._sink.left.set()


def stream(work: Callable[[Sink[Head]], None]) -> tuple[Head, Chunks[Head]]:
    """Run work in a thread; return its head and the chunks that it then writes, or raise its error."""
    sink = _QueueSink[Head]()
    chunks = Chunks(sink, in_deep_thread(lambda: sink.run(work)))
    return chunks.begun(), chunks


def run_here(work: Callable[[Sink[Head]], None], sink: Sink[Head]) -> None:
    """Do work in this thread, which `in_deep_thread` has started, and translate its errors."""
    try:
        work(sink)
        sink.finish()
    except _ERRORS as error:
        _clear(error)
        # `from None`, because the frames of the cause hold the engine's objects.
        raise translated(error) from None


def _clear(error: BaseException) -> None:
    """Clear the frames of an error: they hold the engine's objects, which must be freed in this thread."""
    while True:
        clear_frames(error.__traceback__)
        before = error.__cause__ or error.__context__
        if before is None:
            return
        error = before


def call(work: Callable[[], Head]) -> Head:
    """Run work with the deep stack, return its result, and translate its errors."""
    sink = _QueueSink[Head]()
    thread = in_deep_thread(lambda: sink.run(lambda _: sink.begin(work())))
    result = Chunks(sink, thread).begun()
    thread.join()  # until then it holds what the work refers to, and a transaction's files cannot be closed
    return result


@contextmanager
def translating() -> Iterator[None]:
    """Translate errors of the engine and of the file system to ours."""
    try:
        yield
    except (SyntaxError, RuntimeError, ValueError, OSError) as error:
        raise translated(error) from error


def translated(error: Exception) -> CommuniqueError:
    """Return an engine's error translated to one of ours."""
    if isinstance(error, CommuniqueError):
        return error
    if isinstance(error, SyntaxError):
        return _syntax(str(error))
    if isinstance(error, MemoryError):
        return MemoryLimitError("The engine could not get more memory.", "memory")
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
    """Return the error for an operation that needs a graph that does not exist."""
    return UnknownGraphError(f"The dataset holds no graph {name}; with SILENT that is no error.")


def _is_full(error: OSError) -> bool:
    """Return whether the disk is full; the engine's own errors have the system's message but no error number."""
    words = (os.strerror(number) for number in _DISK_FULL_ERRNOS)
    return error.errno in _DISK_FULL_ERRNOS or any(word in str(error) for word in words)


def _syntax(message: str) -> QuerySyntaxError:
    place = _PLACE.match(message)
    if place is None:
        return QuerySyntaxError(f"The text does not parse: {message}.")
    line, column, expected = int(place[1]), int(place[2]), place[3]
    # The rest only lists what the engine's grammar would accept there, which does not name the fault.
    sentence = _SENTENCE.search(expected)
    fault = sentence[0] if sentence else _RULES_OF_NAMES
    return QuerySyntaxError(f"The text does not parse at line {line}, column {column}: {fault}.", line, column)


def in_deep_thread(work: Callable[[], None]) -> threading.Thread:
    """Start work in a thread whose stack is deep enough for the engine."""
    thread = threading.Thread(target=work, daemon=True, name="engine")
    with _starting:
        # The size is a setting of the whole process: without the lock, another thread could get the deep stack too.
        usual = threading.stack_size(STACK)
        try:
            thread.start()
        finally:
            threading.stack_size(usual)
    return thread
