"""The figures of docs/conformance.md about the suites: the number of tests, and how many of them pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.w3c.known_failures import KNOWN_FAILURES
from tests.w3c.manifests import Case, cases, require_suites
from tests.w3c.test_dataset_documents import TESTS as DATASETS
from tests.w3c.test_graph_documents import TESTS as GRAPHS
from tests.w3c.test_queries import TESTS as QUERIES
from tests.w3c.test_syntax import SYNTAX
from tests.w3c.test_updates import TESTS as UPDATES

require_suites()
DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
REQUESTS = cases("sparql11/protocol", "sparql11/service-description")
RUN = [*QUERIES, *SYNTAX, *UPDATES, *GRAPHS, *DATASETS, *REQUESTS]


def _below(tests: list[Case], folder: str) -> list[str]:
    return [case.name for case in tests if case.name.startswith(f"{folder}/")]


def rows() -> Iterator[str]:
    """Yield the table's rows."""
    suites = {
        "SPARQL 1.0, queries": _below(QUERIES, "dawg-data-r2"),
        "SPARQL 1.0, syntax": _below(SYNTAX, "dawg-data-r2"),
        "SPARQL 1.1, queries": _below(QUERIES, "sparql11"),
        "SPARQL 1.1, syntax of queries and updates": _below(SYNTAX, "sparql11"),
        "SPARQL 1.1, updates": _below(UPDATES, "sparql11"),
        "SPARQL 1.1, protocol and service description": _below(REQUESTS, "sparql11"),
        "Turtle": [*_below(GRAPHS, "turtle"), *_below(GRAPHS, "n3/TurtleTests")],
        "N-Triples": _below(GRAPHS, "ntriples"),
        "RDF/XML": _below(GRAPHS, "rdf-xml"),
        "TriG": _below(DATASETS, "trig"),
        "N-Quads": _below(DATASETS, "nquads"),
    }
    for suite, names in suites.items():
        failing = sum(name in KNOWN_FAILURES for name in names)
        yield f"| {suite} | {len(names)} | {len(names) - failing} |\n"


def test_the_document_has_the_figures_of_the_suites() -> None:
    assert "".join(rows()) in DOCUMENT.read_text(encoding="utf-8")


def test_every_known_failure_is_of_a_test_that_is_run() -> None:
    assert KNOWN_FAILURES.keys() <= {case.name for case in RUN}


def test_every_test_of_the_manifests_is_run_but_those_of_entailment() -> None:
    listed = cases("dawg-data-r2", "sparql11", "turtle", "ntriples", "rdf-xml", "trig", "nquads")
    missing = {case.name for case in listed} - {case.name for case in RUN}
    assert {name.rpartition("/")[0] for name in missing} == {"sparql11/entailment"}
