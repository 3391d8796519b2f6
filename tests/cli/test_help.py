"""Help: every command shows an example that is one of its own, and docs/cli.md knows every command and option."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from kg.cli import Command, main
from tests.cli.conftest import ROOT

PAGE = ROOT / "docs" / "cli.md"


def commands() -> dict[str, Command]:
    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in found.items() if isinstance(command, Command)}


NAMES = sorted(commands())


def test_the_commands_are_those_that_are_promised() -> None:
    promised = {"anchor", "build", "check", "export", "infer", "query", "rollback", "serve", "validate", "versions"}
    assert promised <= set(NAMES)
    assert set(NAMES) == set(main.list_commands(click.Context(main)))


@pytest.mark.parametrize("name", NAMES)
def test_a_commands_help_shows_its_examples(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert commands()[name].examples
    assert all(f"  {example}\n" in done.output for example in commands()[name].examples)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_a_call_that_the_command_takes(name: str) -> None:
    for example in commands()[name].examples:
        program, command, *arguments = shlex.split(example)
        assert (program, command) == ("kg", name)
        present = [each.replace("examples/", f"{ROOT}/examples/") for each in arguments]
        commands()[name].make_context(name, present)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_is_for(name: str) -> None:
    options = [each for each in commands()[name].params if isinstance(each, click.Option)]
    assert all(option.help and option.help.endswith(".") for option in options)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_each_command_with_its_help_as_it_is(name: str) -> None:
    sections = dict(documented())
    assert sections[name] == CliRunner().invoke(main, [name, "--help"], prog_name="kg").output.strip()


def test_the_page_documents_no_command_that_is_not_there() -> None:
    names = [name for name, _ in documented()]
    assert names == sorted(names)
    assert names == NAMES


def documented() -> Iterator[tuple[str, str]]:
    """Yield each command of the page with the help that the page shows."""
    sections = re.split(r"^## kg ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    for section in sections:
        shown = re.search(r"^```text\n(.*?)\n```$", section, re.MULTILINE | re.DOTALL)
        assert shown, f"the section {section[:20]!r} shows no help"
        yield section.split()[0], shown[1]
