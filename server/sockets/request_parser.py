"""The parser of incoming requests: waitress's, with all lengths bounded and all costs linear in the bytes received."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver, FixedStreamReceiver
from waitress.utilities import BadRequest, Error, RequestHeaderFieldsTooLarge

from server.sockets.admission import Refusal, RequestHeader

if TYPE_CHECKING:
    from waitress.adjustments import Adjustments

MAX_CHUNK_LINE_BYTES = 1024
"""The line that begins a chunk, with its extensions (RFC 9112, section 7.1)."""
MAX_TRAILER_BYTES = 8 * 1024
"""The fields after the last chunk (RFC 9112, section 7.1.2)."""
FREE_FRAMING_BYTES = 8 * 1024
"""Chunk lines that any body may have; beyond that, they must not exceed half of the content."""
MAX_CHUNK_SIZE_DIGITS = 16
HTTP_VERSIONS = ("1.0", "1.1")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?")


class HttpVersionNotSupported(Error):  # noqa: N818 -- waitress names its errors by their reasons
    """A version of HTTP that is not supported (RFC 9110, section 15.6.6)."""

    code = 505
    reason = "HTTP Version Not Supported"


class ChunkedBody(ChunkedReceiver):
    """The receiver of a chunked body (RFC 9112, section 7.1), in linear time and bounded memory.

    Waitress 3.0.2 joins an unfinished chunk line or trailer with each piece that arrives, without a limit, in the
    thread that serves all connections.
    """

    completed: bool
    error: Error | None

    def __init__(self, buffer: OverflowableBuffer) -> None:
        super().__init__(buffer)
        self._pending = b""
        self._framing = self._content = 0
        self._state: Callable[[bytes, int], int] = self._size_line
        self._left = 0

    def received(self, data: bytes) -> int:
        """Consume bytes of the body and return how many of `data` belong to it."""
        if self._has_ended():
            return 0
        pending, self._pending = self._pending, b""
        joined, at = pending + data, 0
        while at < len(joined) and not self._has_ended():
            before, state = at, self._state
            at = state(joined, at)
            if at == before and self._state is state:
                self._pending = joined[at:]  # bounded: each state refuses what exceeds its limit
                return len(data)
        return at - len(pending)

    def _has_ended(self) -> bool:
        return self.completed or self.error is not None

    def _line(self, data: bytes, at: int, max_bytes: int) -> tuple[bytes | None, int]:
        """Return the line at a position and the position after it; None if its end has not arrived."""
        end = data.find(b"\r\n", at, at + max_bytes + 2)
        if end >= 0:
            return data[at:end], end + 2
        if len(data) - at > max_bytes:
            self.error = RequestHeaderFieldsTooLarge(f"A line of the chunked body has more than {max_bytes:,} bytes.")
        return None, at

    def _count_framing(self, length: int) -> None:
        self._framing += length
        if self._framing > FREE_FRAMING_BYTES + self._content // 2:
            self.error = BadRequest("The body's chunks are too small for the length of their chunk lines.")

    def _size_line(self, data: bytes, at: int) -> int:
        line, end = self._line(data, at, MAX_CHUNK_LINE_BYTES)
        if line is None:
            return at
        self._count_framing(end - at)
        size = _CHUNK_LINE.fullmatch(line)
        if size is None or len(size[1]) > MAX_CHUNK_SIZE_DIGITS:
            shown = repr(line[:40].decode("latin-1"))
            self.error = BadRequest(f"The chunk size {shown} is malformed: expected hexadecimal digits.")
            return end
        self._left = int(size[1], 16)
        self._state = self._chunk if self._left else self._trailer
        return end

    def _chunk(self, data: bytes, at: int) -> int:
        piece = data[at : at + self._left]
        self.buf.append(piece)
        self._left -= len(piece)
        self._content += len(piece)
        if not self._left:
            self._state = self._chunk_end
        return at + len(piece)

    def _chunk_end(self, data: bytes, at: int) -> int:
        end = data[at : at + 2]
        # The other half of the line end has not arrived.
        if end == b"\r":
            return at
        if end != b"\r\n":
            self.error = BadRequest("A chunk is not followed by a line end.")
        self._count_framing(2)
        self._state = self._size_line
        return at + 2

    def _trailer(self, data: bytes, at: int) -> int:
        """Skip the trailer's fields up to the empty line."""
        line, end = self._line(data, at, MAX_TRAILER_BYTES)
        if line is None:
            return at
        # Nothing is left of the last chunk, so from here on the counter is free for the trailer's bytes.
        self._left += end - at
        if self._left > MAX_TRAILER_BYTES:
            self.error = RequestHeaderFieldsTooLarge(f"The body's trailer has more than {MAX_TRAILER_BYTES:,} bytes.")
        self.completed = not line
        return end


