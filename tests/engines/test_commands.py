"""Every reading command, the Python package and the agents' tools over an engine of others, as over our own store."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import communique
from kg.engines import Login, RemoteStore
from kg.mcp.tools import AgentTools
from kg.store import open_store
from tests.support.command_line import KG, here
from tests.support.engine_servers import EngineServer
from tests.support.mcp_client import call_tools

PEOPLE = "https://w3id.org/communique/data/person/"
KAYANI = f"{PEOPLE}ashfaq-parvez-kayani"
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search_entities", {"words": "kayani"}),
    ("describe", {"iri": KAYANI}),
    ("statements", {"by": KAYANI}),
    ("meetings", {"who": KAYANI}),
    ("compare_accounts", {"occurrence": "ACCOUNT"}),
    ("query", {"sparql": "SELECT ?name { ?person a cq:Person ; cq:name ?name } ORDER BY ?name"}),
    ("query", {"sparql": "ASK { ?person a cq:Person }"}),
    ("query", {"sparql": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}),
    ("list_questions", {}),
    ("answer_question", {"name": "30-contradictions"}),
    ("list_classes", {}),
)


def test_a_store_and_an_engine_are_compared(engine: EngineServer, shipped: Path, tmp_path: Path) -> None:
    version = RemoteStore.open(engine.query, Login()).current().name
    here_and_there = f"version 000001 of {shipped}", f"version {version} of {engine.query}"
    for sides, (before, after) in (
        ((shipped, "--store", engine.query), here_and_there),
        ((engine.query, "--store", shipped), (*reversed(here_and_there),)),
        ((engine.query, engine.query, "--store", tmp_path / "none"), (here_and_there[1], here_and_there[1])),
    ):
        assert here("diff", *sides).out == f"From {before} to {after}: nothing has changed.\n"
    exported = here("export", "authority", "--format", "ntriples", "--store", shipped).out.splitlines(keepends=True)
    changed = tmp_path / "changed.nt"
    changed.write_text("".join([*exported[1:], "<urn:x:a> <urn:x:b> <urn:x:c> .\n"]), "utf-8")
    compared = ("diff", changed, "--graph", "authority", "--as", "update", "--store")
    assert here(*compared, engine.query).out == here(*compared, shipped).out
    assert "DELETE DATA" in here(*compared, engine.query).out


def test_versions_are_the_one_that_the_engine_holds(engine: EngineServer, shipped: Path) -> None:
    (listed,) = json.loads(here("versions", "--json", "--store", engine.query).out)
    (own,) = json.loads(here("versions", "--json", "--store", shipped).out)
    graphs = {name: number for name, number in own["graphs"].items() if number}
    assert (listed["graphs"], listed["triples"], listed["current"]) == (graphs, own["triples"], True)


def test_names_are_reconciled_with_an_engine(engine: EngineServer, shipped: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Name,Type\nGen Kayani,person\nBarack Obama,person\nBob Nobody,person\n", "utf-8")
    theirs, own = (without_version(here("reconcile", names, "--store", place).out) for place in (engine.query, shipped))
    assert theirs == own
    assert "      - thing: person:ashfaq-parvez-kayani" in own


def without_version(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("version: ")]


def test_python_reads_an_engine_as_a_store(engine: EngineServer, shipped: Path) -> None:
    theirs, own = communique.open(engine.query), communique.open(shipped)
    statements = own.statements(by=KAYANI)
    assert theirs.statements(by=KAYANI) == statements
    assert statements
    for statement in statements:
        assert theirs.cite(statement.iri).replace(theirs.version, own.version) == own.cite(statement.iri)
    fact = statements[0].iri, "https://schema.org/author", statements[0].source.iri
    assert len(theirs.why(*fact)) == len(own.why(*fact)) > 1
    assert theirs.why(*fact)[0] == own.why(*fact)[0]
    edges, own_edges = (sorted(map(str, graph.to_networkx("people").edges(data=True))) for graph in (theirs, own))
    assert edges == own_edges != []


def test_agents_get_the_same_values(engine: EngineServer, shipped: Path) -> None:
    own = AgentTools(open_store(shipped))
    account = next(row["iri"] for row in own.meetings(KAYANI)["results"])
    calls = [(name, {k: account if v == "ACCOUNT" else v for k, v in values.items()}) for name, values in CALLS]
    _, answers = asyncio.run(call_tools((str(KG), "mcp", "--store", engine.query), calls))
    tools = {tool.__name__: tool for tool in own.tools}
    assert {name for name, _ in calls} == {*tools}
    for (name, values), answer in zip(calls, answers, strict=True):
        if "SERVICE" in str(values):
            assert answer.is_error
            assert "SERVICE" in answer.content[0].text
            continue
        expected = json.loads(json.dumps(tools[name](**values)))
        assert expected["results"], name
        assert {**answer.structured_content, "version": ""} == {**expected, "version": ""}, (name, values)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("backup", "copy"), "`kg export --store URL --format nquads --output FILE` writes all graphs that the engine"),
        (("build",), "do it in a folder, then put it there with `kg push`."),
        (("fsck",), "`kg diff FOLDER --store URL` tells whether it holds what was pushed."),
        (("push", "http://127.0.0.1:1/"), "--store names the folder that is pushed."),
    ],
)
def test_what_needs_a_folder_says_what_serves_instead(command: tuple[str, ...], sentence: str) -> None:
    error = here(*command, "--store", "http://127.0.0.1:1/sparql").failed(2)
    assert error.startswith(f"`kg {command[0]}` needs a store in a folder, not http://127.0.0.1:1/sparql: ")
    assert sentence in error
