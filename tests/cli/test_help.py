"""Help: every command shows an example that is one of its own, and docs/cli.md knows every command and option."""

from __future__ import annotations

import shlex

import click
import pytest
from click.testing import CliRunner

from kg.cli import Command, main
from tests.cli.write_help import PAGE, SECTION, documented, help_of
from tests.support.command_line import ROOT


def commands() -> dict[str, Command]:
    context = click.Context(main)
    by_name = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in by_name.items() if isinstance(command, Command)}


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
        present = [argument.replace("examples/", f"{ROOT}/examples/") for argument in arguments]
        parent = click.Context(main, **main.context_settings)  # click keeps the help option of the first context
        commands()[name].make_context(name, present, parent=parent)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_is_for(name: str) -> None:
    options = [parameter for parameter in commands()[name].params if isinstance(parameter, click.Option)]
    assert all(option.help and option.help.endswith(".") for option in options)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_each_commands_help_as_it_is(name: str) -> None:
    assert documented(PAGE.read_text("utf-8")).get(name) == help_of(name), "run `python -m tests.cli.write_help`"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_more_of_a_command_than_its_help(name: str) -> None:
    (prose,) = (match["prose"] for match in SECTION.finditer(PAGE.read_text("utf-8")) if match["name"] == name)
    assert len(prose.split()) > 10


def test_the_page_documents_the_commands_in_order_and_none_that_is_not_there() -> None:
    assert [*documented(PAGE.read_text("utf-8"))] == NAMES
