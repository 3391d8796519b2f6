"""Connections over real sockets: limits, deadlines, refused bodies and clients that disconnect."""

from __future__ import annotations

import gc
import http.client
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask, Response, request
from waitress.adjustments import Adjustments
from waitress.buffers import FileBasedBuffer
from waitress.channel import HTTPChannel

from server.http.cache_middleware import FIND_CACHED_EXTENSION
from server.http.errors import register_errors
from server.http.request_limits import answer_refusal
from server.runtime.http_server import Server
from server.sockets import listener
from server.sockets.admission import Refusal, RequestHeader
from server.sockets.cached_responses import RequestBytes
from server.sockets.connection import Activity, Connection
from server.sockets.limits import ConnectionLimits, HeldBodies, connections_for
from server.sockets.request_parser import FREE_FRAMING_BYTES, MAX_CHUNK_LINE_BYTES, MAX_TRAILER_BYTES, RequestParser
from tests.support.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
MAX_BODY = 100_000
LONG = 2**25
"""Bytes of a response that is more than waitress buffers for a client that does not read."""
Admit = Callable[[RequestHeader], Refusal | int]


class Ready:
    """A response in memory, which names the sender of the request, and records to whom it was sent."""

    def __init__(self, sent: list[str], proxy: str) -> None:
        text = f"ready by {proxy or 'nobody'}".encode()
        self.message = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)
        self.record_sent = sent.append


class Running:
    """A server on a free port, and the requests to its application."""

    def __init__(self, limits: ConnectionLimits, admit: Admit | None = None, proxy: str | None = None) -> None:
        self.bodies: list[int] = []
        self.sent: list[str] = []
        self.left = threading.Event()
        self.begun = threading.Event()
        self.waiting, self.go_on = 0, threading.Event()
        self.server = Server(
            self._app(), "127.0.0.1", 0, grace=1, threads=4, connections=limits, admit=admit, proxy=proxy
        )

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection((self.server.host, self.server.port), timeout=PATIENCE)

    @property
    def open(self) -> int:
        """Return how many connections the server has."""
        return len(self.server.connections)

    def ask(self, request: bytes, *, half_close: bool = False) -> bytes:
        """Send bytes and return everything that comes back."""
        with closing(self.connect()) as connection:
            connection.sendall(request)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def _app(self) -> Flask:
        app = Flask("connections")
        app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
        app.before_request(answer_refusal)
        register_errors(app)
        app.add_url_rule("/", "ok", lambda: "ok")
        app.add_url_rule("/body", "body", self._body, methods=["POST"])
        app.add_url_rule("/wait", "wait", self._wait)
        app.add_url_rule("/watched", "watched", self._watched)
        app.add_url_rule("/endless", "endless", self._endless)
        app.add_url_rule("/long", "long", lambda: b"x" * LONG)
        app.add_url_rule("/unmodified", "unmodified", lambda: Response(status=304))
        app.add_url_rule("/ready", "ready", lambda: "not ready")
        app.extensions[FIND_CACHED_EXTENSION] = self.find
        return app

    def find(self, request: RequestBytes, _turn: int) -> Ready | None:
        """Find a ready response for one path."""
        return Ready(self.sent, request.proxy) if request.header.startswith(b"GET /ready ") else None

    def _body(self) -> str:
        self.bodies.append(len(request.get_data()))
        return f"{self.bodies[-1]}\n"

    def _wait(self) -> str:
        self.waiting += 1
        self.go_on.wait()
        return "waited"

    def _watched(self) -> str:
        has_left = request.environ["waitress.client_disconnected"]
        seen = []
        while not self.go_on.wait(0.05):
            seen.append(has_left())
        return "left" if any(seen) else "watched"

    def _endless(self) -> Response:
        has_left = request.environ["waitress.client_disconnected"]
        self.begun.set()
        while not has_left():
            time.sleep(0.01)
        self.left.set()
        return Response("too late")


@contextmanager
def running(
    limits: ConnectionLimits | None = None, admit: Admit | None = None, proxy: str | None = None
) -> Iterator[Running]:
    served = Running(limits or ConnectionLimits(), admit, proxy)
    thread = threading.Thread(target=served.server.run)
    thread.start()
    try:
        yield served
    finally:
        served.server.stop()
        thread.join()


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


