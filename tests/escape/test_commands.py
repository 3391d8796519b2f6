"""No mapping document and no query that is given to a command makes it open a connection, or a file beside its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.escape.conftest import ROOT, SECRET, TINY, WATCHING, Canary

QUERIES = (
    "SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT (<{iri}>(1) AS ?x) {{}}",
)
DOCUMENTS = (
    '"@context": "{iri}"\n',
    '"@context": {{"@import": "{iri}"}}\n',
    '"@import": "{iri}"\n',
    "imports: {iri}\n",
    "included: !!python/object/apply:urllib.request.urlopen ['{iri}']\n",
    "included: !include {iri}\n",
)

IMPORTS = (
    ("a.jsonld", '{"@context": "{iri}", "name": "x"}'),
    ("a.jsonld", '{"@context": {"@import": "{iri}"}, "name": "x"}'),
    ("a.rdf", '<!DOCTYPE r [<!ENTITY a SYSTEM "{iri}">]><r>&a;</r>'),
    ("a.rdf", '<!DOCTYPE r SYSTEM "{iri}"><r xmlns="urn:a"/>'),
    ("a.ttl", "@base <{iri}> . <> <http://www.w3.org/2002/07/owl#imports> <{iri}> ; <urn:name> 'x' ."),
)


SHELL = """
import json, os, sys
from click.testing import CliRunner
from kg.cli import main

print("ready", flush=True)
for line in sys.stdin:
    folder, arguments = json.loads(line)
    os.chdir(folder)
    done = CliRunner().invoke(main, arguments, prog_name="kg")
    error = None if isinstance(done.exception, SystemExit) else done.exception
    print(json.dumps([done.exit_code, done.output, error and repr(error)]), flush=True)
"""
"""A process that runs one command after another: a process for each would take ten times as long."""


class Shell:
    """Runs commands of `kg` under Python's audit hook, over a store of the tiny corpus."""

    def __init__(self, process: subprocess.Popen[str], events: Path, store: Path) -> None:
        self._process, self._events, self.store = process, events, store
        assert process.stdout
        assert process.stdout.readline() == "ready\n"

    def run(self, folder: Path, *arguments: str) -> tuple[str, list[str]]:
        """Run a command in a folder; return its output, and what it has opened, requested and started."""
        before = len(self._events.read_bytes())
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([str(folder), arguments]), file=self._process.stdin, flush=True)
        status, printed, error = json.loads(self._process.stdout.readline())
        assert (status in (0, 1, 2), error) == (True, None), printed
        return printed, self._events.read_bytes()[before:].decode("utf-8").splitlines()


@pytest.fixture(scope="module")
def shell(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Return what runs commands."""
    folder = tmp_path_factory.mktemp("shell")
    path = os.pathsep.join([str(WATCHING), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "WATCHED": str(folder / "events")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", SHELL],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        yield Shell(process, folder / "events", built)
        assert process.stdin
        process.stdin.close()
        assert process.wait() == 0, (folder / "log").read_text("utf-8")


def faults(printed: str, events: list[str], canary: Canary) -> list[str]:
    """Return what of it reached the canary or any address."""
    reached = [line for line in events if line.startswith("socket.")]
    reached += [line for line in events if line.startswith("open\t") and str(canary.folder) in line]
    return [*reached, *canary.knocks, *([SECRET] if SECRET in printed else [])]


@pytest.mark.parametrize("kind", ["url", "file"])
@pytest.mark.parametrize("text", QUERIES)
def test_no_query_of_the_command_line_gets_out(
    text: str, kind: str, canary: Canary, shell: Shell, tmp_path: Path
) -> None:
    question = text.format(iri=getattr(canary, kind))
    (tmp_path / "question.rq").write_text(question, "utf-8")
    printed, events = shell.run(tmp_path, "query", str(tmp_path / "question.rq"), "--store", str(shell.store))
    assert any(line.startswith("open\t") for line in events)
    assert faults(printed, events, canary) == []


@pytest.mark.parametrize("kind", ["url", "file"])
@pytest.mark.parametrize("line", DOCUMENTS)
def test_no_mapping_document_gets_out(line: str, kind: str, canary: Canary, shell: Shell, tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    for document in corpus.rglob("*.yaml"):
        document.write_text(document.read_text("utf-8") + line.format(iri=getattr(canary, kind)), "utf-8")
    printed, events = shell.run(tmp_path, "check", str(corpus))
    assert any(line.startswith("open\t") and str(corpus) in line for line in events)
    assert faults(printed, events, canary) == []


@pytest.mark.parametrize("kind", ["url", "file"])
@pytest.mark.parametrize("fetching", IMPORTS)
def test_no_import_gets_out(fetching: tuple[str, str], kind: str, canary: Canary, shell: Shell, tmp_path: Path) -> None:
    name, text = fetching
    (tmp_path / name).write_text(text.replace("{iri}", getattr(canary, kind)), "utf-8")
    store = Path(shutil.copytree(shell.store, tmp_path / "store"))
    for command in ("import", "reconcile"):
        printed, events = shell.run(tmp_path, command, str(tmp_path / name), "--store", str(store))
        assert any(line.startswith("open\t") and name in line for line in events)
        assert faults(printed, events, canary) == []


def test_what_gets_out_is_seen(canary: Canary, shell: Shell, tmp_path: Path) -> None:
    printed, events = shell.run(tmp_path, "query", str(canary.folder / "canary.ttl"), "--store", str(shell.store))
    assert faults(printed, events, canary), "the canary's file was given as the question itself"
