"""What holds for every command: pipes that close, standard output by a dash, quiet, JSON, and misspelt names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kg.cli import Command, main
from tests.support.command_line import KG, TINY, here, kg

ALL = "SELECT * { GRAPH ?g { ?s ?p ?o } }"


@pytest.mark.parametrize(
    "arguments", [("export", "-f", "nquads"), ("query", ALL), ("query", ALL, "-f", "csv"), ("versions", "--json")]
)
def test_a_reader_that_stops_reading_is_no_error(built: Path, arguments: tuple[str, ...]) -> None:
    """The pipe is closed before the command writes a byte."""
    reading, writing = os.pipe()
    os.close(reading)
    command: list[str | Path] = [KG, *arguments, "--store", built]
    try:
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "solution" not in line]) == (0, [])


def test_a_dash_is_standard_output_and_makes_no_file(built: Path, tmp_path: Path) -> None:
    plain = kg("export", "authority", "--store", built, "--format", "ntriples", cwd=tmp_path)
    dashed = kg("export", "authority", "--store", built, "--format", "ntriples", "-o", "-", cwd=tmp_path)
    assert dashed.out == plain.out
    assert dashed.out.count("\n") == 6
    assert not [*tmp_path.iterdir()]


def test_quiet_writes_errors_alone_to_standard_error(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert "Reading" in here("build", TINY, "--store", store, "--no-cross-check").err
    again = here("build", TINY, "--store", store, "--no-cross-check", "--quiet")
    assert (again.status, again.err) == (0, "")
    assert here("query", "ASK { ", "--store", store, "-q").failed(2).startswith("The text does not parse")


def test_every_command_can_be_quiet() -> None:
    context = main.make_context("kg", ["--help"], resilient_parsing=True)
    commands = [main.get_command(context, name) for name in main.list_commands(context)]
    assert len(commands) > 10
    assert all(
        isinstance(command, Command) and "quiet" in {parameter.name for parameter in command.params}
        for command in commands
    )


def test_what_lists_does_so_as_json(store: Path) -> None:
    (version,) = json.loads(here("versions", "--json", "--store", store).out)
    assert (
        version["version"],
        version["current"],
        version["graphs"]["https://example.org/communique/graph/authority"],
    ) == (
        "000001",
        True,
        6,
    )
    here("token", "add", "newsroom", "--role", "write", "--store", store)
    (token,) = json.loads(here("token", "list", "--json", "--store", store).out)
    assert (token["name"], token["role"]) == ("newsroom", "write")
    whole = {"whole": True, "kept": 1, "faults": [], "repaired": None}
    assert json.loads(here("fsck", "--json", "--store", store).out) == whole
    (store / "current").unlink()
    broken = here("fsck", "--json", "--store", store)
    assert (broken.status, json.loads(broken.out)["whole"], len(json.loads(broken.out)["faults"])) == (1, False, 1)


def test_checks_as_json(tmp_path: Path) -> None:
    (unchecked,) = json.loads(here("check", TINY, "--json").out)
    assert (unchecked["article"], unchecked["checked"]) == ("bridge", False)
    (same,) = json.loads(here("check", TINY, "--sources", TINY, "--json").out)
    assert (same["checked"], same["same"], len(same["passages"]) > 0) == (True, True, True)
    conforms = {"conforms": True, "violations": 0, "findings": []}
    assert json.loads(here("validate", TINY, "--json").out) == conforms
    sources = Path(shutil.copytree(TINY, tmp_path / "sources"))
    text = (sources / "bridge.txt").read_text("utf-8")
    (sources / "bridge.txt").write_text(f"Corrected. {text}", "utf-8")
    differs = here("check", TINY, "--sources", sources, "--json")
    assert differs.status == 1
    assert json.loads(differs.out)[0]["same"] is False


def test_a_misspelt_command_is_answered_with_similar_names() -> None:
    for misspelt, meant in (("buld", "build"), ("verisons", "versions"), ("exprot", "export")):
        done = here(misspelt)
        assert done.status == 2
        assert f"There is no command '{misspelt}'. Did you mean {meant}" in done.err
    assert "Did you mean" not in here("xyzzy").err


def test_an_undeclared_prefix_is_named_and_common_ones_need_no_declaration(built: Path) -> None:
    sentence = here("query", "SELECT * {\n ?s foo:bar ?o }", "--store", built).failed(2)
    assert sentence == (
        "The text does not parse at line 2, column 5: the prefix foo: of foo:bar is not declared (PREFIX foo: <…>)."
    )
    assert here("query", "ASK { ?s cq:name 'Ada Brandt' }", "--store", built).out == "yes\n"
    named = here("query", "ASK {\n ?s cq:name ?o .\n ?s foo:b ?o }", "--store", built).failed(2)
    assert "line 3, column 5: the prefix foo:" in named
    own = "PREFIX cq: <http://e.x/> ASK { ?s cq:name ?o }"
    assert here("query", own, "--store", built).out == "no\n"


def test_a_format_that_does_not_fit_the_querys_form_is_answered_with_those_that_do(built: Path) -> None:
    sentence = here("query", "CONSTRUCT WHERE { ?s ?p ?o }", "-f", "csv", "--store", built).failed(2)
    assert sentence.endswith("expected one of turtle, ntriples, rdfxml, jsonld, trig, nquads.")
    assert (
        here("query", "ASK {}", "-f", "trig", "--store", built)
        .failed(2)
        .endswith("expected one of json, xml, csv, tsv.")
    )