WATCHED = b"GET /watched HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def test_a_connection_over_the_limit_closes_the_longest_idle() -> None:
    with running(ConnectionLimits(total=3)) as served, ExitStack() as stack:
        idle = [stack.enter_context(closing(served.connect())) for _ in range(3)]
        assert until(lambda: served.open == 3)
        assert body(served.ask(GET)) == b"ok"
        assert idle[0].recv(1) == b""
        for other in idle[1:]:
            other.sendall(GET)
            assert body(read_all(other)) == b"ok"


def test_connections_of_one_address_are_limited_apart_from_all() -> None:
    with running(ConnectionLimits(total=100, per_address=4)) as served, ExitStack() as stack:
        connections = [stack.enter_context(closing(served.connect())) for _ in range(10)]
        assert [connection.recv(1) for connection in connections[:6]] == [b""] * 6
        connections[6].sendall(GET)
        assert body(read_all(connections[6])) == b"ok"
        assert served.open <= 4


def test_the_trusted_proxys_connections_are_not_limited_by_address() -> None:
    with running(ConnectionLimits(total=100, per_address=4), proxy="127.0.0.1") as served, ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(closing(served.connect()))
        assert until(lambda: served.open == 10)


def test_busy_connections_are_not_closed_for_new_ones() -> None:
    with (
        running(ConnectionLimits(total=2)) as served,
        closing(served.connect()) as first,
        closing(served.connect()) as second,
    ):
        for busy in (first, second):
            busy.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert until(lambda: served.waiting == 2)
        refused = served.ask(GET)
        assert status(refused) == 503
        assert b"Retry-After: 1" in refused
        served.go_on.set()
        assert [body(read_all(busy)) for busy in (first, second)] == [b"waited"] * 2


def test_an_idle_connection_is_closed() -> None:
    with running(ConnectionLimits(idle_seconds=0.3)) as served, closing(served.connect()) as idle:
        assert idle.recv(1) == b""


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"header"),
        (b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", b"body"),
        (b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123", b"body"),
    ],
)
def test_a_request_that_does_not_arrive_in_time_is_a_408(sent: bytes, what: bytes) -> None:
    limits = ConnectionLimits(header_seconds=0.3) if what == b"header" else ConnectionLimits(body_seconds=0.3)
    with running(limits) as served:
        answer = served.ask(sent)
        assert status(answer) == 408
        assert what in body(answer)
        assert served.bodies == []


def test_a_body_that_keeps_its_rate_may_take_longer() -> None:
    with running(ConnectionLimits(body_seconds=0.2, body_rate=1)) as served, closing(served.connect()) as slow:
        head = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n"
        # The first bytes come with the header: from then on its rate gives the body four minutes.
        for part in (head + b"x" * 250, *[b"x" * 250] * 7):
            slow.sendall(part)
            time.sleep(0.1)
        assert body(read_all(slow)) == b"2000\n"


def test_a_half_closed_client_gets_its_response() -> None:
    wait = b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with running() as served:
        assert body(served.ask(GET, half_close=True)) == b"ok"
        threading.Timer(0.3, served.go_on.set).start()
        assert body(served.ask(wait, half_close=True)) == b"waited"


def test_a_half_closed_client_is_probed() -> None:
    with running() as served, closing(served.connect()) as connection:
        connection.sendall(WATCHED)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        served.go_on.set()
        final = read_all(connection)
        assert (status(final), body(final)) == (200, b"watched")


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_disconnect_is_distinguished_from_a_half_close(version: bytes) -> None:
    with running() as served:
        connection = served.connect()
        connection.sendall(b"GET /endless HTTP/" + version + b"\r\nHost: x\r\n\r\n")
        assert served.begun.wait()
        connection.close()
        assert served.left.wait()


def test_a_body_is_refused_by_its_header_before_it_is_read() -> None:
    def admit(header: RequestHeader) -> Refusal | int:
        if header.headers.get("AUTHORIZATION") == "Bearer right":
            return MAX_BODY
        return Refusal(
            401, f"{header.method} {header.path}?{header.query} of {header.address} needs a token.", {"X-Why": "it"}
        )

    head = b"POST /body?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 50000\r\n"
    with running(admit=admit) as served:
        refused = served.ask(head + b"\r\n" + b"x" * 50_000)
        assert status(refused) == 401
        assert b"X-Why: it" in refused
        assert body(refused) == b"POST /body?a=b of 127.0.0.1 needs a token.\n"
        assert served.ask(head + b"Expect: 100-continue\r\n\r\n").startswith(b"HTTP/1.1 401")
        assert body(served.ask(head + b"Authorization: Bearer right\r\n\r\n" + b"x" * 50_000)) == b"50000\n"
        assert served.bodies == [50_000]


