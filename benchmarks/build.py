"""How long a build takes: `kg build` on made-up documents beside rdflib, owlrl and pySHACL used as their manuals say.

`python -m benchmarks.build [COUNT …]` prints a row for each number of articles and draws `build/bench.svg`: seconds of
processor time of one process, everything included, and an article's; the megabytes of all its processes; how many times
faster two processes are by the clock; one changed article; the baseline. That is handed the triples that `kg build` has
read, since the others read no mapping documents; it is left out above the first number for which it took longer than
LIMIT.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from math import log10
from pathlib import Path

import owlrl
import pyshacl
from rdflib import Graph

from benchmarks.documents import write_documents
from benchmarks.inference import shipped
from benchmarks.processes import spent
from kg.app.export import export_graphs
from kg.formats import NQUADS
from kg.store import open_store

COUNTS = (1, 3, 10, 30, 100)
LIMIT = 120
"""Seconds of processor time after which the baseline is ended."""
PLOT = Path(__file__).parents[1] / "build" / "bench.svg"
SIDE = 400
"""Width and height of the plot."""
NOT_ASSERTED = tuple(f"/graph/{name}>" for name in ("inferred", "provenance", "description", "ontology", "shapes"))
Row = tuple[int, float, float | None]
"""How many articles, and the seconds of a build and of the baseline, None if that took too long."""


def main(counts: Sequence[int]) -> None:
    """Print a row for each number of articles, and draw the plot."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "owlrl", "pyshacl"))
    print(f"Python {platform.python_version()}, {libraries}; {os.cpu_count()} cores")
    print("articles     build an article   memory   two  memory one changed  baseline  ratio load")
    rows: list[Row] = []
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            rows.append(measured(Path(name), count, with_baseline=not rows or rows[-1][2] is not None))
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(plot(rows), "utf-8")
    print(f"Drawn: {PLOT}")


def measured(folder: Path, count: int, *, with_baseline: bool) -> Row:
    """Build so many articles, one of them again, and the same triples by the baseline; print the figures."""
    corpus, store = write_documents(folder / "corpus", count), folder / "store"
    single = spent(_build(corpus, store, jobs=1))
    double = spent(_build(corpus, folder / "by-two", jobs=2)) if count > 1 else None
    shutil.rmtree(folder / "by-two", ignore_errors=True)
    article = corpus / "made-up-00000.yaml"
    article.write_text(article.read_text("utf-8").replace("title: ", "title: Once more, ", 1), "utf-8")
    changed = spent(_build(corpus, store, jobs=1)).processor
    baseline = by_manuals(folder, store) if with_baseline else None
    by_two = f"{single.clock / double.clock:>5.1f} {double.memory:>4.0f} MB" if double else f"{'-':>5} {'-':>7}"
    compared = f"{baseline:>7.1f} s {baseline / single.processor:>6.1f}" if baseline else f"{'-':>9} {'-':>6}"
    alone = f"{single.processor:>7.1f} s {single.processor / count:>8.2f} s {single.memory:>5.0f} MB"
    print(f"{count:>8} {alone} {by_two} {changed:>9.1f} s {compared} {os.getloadavg()[0]:.1f}", flush=True)
    return count, single.processor, baseline


def _build(corpus: Path, store: Path, jobs: int) -> list[str]:
    options = ["--store", str(store), "--jobs", str(jobs), "--quiet"]
    return [sys.executable, "-m", "kg", "build", str(corpus), *options]


def by_manuals(folder: Path, store: Path) -> float | None:
    """Return the seconds of the baseline on what a store asserts, None if it took too long."""
    file = folder / "asserted.nt"
    names = open_store(store).current().counts
    asserted = tuple(name for name in names if not f"{name}>".endswith(NOT_ASSERTED))
    lines = b"".join(export_graphs(open_store(store), asserted, NQUADS)).splitlines()
    file.write_bytes(b"".join(line.rsplit(b" ", 2)[0] + b" .\n" for line in lines))
    try:
        return spent([sys.executable, "-m", "benchmarks.build", "--baseline", str(file)], LIMIT).processor
    except subprocess.CalledProcessError as error:
        if error.returncode < 0:
            return None
        raise


def baseline_of(file: Path) -> None:
    """Infer and validate as the manuals of owlrl and pySHACL say."""
    data, ontology, shapes = Graph().parse(file, format="nt"), shipped(), Graph()
    for path in sorted((Path(__file__).parents[1] / "shapes").glob("*.ttl")):
        shapes.parse(path)
    pyshacl.validate(data, shacl_graph=shapes, ont_graph=ontology)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(data + ontology)


def plot(rows: Sequence[Row]) -> str:
    """Return the figures as SVG: processor time by number of articles, both by powers of ten."""
    curves = {"kg build": [(count, seconds) for count, seconds, _ in rows]}
    curves["owlrl and pySHACL"] = [(count, seconds) for count, _, seconds in rows if seconds]
    drawn = "".join(_curve(name, points, number) for number, (name, points) in enumerate(curves.items()))
    ticks = "".join(_tick(10**power) for power in range(5))
    size = f'viewBox="0 0 {SIDE} {SIDE}" font-family="sans-serif" font-size="11"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ticks}{drawn}</svg>\n'


def _tick(value: int) -> str:
    return f'<text x="{_at(value)}" y="{SIDE - 4}">{value}</text><text x="2" y="{SIDE - _at(value)}">{value} s</text>'


def _curve(name: str, points: Sequence[tuple[float, float]], number: int) -> str:
    color = ("#06c", "#c30")[number]
    path = " ".join(f"{_at(count)},{SIDE - _at(seconds)}" for count, seconds in points)
    label = f'<text x="50" y="{20 + 16 * number}" fill="{color}">{name}</text>'
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>{label}'


def _at(value: float) -> int:
    """Return where a value is from the edge: four powers of ten to the side."""
    return round(40 + (SIDE - 80) * log10(max(value, 1)) / 4)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--baseline"]:
        baseline_of(Path(sys.argv[2]))
    else:
        main([int(text) for text in sys.argv[1:]] or COUNTS)
