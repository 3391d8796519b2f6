"""`kg versions`, `kg rollback`, `kg export` and `kg serve` as processes."""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rdflib import Dataset, Graph

from kg.formats import GRAPH_FORMATS, Format, Holds
from tests.support.command_line import KG, here, kg


def change(corpus: Path) -> None:
    file = corpus / "authority.yaml"
    file.write_text(file.read_text("utf-8").replace("name: Ada Brandt", "name: Ada M. Brandt", 1), "utf-8")


def test_versions_are_listed_and_a_rollback_makes_an_old_one_current(store: Path, corpus: Path) -> None:
    change(corpus)
    assert here("build", corpus, "--store", store, "--no-cross-check").status == 0
    ask = ("query", "ASK { ?s ?p 'Ada M. Brandt' }", "--store", store)
    assert here(*ask).out == "yes\n"
    assert here(*ask, "--version", "000001").out == "no\n"
    assert here("rollback", "000001", "--store", store).out.startswith(f"Version 000001 of {store} is current")
    assert here(*ask).out == "no\n"
    rows = here("versions", "--store", store).out.splitlines()
    assert re.search(r"000001 .*current", rows[2])
    assert "current" not in rows[3]


def test_a_rollback_to_a_version_that_is_not_kept_is_an_error_of_the_call(built: Path) -> None:
    assert "'000007'" in kg("rollback", "000007", "--store", built).failed(2)


@pytest.mark.filterwarnings("ignore:Dataset.default_context", "ignore:ConjunctiveGraph")  # rdflib's own parsers
@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_an_export_in_each_format_holds_the_same_triples(built: Path, tmp_path: Path, format_: Format) -> None:
    file = tmp_path / f"export.{format_.extension}"
    assert here("export", "authority", "--store", built, "--format", format_.name, "--output", file).status == 0
    triples = here("export", "authority", "--store", built, "--format", "ntriples").out
    expected = set(Graph().parse(data=triples, format="nt"))
    if format_.holds is Holds.QUADS:
        dataset = Dataset()
        dataset.parse(file, format=format_.media_type)
        exported = {(subject, predicate, value) for subject, predicate, value, _ in dataset.quads()}
    else:
        exported = set(Graph().parse(file, format=format_.media_type))
    assert len(expected) == 6
    assert exported == expected


def test_an_export_without_a_graph_holds_all_of_them_or_the_default_graph(built: Path) -> None:
    quads = here("export", "--store", built, "--format", "nquads").out
    triples = here("export", "--store", built, "--format", "ntriples").out
    assert "graph/provenance> ." in quads
    assert "SoftwareAgent" not in triples
    united = ("graph/article/bridge> .", "graph/authority> .", "graph/description> .", "graph/inferred> .")
    inside = {line.rpartition(" <")[0] for line in quads.splitlines() if line.endswith(united)}
    assert inside == {line.removesuffix(" .") for line in triples.splitlines()}


def test_a_graph_that_is_not_there_is_the_calls_fault_and_the_others_are_named(built: Path) -> None:
    sentence = here("export", "authorities", "--store", built).failed(2)
    assert "'authorities'" in sentence
    assert "article/bridge, authority, description, inferred" in sentence


@contextmanager
def started(command: list[str | Path]) -> Iterator[subprocess.Popen[str]]:
    """Run a command for as long as the block lasts, however it ends."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_serves_the_store_until_it_is_ended(built: Path) -> None:
    command: list[str | Path] = [KG, "serve", "--store", built, "--port", "0"]
    with started(command) as server:
        assert server.stdout is not None
        first_line = server.stdout.readline()
        address = first_line.split(" on ")[1].split()[0]
        with urllib.request.urlopen(f"{address}sparql?query=ASK%7B%7D") as answer:  # noqa: S310 - our own address
            assert b"true" in answer.read()
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    assert first_line.startswith(f"Serving version 000001 of {built} on http://127.0.0.1:")


def test_a_port_that_is_taken_is_one_sentence(built: Path) -> None:
    command: list[str | Path] = [KG, "serve", "--store", built, "--port", "0"]
    with started(command) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split("127.0.0.1:")[1].split("/")[0]
        assert f"Cannot listen on 127.0.0.1:{port}" in kg("serve", "--store", built, "--port", port).failed(2)


def test_serving_a_store_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    assert "`kg build` makes one" in kg("serve", "--store", tmp_path / "nowhere").failed(2)


def test_fsck_names_a_lost_pointer_and_repairs_it_on_request(store: Path, corpus: Path) -> None:
    change(corpus)
    assert here("build", corpus, "--store", store, "--no-cross-check").status == 0
    (store / "current").unlink()
    for command in (["query", "ASK {}"], ["versions"], ["rollback", "000001"], ["prune", "--keep", "1"]):
        assert f"{store / 'current'} is missing" in here(*command, "--store", store).failed(2)
    assert here("build", corpus, "--store", store, "--no-cross-check").status == 2
    report = here("fsck", "--store", store)
    assert (report.status, report.out.count("\n")) == (1, 1)
    assert report.out.startswith(f"{store / 'current'} is missing")
    repaired = here("fsck", "--repair", "--store", store)
    assert (repaired.status, repaired.out.splitlines()) == (
        0,
        [
            f"Repaired: version 000002 of {store} is current, the newest that is whole.",
            f"{store} is whole: 2 versions kept.",
        ],
    )
    assert here("query", "ASK { ?s ?p 'Ada M. Brandt' }", "--store", store).out == "yes\n"


def test_no_command_makes_a_store_on_top_of_a_damaged_one(store: Path, corpus: Path) -> None:
    (store / "store.json").unlink()
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*")}
    assert here("build", corpus, "--store", store, "--no-cross-check").status == 2
    for command in (["serve", "--plain", "--port", "0"], ["serve", "--port", "0"], ["query", "ASK {}"]):
        assert "its store.json is missing" in kg(*command, "--store", store).failed(2)
    assert (here("fsck", "--store", store).status, here("fsck", "--repair", "--store", store).status) == (1, 1)
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*")} == before
