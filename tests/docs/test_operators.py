"""What the documents for operators name is there: tests, files, commands."""

from __future__ import annotations

import ast
import re

import pytest
from click import Group
from click.testing import CliRunner

from kg.cli import main
from tests.docs.conftest import ROOT, blocks

DOCS = ROOT / "docs"
THREATS = (DOCS / "threat-model.md").read_text("utf-8")
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", THREATS)
COMMANDS = [line for block in blocks("sh", OPERATIONS) for line in block.splitlines() if line.startswith("kg ")]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_test_that_the_threat_model_names_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = [function.name for function in tree.body if isinstance(function, ast.FunctionDef)]
    assert name in functions if name else any(function.startswith("test_") for function in functions)


def test_each_row_of_the_threat_model_names_a_test() -> None:
    rows = [row for row in THREATS.splitlines() if row.startswith("|")][2:]
    assert len(rows) > 20
    assert not [row for row in rows if "`tests/" not in row]
    assert len(NAMED) > 40


def test_each_file_that_operations_names_is_there() -> None:
    links = re.findall(r"\]\(([^)]+)\)", OPERATIONS)
    assert len(links) > 3
    assert not [link for link in links if not (DOCS / link).resolve().is_file()]


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_operations_is_one(line: str) -> None:
    assert isinstance(main, Group)
    _, name, *rest = line.split()
    help_text = CliRunner().invoke(main, [name, "--help"])
    assert help_text.exit_code == 0, help_text.output
    assert not [option for option in rest if option.startswith("--") and option not in help_text.output]
