"""What a query costs over HTTP, ours beside Oxigraph's own server over the very same files, in one run.

    python -m benchmarks.queries [--articles 22] [--seconds 2] [--clients 1 8] [--shapes ask point …] [--store FOLDER]
                                 [--virtuoso] [-- OPTIONS OF KG SERVE]

Made-up articles: 22 have 125 thousand triples, 100 have 460 thousand, 870 have 4 million (`--store` keeps them in a
folder, and uses it again). Each shape is asked of Oxigraph, then of ours with another text each time (cold), then of
ours with one text (repeated). It prints the 50th and 99th percentile in milliseconds, the throughput, the milliseconds
of processor time a request in the server's own process and in its others, and the ratios to Oxigraph; before each
shape, the machine's load. Oxigraph's server is the PyPI package `oxigraph`, of the version of pyoxigraph. With
`--virtuoso` the graphs of the default graph are pushed to Virtuoso (Debian's virtuoso-opensource-7-bin), and each shape
is asked there too: its default graph is their union, in which a triple of two graphs stands twice.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import quote

from benchmarks.free_ports import free_port
from benchmarks.generated import Generated
from benchmarks.serving import served
from benchmarks.virtuoso import NAME, PASSWORD, virtuoso
from kg.app.push import TargetServer, push
from kg.app.schema import read_schema
from kg.engines import DigestLogin
from kg.store import names_of, open_store

PREFIXES = "PREFIX cq: <https://w3id.org/communique/ontology#>\n"
SHAPES = {
    "ask": "ASK {}",
    "point": "SELECT ?p ?o { <https://example.org/communique/article/made-up-1/statement/fair-winds> ?p ?o }",
    "star": "SELECT * { ?s a cq:Statement ; cq:statedIn <https://example.org/communique/article/made-up-1/> ; "
    "cq:says ?says ; cq:act ?act ; cq:polarity ?polarity ; cq:certainty ?certainty ; cq:tense ?tense }",
    "two-hop": "SELECT DISTINCT ?c { ?e cq:hasParticipant <https://example.org/communique/person/jovan-seric>, ?b . "
    "?f cq:hasParticipant ?b, ?c }",
    "by date": "SELECT ?link ?from ?asOf { ?link cq:linkSubject ?from ; cq:asOf ?asOf FILTER(YEAR(?asOf) = 2003) }",
    "path": "SELECT DISTINCT ?part { ?part cq:sourceInChain/cq:attributedTo* ?source . "
    "?part cq:statedIn <https://example.org/communique/article/made-up-1/> }",
    "group": "SELECT ?source (COUNT(*) AS ?n) { ?s cq:source ?source ; cq:act ?act } "
    "GROUP BY ?source ORDER BY DESC(?n) ?source LIMIT 10",
    "contains": "SELECT ?s ?gist { ?s cq:gist ?gist FILTER(CONTAINS(LCASE(?gist), 'patrol')) }",
    "optionals": "SELECT * { ?s cq:statedIn <https://example.org/communique/article/made-up-1/> "
    "OPTIONAL { ?s cq:agentSource ?agent } OPTIONAL { ?s cq:quotationSpan ?span } OPTIONAL { ?s cq:asOf ?asOf } }",
    "graph": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s cq:agentSource ?o } } GROUP BY ?g",
    "order, offset": "SELECT ?s ?o { ?s cq:startOffset ?o } ORDER BY DESC(?o) ?s OFFSET 2000 LIMIT 50",
    "construct": "CONSTRUCT { ?s ?p ?o } "
    "{ ?s cq:inArticle <https://example.org/communique/article/made-up-1/> ; ?p ?o }",
    "50,000 rows": "SELECT * { ?s ?p ?o } LIMIT 50000",
}
READ = 256 * 1024
IDLE_SECONDS = 2.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Target:
    """A server under measurement: where it listens, the path of its endpoint, its own process."""

    port: int
    path: str
    process: int


@dataclass(frozen=True)
class Targets:
    """The servers that are asked: ours, Oxigraph's, and Virtuoso if it is wanted."""

    ours: Target
    oxigraph: Target
    virtuoso: Target | None


