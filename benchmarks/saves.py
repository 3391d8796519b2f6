"""How long it takes from a save to its being shown: `kg watch` and `kg serve` over made-up articles.

`python -m benchmarks.saves [COUNT …]`: seconds until a query of the running server has the new title, by the number of
articles; the median and the longest of several saves, and the machine's load.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.parse import quote

from benchmarks.documents import write_documents
from benchmarks.serving import served

SAVES = 5
"""Articles that are saved, one after the other."""
COUNTS = (100, 1000)
PAUSE = 0.02


def main(counts: list[int]) -> None:
    """Print a row for each number of made-up articles."""
    print(f"{'articles':>8} {'first build':>12} {'median':>8} {'longest':>8} {'load':>5}")
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            first, seconds = saved(Path(name), count)
        figures = f"{first:>10.1f} s {median(seconds):>6.2f} s {max(seconds):>6.2f} s {os.getloadavg()[0]:>5.1f}"
        print(f"{count:>8} {figures}", flush=True)


def saved(folder: Path, count: int) -> tuple[float, list[float]]:
    """Return the seconds of the first build, and those from each save of an article until the server shows it."""
    corpus, store = write_documents(folder / "corpus", count), folder / "store"
    command = [sys.executable, "-m", "kg", "watch", str(corpus), "--store", str(store), "--quiet"]
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        try:
            if watcher.stdout is None or not watcher.stdout.readline().startswith("Built"):
                raise SystemExit("The first build has failed.")
            first = time.monotonic() - start
            with served(store) as (host, port, _):
                files = sorted(corpus.glob("made-up-*.yaml"))[:SAVES]
                return first, [shown_after(file, f"Saved {number}", host, port) for number, file in enumerate(files)]
        finally:
            watcher.terminate()


def shown_after(file: Path, title: str, host: str, port: int) -> float:
    """Save an article under another title, and return the seconds until a query of the server finds it."""
    text = file.read_text("utf-8")
    old = next(line for line in text.splitlines() if line.startswith("title: "))
    new = file.with_suffix(".new")
    new.write_text(text.replace(old, f"title: {title}", 1), "utf-8")
    start = time.monotonic()
    new.replace(file)
    while not is_shown(title, host, port):
        time.sleep(PAUSE)
    return time.monotonic() - start


def is_shown(title: str, host: str, port: int) -> bool:
    """Return whether the server's current version has an article of that title."""
    query = quote(f'ASK {{ ?article <http://purl.org/dc/terms/title> "{title}"@en }}')
    connection = http.client.HTTPConnection(host, port)
    connection.request("GET", f"/sparql?query={query}", headers={"Accept": "application/sparql-results+json"})
    text = connection.getresponse().read().decode()
    connection.close()
    return "true" in text


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [*COUNTS])
