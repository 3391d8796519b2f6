"""Exports in R: its own CSV reader, and GraphML by its igraph, which is another build than Python's."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from kg import formats
from kg.export.projections import PROJECTIONS
from tests.export.conftest import document, graph

CSV_SCRIPT = """
edges <- read.csv("edges.csv", encoding = "UTF-8", stringsAsFactors = FALSE)
stopifnot(is.integer(edges$count))
write.table(edges[c("source", "target", "label", "count")], quote = FALSE, sep = "\\t", row.names = FALSE)
"""
GRAPHML_SCRIPT = """
read <- igraph::read_graph("all.graphml", format = "graphml")
stopifnot(igraph::is_directed(read), is.numeric(igraph::E(read)$count))
ends <- igraph::ends(read, igraph::E(read), names = FALSE)
names <- igraph::V(read)$iri
edges <- data.frame(source = names[ends[, 1]], target = names[ends[, 2]], label = igraph::E(read)$label)
edges$count <- igraph::E(read)$count
write.table(edges, quote = FALSE, sep = "\\t", row.names = FALSE)
"""


@cache
def has_r(package: str = "") -> bool:
    """Whether R is there, with a package."""
    script = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
    return shutil.which("Rscript") is not None and (
        not package or subprocess.run(["Rscript", "-e", script], capture_output=True, check=False).returncode == 0
    )


def rows_by_r(script: str, folder: Path) -> list[tuple[str, ...]]:
    """Return the rows, without the head, of the table that a script writes."""
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reader = csv.reader(io.StringIO(done.stdout), delimiter="\t", quoting=csv.QUOTE_NONE)
    return sorted(tuple(row) for row in [*reader][1:])


def edges_by_networkx(store: Path, name: str) -> list[tuple[str, ...]]:
    edges = graph(store, name).edges(data=True)
    return sorted((*ends, edge["label"], str(edge["count"])) for *ends, edge in edges)


@pytest.mark.skipif(not has_r(), reason="R is not installed (Debian's r-base-core)")
@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_r_reads_the_same_edges_from_csv(store: Path, name: str, tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_bytes(document(store, name, formats.EDGES))
    assert rows_by_r(CSV_SCRIPT, tmp_path) == edges_by_networkx(store, name)


@pytest.mark.skipif(not has_r("igraph"), reason="igraph of R is not installed (Debian's r-cran-igraph)")
@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_igraph_of_r_reads_the_same_edges_from_graphml(store: Path, name: str, tmp_path: Path) -> None:
    (tmp_path / "all.graphml").write_bytes(document(store, name, formats.GRAPHML))
    assert rows_by_r(GRAPHML_SCRIPT, tmp_path) == edges_by_networkx(store, name)