@dataclass(frozen=True)
class Figures:
    """What asking without pause came to."""

    milliseconds: list[float]
    seconds: float
    front: float
    others: float
    """Milliseconds of processor time a request, in the server's own process and in all those that it started."""
    body_bytes: int

    def percentile(self, mark: int) -> float:
        """Return the milliseconds within which so many of a hundred requests were answered."""
        return self.milliseconds[min(len(self.milliseconds) * mark // 100, len(self.milliseconds) - 1)]

    @property
    def throughput(self) -> float:
        """Return the requests a second."""
        return len(self.milliseconds) / self.seconds


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "oxigraph", "waitress", "flask")))
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.store or Path(scratch) / "store"
        if not (folder / "current").exists():
            folder.mkdir(parents=True, exist_ok=True)
            for _ in Generated(arguments.articles).fill(folder, read_schema()):
                pass
        current = open_store(folder).current()
        print(f"{current.default:,} triples in the default graph")
        with ExitStack() as servers:
            reference = servers.enter_context(_oxigraph(folder / "versions" / current.name))
            other = servers.enter_context(_virtuoso(folder, Path(scratch))) if arguments.virtuoso else None
            ours = servers.enter_context(_ours(folder, arguments.options))
            for clients, shape in itertools.product(arguments.clients, arguments.shapes):
                _compare(shape, clients, arguments.seconds, Targets(ours, reference, other))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=22)
    parser.add_argument("--seconds", type=float, default=2, help="for each figure")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--shapes", nargs="+", choices=[*SHAPES], default=[*SHAPES])
    parser.add_argument("--store", type=Path, help="a folder to keep the store in")
    parser.add_argument("--virtuoso", action="store_true", help="ask Virtuoso too")
    parser.add_argument("options", nargs="*", help="options of `kg serve`, after --")
    return parser.parse_args()


@contextmanager
def _ours(folder: Path, options: list[str]) -> Iterator[Target]:
    with served(folder, options) as (_, port, process):
        # What is built in the background after the start would be taken for a cost of the first queries.
        before, now = -1.0, 0.0
        while now > before:
            time.sleep(IDLE_SECONDS)
            before, now = now, _tree_seconds(process)
        yield Target(port, "/sparql", process)


@contextmanager
def _oxigraph(version_folder: Path) -> Iterator[Target]:
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve-read-only", "--location", str(version_folder)]
    with subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL) as server:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield Target(port, "/query", server.pid)
        finally:
            server.terminate()


@contextmanager
def _virtuoso(folder: Path, scratch: Path) -> Iterator[Target]:
    database = scratch / "virtuoso"
    database.mkdir()
    with virtuoso(database, buffers=100_000) as (port, process):
        address = f"http://127.0.0.1:{port}/sparql-graph-crud-auth"
        server = TargetServer(address, login=DigestLogin(address, NAME, PASSWORD))
        counts, names = open_store(folder).current().counts, names_of(folder)
        graphs = [name for name, number in counts.items() if number and (names is None or names.in_default(name))]
        for _ in push(folder, server, graphs):
            pass
        yield Target(port, "/sparql", process)