class RequestParser(HTTPRequestParser):
    """A request: its header, the decision about its body, and the body within the decided limit."""

    chunked: bool
    content_length: int
    command: str | None
    version: str
    error: Error | None
    body_rcv: ChunkedBody | FixedStreamReceiver | None

    def __init__(
        self, adj: Adjustments, address: str = "", admit: Callable[[RequestHeader], Refusal | int] | None = None
    ) -> None:
        super().__init__(adj)
        self._address, self._admit = address, admit
        self.started = time.monotonic()
        self.header_ended: float | None = None
        self.refusal: Refusal | None = None
        self.body_limit: int | None = None
        self.header_bytes = b""
        """The request line and the fields, as received."""
        self.unread = False
        """Whether the body is not read to its end, so that the connection cannot be reused."""

    @property
    def held_bytes(self) -> int:
        """Return the number of bytes of the body that are held."""
        return 0 if self.body_rcv is None else len(self.body_rcv)

    @property
    def asks_to_close(self) -> bool:
        """Return whether the connection is to be closed after the response."""
        return bool(self.headers.get("CONNECTION", "").lower() == "close")

    def close(self) -> None:
        """Close the file of the body. Its last bytes may not fit on the disk, which no longer matters."""
        with suppress(OSError):
            super().close()

    def received(self, data: bytes) -> int:
        """Consume bytes of the request and return how many of `data` belong to it."""
        consumed: int = super().received(data)
        if self.headers_finished and self.header_ended is None:
            self.header_ended = time.monotonic()
        if self.error is None and self.body_limit is not None and self.held_bytes > self.body_limit:
            self._refuse_length(self.held_bytes)
        if self.error is not None:
            self.unread = True  # where the next request begins is unknown
        # All of it: waitress would take the rest of an unread body for another request.
        return len(data) if self.unread else consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the header and decide about the body. Raises ParsingError if the header is malformed."""
        self.header_bytes = header_plus
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # int() of too many digits, an address like http://[::1
            raise ParsingError(f"The request line or Content-Length is malformed: {error}.") from error
        if not self.version:
            raise ParsingError("The request line names no version of HTTP: expected HTTP/1.1 at its end.")
        if self.version not in HTTP_VERSIONS:  # waitress answers them as 1.0, but reads their bodies differently
            self.error = HttpVersionNotSupported(
                f"HTTP/{self.version} is not supported here: expected HTTP/1.1 or HTTP/1.0."
            )
            self.chunked, self.content_length, self.body_rcv = False, 0, None
            return
        # Waitress would wait for the body of a request that has none, and take the next request's header for it.
        self.expect_continue &= self.body_rcv is not None
        if self.chunked:  # waitress's own receiver is replaced
            self.body_rcv = ChunkedBody(OverflowableBuffer(self.adj.inbuf_overflow))
        self._decide()

    def _decide(self) -> None:
        if self._admit is None or not self.command:
            return
        admitted = self._admit(RequestHeader(self.command, self.path, self.query, self.headers, self._address))
        if isinstance(admitted, Refusal):
            self.refusal = admitted
            self._leave_unread(self.content_length)
            return
        self.body_limit = admitted
        if self.content_length > admitted:
            self._refuse_length(self.content_length)

    def _refuse_length(self, length: int) -> None:
        sentence = f"The request's body is larger than this server's limit of {self.body_limit:,} bytes."
        self.refusal = Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
        self._leave_unread(length)

    def _leave_unread(self, length: int) -> None:
        """Pass the request to the application without its body; the connection is closed after the response."""
        self.unread = self.chunked or self.content_length > 0
        if self.unread:
            # From this length the application can tell which limit was exceeded, and names it in its error.
            self.headers["CONTENT_LENGTH"] = str(length)
            self.headers["CONNECTION"] = "close"
        self.close()
        self.chunked, self.content_length, self.body_rcv = False, 0, None
        # No 100: the client would send a body that nobody reads (RFC 9110, section 10.1.1).
        self.expect_continue = False
        self.completed = True
