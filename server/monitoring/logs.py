"""What the server logs, to standard error: a line a request, and a line for each query that was slow.

A line is a JSON object, or text for people at a terminal. Writing it never holds a request up: lines wait in a queue
for one thread, and where nobody reads them fast enough the newest are dropped, and how many is said.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Full, Queue
from threading import Thread
from typing import Any

from server.http.request_tracking import RequestListener, RequestRecord, request_id

JSON, TEXT = "json", "text"
WAITING = 10_000
"""Lines that may wait to be written."""
PATIENCE = 1.0
"""Seconds that the last lines have to be written when the server ends."""
LONGEST_PATH, LONGEST_TEXT = 500, 2000
FIELDS = "fields"
requests = logging.getLogger("server.requests")
slow = logging.getLogger("server.slow")


def log_request(seen: RequestRecord) -> None:
    """Log what became of a request."""
    fields = {
        "method": seen.method,
        "path": seen.path[:LONGEST_PATH],
        "status": seen.status,
        "bytes": seen.size,
        "seconds": round(seen.seconds, 6),
        "client": seen.client,
        "whole": seen.whole,
    }
    requests.info(
        "%s %s %d", seen.method, seen.path[:LONGEST_PATH], seen.status, extra={FIELDS: fields, "request": seen.id}
    )


def log_slow(least: float) -> RequestListener:
    """Return what logs a query or update that has taken so many seconds, with its text."""

    def listener(seen: RequestRecord) -> None:
        if seen.text and seen.seconds >= least:
            fields = {"seconds": round(seen.seconds, 3), "status": seen.status, "query": seen.text[:LONGEST_TEXT]}
            slow.warning("A query took %.3f s.", seen.seconds, extra={FIELDS: fields, "request": seen.id})

    return listener


UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
"""What begins a line, steers a terminal or turns the direction of text: C0, C1, and marks of Unicode."""


def printable(text: str) -> str:
    """Return a text in which what does not print is spelled out, so that nobody's words look like another line."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": getattr(record, "request", request_id.get()),
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return printable(json.dumps(said, ensure_ascii=False))


class TextFormatter(logging.Formatter):
    """A record as a line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with what a request took, or what was slow."""
        fields = getattr(record, FIELDS, {})
        more = fields.get("query") or (f"{fields['bytes']:,} B, {fields['seconds']:.3f} s" if fields else "")
        return " ".join(filter(None, (super().format(record), printable(more))))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- the standard library's name
        """Return the line's first part."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 -- the standard library's name and kinds
        """Return a traceback, indented, so that no text in it can look like a line of its own."""
        return "\n".join(f"    {printable(line)}" for line in super().formatException(ei).splitlines())


class Background(logging.Handler):
    """Writes lines to a descriptor in a thread of its own."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.dropped = 0
        """Lines that were not written, because nobody had read those before them."""
        self._descriptor = descriptor
        self._queue: Queue[str | None] = Queue(WAITING)
        self._thread = Thread(target=self._write, name="logs", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record's line, or count it as dropped."""
        try:
            self._queue.put_nowait(self.format(record))
        except Full:
            self.dropped += 1

    def close(self) -> None:
        """Let what waits be written, for as long as there is patience."""
        try:
            self._queue.put(None, timeout=PATIENCE)
        except Full:
            self.dropped += 1
        self._thread.join(PATIENCE)
        super().close()

    def _write(self) -> None:
        told = 0
        while (line := self._queue.get()) is not None:
            lost, told = self.dropped - told, self.dropped
            try:
                self._write_line(f"{self._lost(lost)}\n{line}" if lost else line)
            except Exception:  # noqa: BLE001 -- nobody reads any more, or no memory is left: the requests go on
                self.dropped += 1

    def _write_line(self, line: str) -> None:
        data = f"{line}\n".encode(errors="replace")
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _lost(self, lines: int) -> str:
        record = logging.LogRecord(
            __name__, logging.WARNING, __file__, 0, "%d lines were dropped: the log is read too slowly.", (lines,), None
        )
        return self.format(record)


@contextmanager
def logging_to_stderr(form: str | None) -> Iterator[Background]:
    """Log in a form, or in the one that suits standard error, for as long as the block lasts."""
    chosen = form or (TEXT if sys.stderr.isatty() else JSON)
    handler = Background(sys.stderr.fileno())
    handler.setFormatter(JsonFormatter() if chosen == JSON else TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        handler.close()