def _compare(shape: str, clients: int, seconds: float, targets: Targets) -> None:
    print(f"{clients} clients, {shape}; load {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    baseline = _measure(targets.oxigraph, shape, clients, seconds, repeated=False)
    _print("Oxigraph", baseline)
    other = targets.virtuoso and _measure(targets.virtuoso, shape, clients, seconds, repeated=False)
    if other:
        _print("Virtuoso", other)
    for what, repeated in (("ours, cold", False), ("ours, repeated", True)):
        figures = _measure(targets.ours, shape, clients, seconds, repeated=repeated)
        ratio = f"; {figures.throughput / baseline.throughput:.2f} of Oxigraph's throughput"
        if other:
            ratio += f", {figures.throughput / other.throughput:.2f} of Virtuoso's"
        _print(what, figures, ratio)
        if "LIMIT" not in SHAPES[shape] and figures.body_bytes != baseline.body_bytes:
            print(f"  the answers differ: {figures.body_bytes:,} bytes and {baseline.body_bytes:,}")


def _print(what: str, figures: Figures, ratio: str = "") -> None:
    print(
        f"  {what:14} p50 {figures.percentile(50):8.2f}  p99 {figures.percentile(99):8.2f}  "
        f"{figures.throughput:8.1f}/s  processor {figures.front:6.2f} + {figures.others:6.2f} ms{ratio}",
        flush=True,
    )


def _measure(target: Target, shape: str, clients: int, seconds: float, *, repeated: bool) -> Figures:
    """Run clients without pause, each in a separate process."""
    context = multiprocessing.get_context("fork")
    readers = []
    for client in range(clients):
        reader, writer = context.Pipe(duplex=False)
        marker = "again" if repeated else f"{client} {time.monotonic_ns()}"
        context.Process(target=_ask, args=(target, shape, marker, seconds, repeated, writer), daemon=True).start()
        writer.close()
        readers.append(reader)
    for reader in readers:
        reader.recv()  # the client is warm
    front, total, began = _processor_seconds(target.process), _tree_seconds(target.process), time.monotonic()
    outcomes = [reader.recv() for reader in readers]
    elapsed = time.monotonic() - began
    milliseconds = sorted(itertools.chain.from_iterable(times for times, _ in outcomes))
    front, total = _processor_seconds(target.process) - front, _tree_seconds(target.process) - total
    per_request = 1000 / len(milliseconds)
    return Figures(milliseconds, elapsed, front * per_request, (total - front) * per_request, outcomes[0][1])


def _ask(target: Target, shape: str, marker: str, seconds: float, repeated: bool, results: Connection) -> None:  # noqa: FBT001, PLR0913, PLR0917 -- a process's arguments
    times, numbers, size = list[float](), itertools.count(), 0
    client = _KeptConnection(target.port)

    def ask() -> int:
        text = f"{PREFIXES}{SHAPES[shape]} # {marker} {0 if repeated else next(numbers)}"
        accept = "text/tab-separated-values, application/n-triples;q=0.9"
        head = f"GET {target.path}?query={quote(text)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n"
        return client.ask(head.encode())

    ask()
    results.send(None)
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        size = ask()
        times.append(1000 * (time.perf_counter() - began))
    results.send((times, size))


class _KeptConnection:
    """A connection that is opened again when the server has closed it, as ours does after a response in chunks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None

    def ask(self, request: bytes) -> int:
        """Send a request, read the whole response, and return the bytes of its body."""
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port))
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.sendall(request)
        size, closes = _read_response(self._connection)
        if closes:
            self._connection.close()
            self._connection = None
        return size


def _receive(connection: socket.socket) -> bytes:
    """Return what has arrived. Raises ValueError if the server has closed the connection."""
    data = connection.recv(READ)
    if not data:
        raise ValueError("The server has closed the connection before the response's end.")
    return data


def _read_response(connection: socket.socket) -> tuple[int, bool]:
    """Return the bytes of a response's body, and whether it ends its connection. Raises ValueError if it is no 200."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(b": ") for line in head.split(b"\r\n")[1:])}
    if b" 200 " not in head.partition(b"\r\n")[0] + b" ":
        raise ValueError(f"not answered: {head[:200]!r} {body[:300]!r}")
    closes = fields.get(b"connection", b"").lower() == b"close"
    if b"content-length" in fields:
        size = int(fields[b"content-length"])
        remaining = size - len(body)
        while remaining > 0:
            remaining -= len(_receive(connection))
        return size, closes
    return _read_chunks(connection, body), closes


def _read_chunks(connection: socket.socket, data: bytes) -> int:
    size = 0
    while True:
        while b"\r\n" not in data:
            data += _receive(connection)
        length_text, _, data = data.partition(b"\r\n")
        length = int(length_text, 16)
        parts, received = [data], len(data)
        while received < length + 2:
            parts.append(_receive(connection))
            received += len(parts[-1])
        data = b"".join(parts)[length + 2 :]
        if length == 0:
            return size
        size += length


def _processor_seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    # Its own, and of the children that it has waited for: proc(5), fields 14 to 17.
    return sum(map(int, fields[11:15])) / TICKS


def _tree_seconds(process: int) -> float:
    """Return the seconds of a process and of all those under it."""
    started = set[int]()
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended since it was listed
            started.update(map(int, listed.read_text("ascii").split()))
    return _processor_seconds(process) + sum(map(_tree_seconds, started))


if __name__ == "__main__":
    main()
