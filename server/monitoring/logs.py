"""The log on standard error: a line per request, and another per slow query, as JSON or as text for terminals.

Logging never blocks a request: a thread writes the lines from a queue, and if they are read too slowly, the newest are
dropped and counted.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from queue import SimpleQueue
from select import PIPE_BUF
from threading import Thread
from typing import Any

from server.http.request_tracking import RequestListener, RequestRecord, request_id

JSON, TEXT = "json", "text"
MAX_QUEUED_LINES = 10_000
GATHER_SECONDS = 0.02
FLUSH_SECONDS = 1.0
"""Seconds to write the last lines when the server ends."""
MAX_KNOWN_LINES = 500
"""The number of cached parts of lines, since requests repeat each other: about a kilobyte each."""
MAX_METHOD_CHARACTERS, MAX_PATH_CHARACTERS, MAX_QUERY_CHARACTERS = 50, 500, 2000
FIELDS = "fields"
request_log = logging.getLogger("server.requests")
slow_log = logging.getLogger("server.slow")


def log_request(record: RequestRecord) -> None:
    """Log a request that has ended."""
    if not request_log.isEnabledFor(logging.INFO):
        return
    request_log.handle(RequestLogRecord(record))


def _message(method: str, path: str, status: int) -> str:
    return f"{method} {path} {status}"


class RequestLogRecord(logging.LogRecord):
    """A log record of a request that has ended."""

    _constant = vars(logging.LogRecord(request_log.name, logging.INFO, "", 0, "", (), None))

    def __init__(self, request: RequestRecord) -> None:
        # The constructor of other records takes longer, since it looks up the thread, process and file, which our
        # formats do not use.
        vars(self).update(self._constant)
        self.created = time.time()
        self.msecs = self.created % 1 * 1000
        self.request = request.id
        self.fields: dict[str, Any] = {
            "method": request.method[:MAX_METHOD_CHARACTERS],
            "path": request.path[:MAX_PATH_CHARACTERS],
            "status": request.status,
            "bytes": request.body_bytes,
            "seconds": round(request.seconds, 6),
            "client": request.client,
            "whole": request.complete,
        }

    def getMessage(self) -> str:  # noqa: N802 -- the standard library's name
        """Return the message, which lines of JSON take from a cache with other fields of like requests."""
        return _message(self.fields["method"], self.fields["path"], self.fields["status"])


def log_slow_queries(min_seconds: float) -> RequestListener:
    """Return a listener that logs the text of queries and updates that took at least this long."""

    def listener(record: RequestRecord) -> None:
        if record.text and record.seconds >= min_seconds:
            fields = {
                "seconds": round(record.seconds, 3),
                "status": record.status,
                "query": record.text[:MAX_QUERY_CHARACTERS],
            }
            slow_log.warning("A query took %.3f s.", record.seconds, extra={FIELDS: fields, "request": record.id})

    return listener


UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
"""Characters that start a line, control a terminal or change the direction of text."""


def printable(text: str) -> str:
    """Return a text with unprintable characters escaped, so that a request cannot forge a line of the log."""
    # Python, too, considers all of these characters unprintable, and most lines have none.
    if text.isprintable():
        return text
    return UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


# `json.dumps` creates an encoder for each call, which takes longer than encoding a line.
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line of JSON."""
        if isinstance(record, RequestLogRecord):
            return _request_line(record)
        fields = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": getattr(record, "request", request_id.get()),
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        # JSON escapes only the control characters of ASCII, and none that change the direction of text.
        return printable(_ENCODER.encode(fields))


def _request_line(record: RequestLogRecord) -> str:
    """Return the line of a request, most of which is cached from requests before it."""
    fields = record.fields
    before = _json_before_seconds(fields["method"], fields["path"], fields["status"], fields["bytes"])
    after = _json_after_seconds(fields["client"], whole=fields["whole"])
    # A request id is plain (`PLAIN_ID`), and needs no escapes.
    start = f'{{"time": "{_moment(record.created)}", "level": "info", "logger": "{record.name}"'
    return f'{start}, "request": "{record.request}", {before}, "seconds": {fields["seconds"]!r}, {after}}}'


