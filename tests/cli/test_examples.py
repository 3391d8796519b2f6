"""`kg examples`: the copies are the corpora that the help names, and nothing is overwritten."""

from __future__ import annotations

import filecmp
import re
from pathlib import Path

import click
import pytest

from kg.cli import main
from tests.support.command_line import ROOT, here


def test_the_copies_are_the_corpora_of_the_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    copied = here("examples")
    assert copied.status == 0
    corpora = ("harbour-talks", "strait-series", "wikinews")
    assert copied.out.splitlines() == [f"Written: examples/{name}" for name in corpora]
    compared = filecmp.dircmp(ROOT / "examples", "examples")
    assert (compared.left_only, compared.right_only, compared.diff_files) == ([], [], [])
    helps = [here(name, "--help").out for name in main.list_commands(click.Context(main))]
    named = {path for text in helps for path in re.findall(r"examples/[\w./-]+", text)}
    assert len(named) >= 4
    assert [path for path in named if not Path(path).exists()] == []


def test_what_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    refused = here("examples", tmp_path).failed(2)
    assert refused == f"'{tmp_path}/examples' already exists: expected a folder without examples."
    assert [*(tmp_path / "examples").iterdir()] == []
