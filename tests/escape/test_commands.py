"""No mapping document and no query that is given to a command makes it open a connection, or a file beside its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.escape.conftest import KG, ROOT, SECRET, TINY, WATCHING, Canary

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


def run(folder: Path, *arguments: str) -> tuple[str, list[str]]:
    """Run a command under Python's audit hook; return what it prints, and what it has opened, asked and started."""
    events = folder / "events"
    path = os.pathsep.join([str(WATCHING), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "WATCHED": str(events)}
    done = subprocess.run([*KG, *arguments], env=environment, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr, events.read_text("utf-8").splitlines()


def faults(printed: str, events: list[str], canary: Canary) -> list[str]:
    """Say what of it reached the canary or any address."""
    reached = [line for line in events if line.startswith("socket.")]
    reached += [line for line in events if line.startswith("open\t") and str(canary.folder) in line]
    return [*reached, *canary.knocks, *([SECRET] if SECRET in printed else [])]


@pytest.mark.parametrize("kind", ["url", "file"])
@pytest.mark.parametrize("text", QUERIES)
def test_no_query_of_the_command_line_gets_out(
    text: str, kind: str, built: Path, canary: Canary, tmp_path: Path
) -> None:
    question = text.format(iri=getattr(canary, kind))
    (tmp_path / "question.rq").write_text(question, "utf-8")
    printed, events = run(tmp_path, "query", str(tmp_path / "question.rq"), "--store", str(built))
    assert any(line.startswith("open\t") for line in events)
    assert faults(printed, events, canary) == []


@pytest.mark.parametrize("kind", ["url", "file"])
@pytest.mark.parametrize("line", DOCUMENTS)
def test_no_mapping_document_gets_out(line: str, kind: str, canary: Canary, tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(TINY, tmp_path / "corpus"))
    for document in corpus.rglob("*.yaml"):
        document.write_text(document.read_text("utf-8") + line.format(iri=getattr(canary, kind)), "utf-8")
    printed, events = run(tmp_path, "check", str(corpus))
    assert any(line.startswith("open\t") and str(corpus) in line for line in events)
    assert faults(printed, events, canary) == []


@pytest.mark.parametrize("kind", ["url", "file"])
@pytest.mark.parametrize("fetching", IMPORTS)
def test_no_import_gets_out(fetching: tuple[str, str], kind: str, built: Path, canary: Canary, tmp_path: Path) -> None:
    name, text = fetching
    (tmp_path / name).write_text(text.replace("{iri}", getattr(canary, kind)), "utf-8")
    store = Path(shutil.copytree(built, tmp_path / "store"))
    for command in ("import", "reconcile"):
        printed, events = run(tmp_path, command, str(tmp_path / name), "--store", str(store))
        assert any(line.startswith("open\t") and name in line for line in events)
        assert faults(printed, events, canary) == []


def test_what_gets_out_is_seen(built: Path, canary: Canary, tmp_path: Path) -> None:
    printed, events = run(tmp_path, "query", str(canary.folder / "canary.ttl"), "--store", str(built))
    assert faults(printed, events, canary), "the canary's file was given as the question itself"
