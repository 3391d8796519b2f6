"""Write each command's help into docs/cli.md, sections in order, their prose kept: `python -m tests.cli.write_help`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import click
from click.testing import CliRunner

from kg.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
SECTION = re.compile(
    r"^## kg (?P<name>\S+)\n\n```text\n(?P<help>.*?)\n```\n(?P<prose>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


def help_of(name: str) -> str:
    """Return a command's --help on a terminal of 80 columns."""
    return CliRunner().invoke(main, [name, "--help"], prog_name="kg").output.strip()


def documented(page: str) -> dict[str, str]:
    """Return the help that a page shows, by command, in the page's order."""
    return {match["name"]: match["help"] for match in SECTION.finditer(page)}


def written(page: str) -> str:
    """Return the page with a section for each command there is; a new one has no prose yet."""
    start = page.partition("\n## ")[0].rstrip()
    prose = {match["name"]: match["prose"].strip() for match in SECTION.finditer(page)}
    sections = [
        f"## kg {name}\n\n```text\n{help_of(name)}\n```\n\n{prose.get(name, '')}".rstrip()
        for name in main.list_commands(click.Context(main))
    ]
    return "\n\n".join([start, *sections]) + "\n"


def declared() -> set[str]:
    """Return the commands that pyproject.toml has for other packages than `kg`."""
    project = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    return {*project["entry-points"]["communique.commands"]}


if __name__ == "__main__":
    if missing := declared() - {*main.list_commands(click.Context(main))}:
        sys.exit(f"{', '.join(sorted(missing))}: unknown to this environment, older than pyproject.toml: `make setup`.")
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
