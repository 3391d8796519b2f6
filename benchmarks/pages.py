"""How long each kind of page takes on the server, and how large it is: on the shipped graph, and on made-up articles.

    python -m benchmarks.pages [--articles 1000] [--rounds 5] [--store FOLDER]

It serves each store with `kg serve`, asks every kind of page as a browser does, one request a connection, and prints
the first answer's time, the median and the slowest of the rounds after it (which the server's own cache may serve; a
round asks past it by a parameter of its own where the page takes one), the size, and the machine's load. `--store`
keeps the made-up articles' store in a folder, and uses it again.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote, urlsplit

from rdflib import RDF
from rich.progress import track

from benchmarks.generated import Generated
from kg.app.schema import read_schema
from kg.namespaces import ONTOLOGY

KG = [sys.executable, "-m", "kg"]
BROWSER = "text/html,application/xhtml+xml"
BASE = "https://example.org/communique/"
"""The base of the made-up articles."""
SHIPPED = (
    "/",
    "/articles",
    "/people",
    "/events",
    "/timeline",
    "/statements",
    "/statements?polarity=negative&act=deny",
    "/statements?q=talks&sort=said",
    "/disagreements",
    "/network",
    "/network/graph?most=300",
    "/network/chain?from=clinton&to=kayani",
    "/search?q=haqqani",
    "/ontology",
    "/schemes",
    "/shapes",
    "/dataset",
    "/sparql",
    "/about/person/hillary-clinton",
    "/about/organization/pakistan-government",
    "/about/place/islamabad",
    "/about/post/isi-head",
    "/about/article/haqqani-talks/",
    "/about/article/haqqani-talks/event/islamabad-talks",
    "/about/article/haqqani-talks/scenario/surgical-operations",
    "/about/article/haqqani-talks/statement/official-warns-of-militias",
    "/about/article/haqqani-talks/topic/haqqani-talks-preconditions",
    "/about/article/haqqani-talks/passage/2217-2348",
    "/about/article/haqqani-talks/proposition/brinkmanship",
)
MADE_UP = (
    "/",
    "/articles",
    "/people",
    "/people?kind=group&page=2",
    "/events",
    "/events?kind=dated&page=2",
    "/timeline",
    f"/timeline?person={BASE}person/ilse-tarrant&kind=statement",
    "/statements",
    "/statements?polarity=negative&act=deny",
    "/statements?hand=first+hand&sort=source&page=7",
    "/statements?q=strait&sort=said",
    "/disagreements",
    "/network",
    "/network?real=no",
    f"/network?around={BASE}person/ilse-tarrant",
    "/network/graph?most=300",
    f"/network/chain?from={BASE}person/ilse-tarrant&to={BASE}organization/kelmark-government",
    "/search?q=brandt",
    "/search?q=the",
    "/ontology",
    "/ontology/relations",
    "/schemes",
    "/shapes",
    "/dataset",
    "/dataset?page=2",
    "/collections",
    "/disputed",
    f"/cite?iri={BASE}article/made-up-5/statement/nine-points",
    "/sparql",
    "/examples",
    "/about/person/ilse-tarrant",
    "/about/organization/kelmark-government",
    "/about/place/alund",
    "/about/post/kelmark-navy-chief",
    "/about/article/made-up-5/",
    "/about/article/made-up-5/event/talks",
    "/about/article/made-up-5/statement/nine-points",
    "/about/article/made-up-5/scenario/another-attack",
    "/about/article/made-up-5/topic/strait",
    "/about/article/made-up-5/passage/436-463",
    "/about/article/made-up-5/proposition/office-arms-pilots",
    f"/why?subject={BASE}article/made-up-5/event/talks&predicate={quote(RDF.type)}&value={quote(f'{ONTOLOGY}Event')}",
)


def main() -> None:
    """Print what ran where, then a row for each page."""
    arguments = _arguments()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "waitress", "flask", "jinja2")))
    with tempfile.TemporaryDirectory() as folder:
        shipped = Path(folder) / "shipped"
        subprocess.run([*KG, "build", "--store", str(shipped), "--no-cross-check"], check=True, capture_output=True)
        _rows("the shipped graph", shipped, SHIPPED, arguments.rounds)
        made_up = arguments.store or Path(folder) / "made-up"
        if not made_up.exists():
            generated = Generated(arguments.articles)
            for _ in track(generated.fill(made_up, read_schema()), "Making articles up", total=arguments.articles):
                pass
        _rows(f"{arguments.articles:,} made-up articles", made_up, MADE_UP, arguments.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--store", type=Path)
    return parser.parse_args()


def _rows(title: str, folder: Path, paths: tuple[str, ...], rounds: int) -> None:
    print(f"\n{title}: load {os.getloadavg()[0]:.2f}")
    print(f"{'page':<66} {'status':>6} {'first':>8} {'median':>8} {'slowest':>8} {'size':>9}")
    with served(folder) as (host, port):
        asked(host, port, "/timeline")  # waits for the index, which is read when the store is opened
        for path in paths:
            first, *others = [asked(host, port, path) for _ in range(rounds + 1)]
            times = [other_row[1] for other_row in others]
            durations = f"{first[1]:>5.0f} ms {statistics.median(times):>5.0f} ms {max(times):>5.0f} ms"
            print(f"{path:<66} {first[0]:>6} {durations} {first[2] / 1000:>6.0f} kB", flush=True)
    print(f"load at the end {os.getloadavg()[0]:.2f}")


def asked(host: str, port: int, path: str) -> tuple[int, float, int]:
    """Return a page's status, the milliseconds until its last byte, and its bytes."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection(host, port, timeout=120)
    connection.request("GET", path, headers={"Accept": BROWSER})
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return answer.status, 1000 * (time.perf_counter() - start), size


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """Serve a store for as long as the block lasts."""
    command = [*KG, "serve", "--port", "0", "--store", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        line = server.stdout.readline() if server.stdout else ""
        address = urlsplit(next(word for word in line.split() if word.startswith("http")))
        try:
            yield address.hostname or "", address.port or 0
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
