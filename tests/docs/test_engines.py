"""The tables of engines, and of the commands that read them, in docs/scaling.md are the program's."""

from __future__ import annotations

import re

import click

from kg.cli import main
from kg.cli.options import FolderType
from kg.engines import ENGINES, Engine
from tests.support.command_line import ROOT


def row(engine: Engine) -> str:
    """Return an engine's row of the table."""
    tested = " (tested)" if engine.is_tested else " (untried)"
    logins = ", ".join(engine.logins) or "none"
    addresses = [
        " or ".join(f"`{address}`" for address in place.split(", ")) for place in (engine.query, engine.graphs)
    ]
    return f"| {engine.name}{tested} | {' | '.join(addresses)} | {logins} | {engine.differs} |"


def test_the_documented_engines_are_those_of_the_table() -> None:
    lines = (ROOT / "docs" / "scaling.md").read_text("utf-8").splitlines()
    heading = next(at for at, line in enumerate(lines) if line.startswith("| engine |"))
    assert lines[heading + 2 : heading + 3 + len(ENGINES)] == [*map(row, ENGINES), ""]


def test_each_command_with_a_store_is_told_to_read_an_engine_or_not() -> None:
    text = (ROOT / "docs" / "scaling.md").read_text("utf-8")
    context = main.make_context("kg", ["--help"], resilient_parsing=True)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    takes_addresses = {
        name: not isinstance(option.type, FolderType)
        for name, command in commands.items()
        if isinstance(command, click.Command)
        for option in command.params
        if option.name == "store"
    }
    documented = {
        name: answer == "yes"
        for names, answer in re.findall(r"^\| (`kg .*?) \| (yes|no) \|", text, re.MULTILINE)
        for name in re.findall(r"`kg (\w+)`", names)
    }
    assert documented == takes_addresses