@pytest.mark.parametrize(
    "framed",
    [
        b"Content-Length: 8000000\r\n\r\n" + b"x" * 8_000_000,
        b"Transfer-Encoding: chunked\r\n\r\n" + b"40000\r\n" + b"x" * 0x40000 + b"\r\n0\r\n\r\n",
    ],
    ids=["length", "chunks"],
)
def test_a_body_over_the_limit_is_a_413_that_its_sender_sees(framed: bytes) -> None:
    with running() as served:
        answer = served.ask(b"POST /body HTTP/1.1\r\nHost: x\r\n" + framed)
        assert status(answer) == 413
        assert body(answer) == b"The request's body is larger than this server's limit of 100,000 bytes.\n"
        assert served.server.held_bytes == 0


def test_bytes_after_an_unread_body_are_not_a_request() -> None:
    smuggled = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    with running() as served:
        answer = served.ask(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + smuggled)
        assert answer.count(b"HTTP/1.1 ") == 1
        assert status(answer) == 413
        assert served.bodies == []


def test_bodies_held_at_once_are_limited_in_all_and_by_address() -> None:
    half = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 50_000
    for limits in (ConnectionLimits(spooled=200_000), ConnectionLimits(spooled_per_address=200_000)):
        with running(limits) as served, ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(closing(served.connect())).sendall(half)
            assert until(lambda: served.server.held_bytes == 200_000)
            refused = served.ask(half)
            assert status(refused) == 503
            assert served.server.held_bytes <= 200_000
            stack.close()
            assert until(lambda: served.server.held_bytes == 0)
            assert body(served.ask(half + b"x" * 50_000, half_close=True)) == b"100000\n"


@pytest.mark.parametrize(
    "framed",
    [b"Content-Length: 90000\r\n\r\n" + b"x" * 90_000, b"Transfer-Encoding: chunked\r\n\r\n15F90\r\n" + b"x" * 90_000],
    ids=["length", "chunks"],
)
@pytest.mark.filterwarnings(  # waitress lets go of the half-written file without closing it
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_body_that_fills_the_disk_is_a_507(framed: bytes) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with running() as served:
        resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, before[1]))
        try:
            answer = served.ask(b"POST /body HTTP/1.1\r\nHost: x\r\n" + framed)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert status(answer) == 507
        assert b"too full" in body(answer)
        assert until(lambda: served.server.held_bytes == 0)
        assert body(served.ask(GET)) == b"ok"
    gc.collect()