@lru_cache(MAX_KNOWN_LINES)
def _json_before_seconds(method: str, path: str, status: int, body_bytes: int) -> str:
    fields = {
        "message": _message(method, path, status),
        "method": method,
        "path": path,
        "status": status,
        "bytes": body_bytes,
    }
    return printable(_ENCODER.encode(fields))[1:-1]


@lru_cache(MAX_KNOWN_LINES)
def _json_after_seconds(client: str, *, whole: bool) -> str:
    return printable(_ENCODER.encode({"client": client, "whole": whole}))[1:-1]


def _moment(seconds: float) -> str:
    return f"{_second(int(seconds))}.{int(seconds % 1 * 1000):03}+00:00"


@lru_cache(1)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class TextFormatter(logging.Formatter):
    """Formats a record as a line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the size and duration of a request, or the text of a slow query."""
        fields = getattr(record, FIELDS, {})
        details = fields.get("query") or (f"{fields['bytes']:,} B, {fields['seconds']:.3f} s" if fields else "")
        return " ".join(filter(None, (super().format(record), printable(details))))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the standard library's name
        """Return the message, escaped."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 -- the standard library's name and kinds
        """Return a traceback, indented, so that no text in it can look like a line of the log."""
        return "\n".join(f"    {printable(line)}" for line in super().formatException(ei).splitlines())


class BackgroundHandler(logging.Handler):
    """Writes lines to a file descriptor in its own thread."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.dropped = 0
        """Lines that were not written because the reader was too slow."""
        self._descriptor = descriptor
        # Unlike Queue's, its methods are one step of the interpreter, without a lock in Python. We bound it ourselves.
        self._queue = SimpleQueue[str | None]()
        self._thread = Thread(target=self._write, name="logs", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a line, or count it as dropped."""
        if self._queue.qsize() < MAX_QUEUED_LINES:
            self._queue.put(self.format(record))
        else:
            self.dropped += 1

    def close(self) -> None:
        """Write the queued lines, within FLUSH_SECONDS."""
        self._queue.put(None)
        self._thread.join(FLUSH_SECONDS)
        super().close()

    def _write(self) -> None:
        reported = 0
        lines = list[str | None]()
        while None not in lines:
            lines = self._next_lines()
            newly_dropped, reported = self.dropped - reported, self.dropped
            texts = [line for line in lines if line is not None]
            try:
                self._write_lines([self._dropped_line(newly_dropped), *texts] if newly_dropped else texts)
            except (OSError, MemoryError):  # a closed pipe or full memory: requests go on, and so does this thread
                self.dropped += len(texts)

    def _next_lines(self) -> list[str | None]:
        """Return the lines of a moment: waking up for each would take the interpreter from the requests."""
        lines = [self._queue.get()]
        time.sleep(GATHER_SECONDS)
        return lines + [self._queue.get() for _ in range(self._queue.qsize())]

    def _write_lines(self, lines: list[str]) -> None:
        blocks = [b""]
        for line in lines:
            data = f"{line}\n".encode(errors="replace")  # a path may have lone surrogates
            # Other processes write to the same pipe: writes of up to PIPE_BUF bytes are not interleaved with theirs.
            if len(blocks[-1]) + len(data) > PIPE_BUF:
                blocks.append(b"")
            blocks[-1] += data
        for block in blocks:
            while block:  # a pipe may take only a part
                block = block[os.write(self._descriptor, block) :]  # noqa: PLW2901 -- what is left of it

    def _dropped_line(self, lines: int) -> str:
        record = logging.LogRecord(
            __name__, logging.WARNING, __file__, 0, "%d lines were dropped: the log is read too slowly.", (lines,), None
        )
        return self.format(record)


@contextmanager
def logging_to_stderr(form: str | None) -> Iterator[BackgroundHandler]:
    """Log to standard error within the block, by default as text on a terminal and as JSON elsewhere."""
    chosen = form or (TEXT if sys.stderr.isatty() else JSON)
    handler = BackgroundHandler(sys.stderr.fileno())
    handler.setFormatter(JsonFormatter() if chosen == JSON else TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # Our formats do not use these, so no record needs to look them up (logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    try:
        yield handler
    finally:
        logging.logThreads = logging.logProcesses = logging.logMultiprocessing = True
        root.removeHandler(handler)
        handler.close()
