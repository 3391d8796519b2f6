"""The command `kg`: its commands, loaded when they are called, and its exit statuses.

A command is a row of COMMANDS, or an entry point of the group `communique.commands` (`serve` is one: `kg` knows no
server). Status 0 is success, 1 is for faulty data, 2 for a faulty call or environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from keyword import iskeyword
from typing import IO, Any

import click

from kg.errors import CommuniqueError, DataError

COMMANDS = (
    "anchor",
    "backup",
    "build",
    "check",
    "diff",
    "draft",
    "examples",
    "export",
    "format",
    "fsck",
    "import",
    "infer",
    "mcp",
    "migrate",
    "new",
    "prune",
    "push",
    "query",
    "reconcile",
    "restore",
    "rollback",
    "token",
    "validate",
    "versions",
    "watch",
)
"""The commands of this package; each is the function of that name in the module of that name.

A name that Python keeps for itself has an underscore there.
"""
ENTRY_POINTS = "communique.commands"


class Failure(click.ClickException):
    """An error of the call or its environment, whose sentences are written to standard error."""

    exit_code = 2

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences

    def show(self, file: IO[Any] | None = None) -> None:
        """Write each sentence, marked as an error."""
        for sentence in self.sentences:
            click.echo(f"Error: {sentence}", file=file, err=file is None)


class DataFailure(Failure):
    """An error of the data."""

    exit_code = 1


class Commands(click.Group):
    """A group that imports a command when it is called, and turns our errors into failures."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, sorted."""
        del ctx
        return sorted({*COMMANDS, *(entry.name for entry in _entry_points())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        del ctx
        # Imported when it is called: a command does not wait for the modules that others import.
        if cmd_name in COMMANDS:
            name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
            command = getattr(import_module(f"kg.cli.{name}"), name)
        else:
            command = next((entry.load() for entry in _entry_points() if entry.name == cmd_name), None)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called. Raises UsageError, with similar names, if there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = get_close_matches(args[0], self.list_commands(ctx), cutoff=0.5)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx) from error

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; an error raised on purpose, or by the file system, is a Failure."""
        try:
            return super().invoke(ctx)
        # Before CommuniqueError, of which it is a kind: its status is another.
        except DataError as error:
            raise DataFailure(str(error).splitlines()) from error
        except CommuniqueError as error:
            raise Failure([str(error)]) from error
        # Before OSError, of which it is a kind: that nobody reads on is no failure.
        except BrokenPipeError:
            return _end_quietly()
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Failure([f"{where}{error.strerror or error}."]) from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="communique", message="%(prog)s %(version)s")
def main() -> None:
    """News articles as a validated, sourced knowledge graph, served over SPARQL.

    Exit status: 0 for success, 1 for faulty data, 2 for a faulty call or environment.
    """


def _end_quietly() -> None:
    """End with success if the reader of the output has closed it (`| head`)."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())  # the interpreter flushes stdout when it ends, and would fail again
    os.close(devnull)


def _entry_points() -> Iterator[EntryPoint]:
    yield from entry_points(group=ENTRY_POINTS)