CHUNKED = b"POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"5\n"),
        (b"5;name=value\r\nhello\r\n6 \r\n world\r\n000\r\nX-Trailer: it\r\n\r\n", b"11\n"),
        (b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", b"20\n"),
    ],
)
@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_a_body_in_chunks_is_read_however_it_arrives(sent: bytes, expected: bytes, piece: int) -> None:
    with running() as served, closing(served.connect()) as connection:
        connection.sendall(CHUNKED)
        for start in range(0, len(sent), piece):
            connection.sendall(sent[start : start + piece])
            time.sleep(0.002)
        assert body(read_all(connection)) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"1" * (MAX_CHUNK_LINE_BYTES + 1), 431),
        (b"5;" + b"x" * MAX_CHUNK_LINE_BYTES, 431),
        (b"0\r\n" + b"X: " + b"y" * MAX_TRAILER_BYTES, 431),
        (b"0\r\n" + b"X: y\r\n" * MAX_TRAILER_BYTES, 431),
        (b"xyz\r\n", 400),
        (b"1" * 17 + b"\r\n", 400),
        (b"-5\r\n", 400),
        (b"\r\n", 400),
        (b"5\r\nhello!\r\n", 400),
        (b"1;" + b"x" * 500 + b"\r\nx\r\n" * 1, 400),
    ],
)
def test_chunk_lines_and_trailers_have_limits(sent: bytes, expected: int) -> None:
    sent = sent if expected == 431 or b";" not in sent else sent * (FREE_FRAMING_BYTES // 500 + 1)
    with running() as served:
        assert status(served.ask(CHUNKED + sent)) == expected
        assert served.bodies == []
        assert body(served.ask(GET)) == b"ok"


def test_a_response_that_is_ready_at_once_is_not_lost_by_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    answered_first = threading.Event()
    received, service = HTTPChannel.received, HTTPChannel.service

    def receive(connection: HTTPChannel, data: bytes) -> bool:
        accepted = bool(received(connection, data))
        if connection.requests:
            assert answered_first.wait(PATIENCE)
        return accepted

    def serve(connection: HTTPChannel) -> None:
        service(connection)
        answered_first.set()

    monkeypatch.setattr(HTTPChannel, "received", receive)
    monkeypatch.setattr(HTTPChannel, "service", serve)
    with running() as served:
        assert status(served.ask(CHUNKED + b"xyz\r\n" + bytes(1_000_000))) == 400


@pytest.mark.parametrize(
    "head",
    [
        b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[v1.x]/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n(): y\r\n\r\n",
    ],
)
def test_a_malformed_header_is_a_400_in_a_sentence(head: bytes) -> None:
    with running() as served:
        answer = served.ask(head)
        assert status(answer) == 400
        assert body(answer).endswith(b".\n")
        assert body(answer).count(b"\n") == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"GET / HTTP/2.0", 505),
        (b"PRI * HTTP/2.0", 505),
        (b"GET / HTTP/0.9", 505),
        (b"GET / HTTP/1.2", 505),
        (b"GET /", 400),
        (b"GET / HTTP/x", 400),
        (b"GET / HTTP/1.0", 200),
        (b"GET / HTTP/1.1", 200),
    ],
)
def test_a_version_of_http_that_is_not_spoken_is_a_505(line: bytes, expected: int) -> None:
    with running() as served:
        answer = served.ask(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status(answer) == expected
        body_is_request = b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
        if expected != 200:
            assert served.ask(line + b"\r\nHost: x\r\n" + body_is_request).count(b"Server: ") == 1


def test_connections_leave_descriptors_for_the_rest() -> None:
    assert connections_for(1024, requested=1000, reserved=256) == 384
    assert connections_for(8192, requested=1000, reserved=256) == 1000
    assert connections_for(64, requested=1000, reserved=256) == 8


FEW_DESCRIPTORS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
from flask import Flask
from server.runtime.http_server import Server
app = Flask("few")
app.config["MAX_CONTENT_LENGTH"] = 1000
app.add_url_rule("/", "ok", lambda: "ok")
server = Server(app, "127.0.0.1", 0, threads=2)
print(server.port, flush=True)
server.run()
"""


KEPT = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def turned(limits: ConnectionLimits, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Running, socket.socket]]:
    """Yield a server whose loop the test turns, and a connection that has had an answer and is idle."""
    monkeypatch.setattr(listener, "DEADLINE_CHECK_SECONDS", 0.0)
    served = Running(limits)
    try:
        with closing(served.connect()) as connection:
            connection.sendall(KEPT)
            assert answered(served, connection)
            yield served, connection
    finally:
        served.server.stop()
        served.server.run()


def answered(served: Running, connection: socket.socket, ending: bytes = b"ok") -> bool:
    """Turn the loop until a connection has an answer; False if it is closed instead."""
    connection.settimeout(0)
    received = b""
    while not received.endswith(ending):
        served.server.turn(0.01)
        try:
            part = connection.recv(65536)
        except BlockingIOError:
            continue
        except ConnectionResetError:
            return False
        if not part:
            return False
        received += part
    while any(channel.activity is not Activity.IDLE for channel in served.server.connections):
        served.server.turn(0.01)
    return received.startswith(b"HTTP/1.1 200")


def test_a_jump_of_the_wall_clock_closes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with turned(ConnectionLimits(), monkeypatch) as (served, connection):
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + 3600)
        served.server.turn(0)
        assert served.open == 1
        connection.sendall(KEPT)
        assert answered(served, connection)


def test_a_request_that_has_arrived_on_an_idle_connection_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = 0.2
    with turned(ConnectionLimits(idle_seconds=idle), monkeypatch) as (served, connection):
        time.sleep(2 * idle)  # as if other requests had kept the loop busy
        connection.sendall(KEPT)
        assert answered(served, connection)
        time.sleep(2 * idle)
        served.server.turn(0)
        assert served.open == 0


def test_a_new_connection_replaces_none_whose_request_has_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        turned(ConnectionLimits(total=1), monkeypatch) as (served, connection),
        closing(served.connect()) as another,
    ):
        connection.sendall(KEPT.replace(b"GET / ", b"GET /wait "))
        served.server.turn(0.01)
        assert read_all(another).startswith(b"HTTP/1.1 503 ")
        served.go_on.set()
        assert answered(served, connection, ending=b"waited")


def test_a_new_connection_does_not_take_the_hang_up_of_the_one_whose_descriptor_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with turned(ConnectionLimits(total=1), monkeypatch) as (served, connection), ExitStack() as opened:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()  # a reset, which the loop sees in the same turn as the new connections
        newer = [opened.enter_context(closing(served.connect())) for _ in range(2)]
        newer[-1].sendall(KEPT)
        assert answered(served, newer[-1])


def test_without_descriptors_the_longest_idle_connection_is_closed() -> None:
    command = [sys.executable, "-c", FEW_DESCRIPTORS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process, ExitStack() as stack:
        stack.callback(process.terminate)
        assert process.stdout
        port = int(process.stdout.readline())
        for _ in range(100):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)))
        for _ in range(20):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"ok"
            connection.close()


def test_the_test_itself_has_descriptors_enough() -> None:
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 256


def test_bytes_released_by_two_threads_are_counted_once() -> None:
    bodies, connection = HeldBodies(1000, 1000, exempt_address=None), object()
    bodies.record(connection, "192.0.2.1", 600)
    for _ in range(2):
        bodies.record(connection, "192.0.2.1", 0)
    assert bodies.total == 0
    bodies.record(connection, "192.0.2.1", 1001)
    assert bodies.is_full("192.0.2.1")


def test_bytes_after_a_malformed_body_are_not_a_request() -> None:
    parser = RequestParser(Adjustments(), "192.0.2.1", lambda _: MAX_BODY)
    data = CHUNKED + b"xyz\r\n" + GET * 100
    taken = parser.received(data)
    assert taken + parser.received(data[taken:]) == len(data)
    assert parser.completed
    assert parser.error is not None


def test_a_body_whose_last_bytes_do_not_fit_on_the_disk_is_closed_all_the_same() -> None:
    parser = RequestParser(Adjustments(), "192.0.2.1", lambda _: MAX_BODY)
    parser.received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsome")
    assert parser.body_rcv is not None
    spooled = Path("/dev/full").open("w+b")  # noqa: SIM115 -- the parser is to close it
    spooled.write(b"some")  # stays in Python's buffer until it is closed
    parser.body_rcv.getbuf().buf = FileBasedBuffer(spooled)
    parser.close()
    assert spooled.closed


READY = b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_a_ready_response_is_sent_though_every_thread_is_busy() -> None:
    with running() as served, ExitStack() as stack:
        waiting = [stack.enter_context(closing(served.connect())) for _ in range(4)]
        for connection in waiting:
            connection.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert until(lambda: served.waiting == 4)
        asking = stack.enter_context(closing(served.connect()))
        asking.sendall(READY * 2)
        answer = b""
        while answer.count(b"ready by nobody") < 2:
            answer += asking.recv(4096)
        served.go_on.set()
        assert [body(read_all(connection)) for connection in waiting] == [b"waited"] * 4
    assert served.sent == ["127.0.0.1"] * 2


def test_pipelined_responses_keep_their_order() -> None:
    with running() as served:
        answer = served.ask(READY + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + READY + LAST)
    bodies = [part.partition(b"HTTP/1.1")[0] for part in answer.split(b"\r\n\r\n")[1:]]
    # Behind one that a thread answers, all are parsed and answered by threads.
    assert bodies == [b"ready by nobody", b"ok", b"not ready", b"ok"]


def test_a_request_in_pieces_or_in_a_body_is_no_known_one() -> None:
    with running() as served, closing(served.connect()) as connection:
        connection.sendall(READY[:20])
        assert until(lambda: any(channel.activity is Activity.SENDING_HEADER for channel in served.server.connections))
        connection.sendall(READY[20:] + b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(READY))
        assert until(lambda: b"not ready" in connection.recv(4096))
        connection.sendall(READY + LAST)
        answer = read_all(connection)
    assert b"\r\n\r\n%d\n" % len(READY) in answer
    assert b"ready by" not in answer
    assert served.sent == []


def test_a_ready_response_waits_for_no_client_that_does_not_read() -> None:
    with running() as served, closing(served.connect()) as lazy:
        lazy.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n" + READY * 50 + LAST)
        assert until(lambda: any(connection.total_outbufs_len for connection in served.server.connections))
        assert b"ready by nobody" in served.ask(READY + LAST)
        answer = read_all(lazy)
    assert answer.count(b"x" * LONG) == 1
    # While the client has not read what came before, a thread answers, which may wait.
    assert answer.count(b"ready by nobody") + answer.count(b"not ready") == 50
    assert answer.index(b"x" * LONG) < answer.index(b"ready")


def test_ready_responses_that_a_client_does_not_read_are_kept_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Connection.send

    def send_little(connection: Connection, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 -- as waitress's own
        return int(send(connection, data[:10], do_close))

    monkeypatch.setattr(Connection, "send", send_little)
    with running() as served:
        answer = served.ask(READY * 3 + LAST)
    assert answer.endswith(b"ok")
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4


def test_a_connection_stays_open_after_a_response_without_a_body() -> None:
    with running() as served:
        empty = b"GET /unmodified HTTP/1.1\r\nHost: x\r\n"
        answer = served.ask(empty + b"\r\n" + empty + b"Connection: close\r\n\r\n" + READY)
    assert answer.count(b"HTTP/1.1 304 NOT MODIFIED\r\n") == 2
    assert answer.count(b"Connection: close\r\n") == 1
    assert b"ready" not in answer


def open_temporary_files() -> set[str]:
    """Return the descriptors of this process's files that have no name any more."""
    descriptors = Path("/proc/self/fd")
    return {entry.name for entry in descriptors.iterdir() if entry.is_symlink() and is_deleted(entry)}


def is_deleted(descriptor: Path) -> bool:
    """Return whether a descriptor's file has been deleted; False if it has been closed meanwhile."""
    try:
        return str(descriptor.readlink()).endswith(" (deleted)")
    except OSError:
        return False


def test_a_server_that_stops_closes_the_files_of_what_was_not_sent_or_read() -> None:
    gc.collect()
    before = open_temporary_files()
    upload = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n" + b"x" * 80_000
    gc.disable()  # which would close them some time, and say so in whatever test runs then
    try:
        with ExitStack() as clients:
            with running() as served:
                lazy, slow = (clients.enter_context(closing(served.connect())) for _ in range(2))
                lazy.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
                slow.sendall(upload)
                assert until(lambda: len(open_temporary_files() - before) >= 2)
            assert open_temporary_files() <= before
    finally:
        gc.enable()


def test_a_ready_response_is_found_by_the_proxy_that_has_sent_the_request() -> None:
    with running(proxy="127.0.0.1") as served:
        answer = served.ask(READY + LAST)
    assert b"ready by 127.0.0.1" in answer


def test_a_turn_of_the_loop_asks_idle_connections_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    polled = list[Connection]()
    readable = Connection.readable

    def counted(connection: Connection) -> bool:
        polled.append(connection)
        return readable(connection)

    monkeypatch.setattr(Connection, "readable", counted)
    with running() as served, ExitStack() as stack:
        idle = [stack.enter_context(closing(served.connect())) for _ in range(50)]
        busy = idle.pop()
        assert until(lambda: served.open == 50)
        busy.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert busy.recv(4096).endswith(b"ok")
        assert until(lambda: all(channel.activity is Activity.IDLE for channel in served.server.connections))
        polled.clear()
        for _ in range(10):
            busy.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert busy.recv(4096).endswith(b"ok")
        assert len(set(polled)) == 1
        for connection in idle:  # and they are served all the same
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all(connection.recv(4096).endswith(b"ok") for connection in idle)


def test_the_loop_has_a_few_turns_for_a_response_and_none_while_another_thread_sends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A loop that looks again and again whether it may write takes the interpreter from the thread that writes."""
    turns = list[None]()
    turn = Server.turn

    def counted(server: Server, seconds: float = 1.0) -> None:
        turns.append(None)
        turn(server, seconds)

    with running() as served, closing(served.connect()) as connection:
        monkeypatch.setattr(Server, "turn", counted)
        for _ in range(100):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(4096).endswith(b"\r\n\r\nok")  # the header and the body in one packet
        assert 100 <= len(turns) < 1000
