"""What the README shows is so: its commands, its query and answer, its ways into other tools, its tables."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
from pathlib import Path

import click
import ladybug
import networkx as nx
import pytest

from kg.cli import main
from tests.docs.conftest import README, ROOT, Folder, blocks, section
from tests.support.jena import jena_commands, needs_jena

TOOLS = section("Load it into other tools")
NAMED = """
PREFIX cq: <https://w3id.org/communique/ontology#>
SELECT ?name { ?who a cq:Person ; cq:name ?name }
"""


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of a text's first table by the table's headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def ask(folder: Folder, query: str) -> list[dict[str, str]]:
    (folder.path / "query.rq").write_text(query, "utf-8")
    return [*csv.DictReader(io.StringIO(folder.sh("kg query query.rq --format csv")))]


def test_the_query_has_the_answer_that_is_shown(folder: Folder) -> None:
    (query,) = blocks("sparql", README)
    shown = table(section("Ask it something"))
    assert len(shown) == 3
    assert ask(folder, query) == shown


def test_a_query_that_was_altered_has_another_answer(folder: Folder) -> None:
    (query,) = blocks("sparql", README)
    assert ask(folder, query.replace("of Pakistan", "of Nowhere")) == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_gets_the_answer_that_is_shown(folder: Folder) -> None:
    text = section("Ask it something")
    (query,), (call,) = blocks("sparql", text), blocks("sh", text)
    (folder.path / "question.rq").write_text(query, "utf-8")
    with folder.served() as address:
        answer = folder.sh(call.replace("http://127.0.0.1:8000/", address))
    assert [*csv.DictReader(io.StringIO(answer))] == table(text)


def test_there_are_as_many_questions_as_it_says() -> None:
    assert "`ontology/questions/` holds\nover eighty such questions" in README
    assert len([*(ROOT / "ontology" / "questions").glob("*.rq")]) > 80


def test_rdflib_prints_every_person(folder: Folder) -> None:
    (script,) = blocks("python", TOOLS)
    (folder.path / "people.py").write_text(script, "utf-8")
    printed = folder.sh(f"'{sys.executable}' people.py").splitlines()
    assert sorted(printed) == sorted(row["name"] for row in ask(folder, NAMED))
    assert {"Mark Grossman", "Hina Rabbani Khar"} <= {*printed}


def test_ladybug_loads_the_tables_and_answers(folder: Folder) -> None:
    (script,) = blocks("cypher", TOOLS)
    script = re.sub(r"'(\w+\.csv)'", lambda match: f"'{folder.path / match[1]}'", script)
    connection = ladybug.Connection(ladybug.Database(str(folder.path / "communique.lbug")))
    answers = [connection.execute(line) for line in script.splitlines()]
    pairs = [tuple(row) for row in answers[-1].get_all()]  # type: ignore[union-attr]
    assert pairs
    assert all((right, left) in pairs for left, right in pairs)
    assert any("Mullen" in left for left, _ in pairs)


@pytest.fixture(scope="session")
def jena(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with Apache Jena's commands."""
    return jena_commands(tmp_path_factory.mktemp("jena"))


@needs_jena
def test_jena_loads_the_turtle_and_counts_as_we_do(folder: Folder, jena: Path) -> None:
    printed = folder.sh(blocks("sh", TOOLS)[1], jena)
    counted = dict(re.findall(r"^\| <(\S+)>\s+\| (\d+)\s+\|$", printed, re.MULTILINE))
    ours = ask(folder, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    assert len(ours) > 50
    assert counted == {row["p"]: row["n"] for row in ours}


def test_networkx_reads_who_met_whom_from_the_file_for_gephi(folder: Folder) -> None:
    folder.sh(blocks("sh", TOOLS)[2])
    people = nx.read_gexf(folder.path / "people.gexf", version="1.3")
    met = {
        frozenset(people.nodes[end]["label"] for end in ends)
        for *ends, label in people.edges(data="label")
        if label == "met"
    }
    assert {"Hillary Clinton", "Ashfaq Parvez Kayani"} in met
    assert {"Hillary Clinton", "David Petraeus"} not in met  # of one delegation


def test_every_way_into_another_tool_is_tried_here() -> None:
    """A block more, or a tool more, needs a test more."""
    assert re.findall(r"^\*\*(.+?)\*\*", TOOLS, re.MULTILINE) == ["rdflib", "Apache Jena", "Ladybug", "Gephi"]
    assert re.findall(r"^```(\w+)$", TOOLS, re.MULTILINE) == ["sh", "python", "sh", "cypher", "sh"]


def test_the_graphs_of_the_dataset_are_those_of_the_table(folder: Folder) -> None:
    shown = [
        name for row in table(section("What is in it")) for name in re.findall(r"`…/graph/([\w/]+)`", row["graph"])
    ]
    names = [row["g"].partition("/graph/")[2] for row in ask(folder, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")]
    assert {re.sub(r"^article/.+", "article/ID", name) for name in names} == {*shown}


def test_every_command_is_in_the_table_and_has_a_section_of_its_own_in_the_manual() -> None:
    rows = [row["command"] for row in table(section("The command line"))]
    shown = {name for row in rows for name in re.findall(r"`kg (\w+)`", row)}
    assert shown == {*main.list_commands(click.Context(main))}
    manual = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert shown == {*re.findall(r"^## kg (\w+)$", manual, re.MULTILINE)}


def test_every_target_that_it_names_is_one_of_the_makefile() -> None:
    targets = re.findall(r"^([\w-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert {"serve", "test"} <= {*re.findall(r"(?:^|`)make ([\w-]+)", README, re.MULTILINE)} <= {*targets}


@pytest.mark.parametrize(
    "page", sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]), ids=lambda page: page.stem
)
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
    assert links or page.name != "README.md"
