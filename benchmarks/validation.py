"""Validation of one, five and twenty articles: by compiled queries and by pySHACL alone, in one run.

`python -m benchmarks.validation [COUNT …]`: seconds of processor time, their ratio, and the machine's load.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.metadata import version

from rdflib import Graph

from benchmarks.generated import Generated
from kg.app.schema import Schema, read_schema
from kg.validation.shacl_validator import validate, validate_by_pyshacl
from kg.validation.validation_report import ValidationReport


def main(counts: list[int]) -> None:
    """Print a row for each number of made-up articles."""
    schema = read_schema()
    print(
        f"{'articles':>8} {'triples':>9} {'queries':>9} {'pySHACL ' + version('pyshacl'):>15} {'ratio':>6} {'load':>5}"
    )
    for count in counts:
        data = made_up(count)
        seconds = [processor_seconds(function, data, schema) for function in (validate, validate_by_pyshacl)]
        figures = f"{seconds[0]:>9.2f} {seconds[1]:>15.2f} {seconds[1] / seconds[0]:>6.1f} {os.getloadavg()[0]:>5.1f}"
        print(f"{count:>8} {len(data):>9,} {figures}", flush=True)


def made_up(count: int) -> Graph:
    """Return so many made-up articles with what they share."""
    generated = Generated(count)
    data = Graph()
    texts = [generated.authority(), *(generated.article(number)[0] for number in range(count))]
    for text in texts:
        data.parse(data=text, format="nt")
    return data


def processor_seconds(function: object, data: Graph, schema: Schema) -> float:
    """Return how long validating took."""
    start = time.process_time()
    report: ValidationReport = function(data, schema.shapes, schema.ontology)  # type: ignore[operator]
    taken = time.process_time() - start
    print(f"    {len(report.results)} results", file=sys.stderr)
    return taken


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1, 5, 20])
