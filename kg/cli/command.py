"""A command whose help ends in examples that can be pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

QUIET = "communique.quiet"
_QUIET = "Write only errors to standard error, no steps or notes."


def _be_quiet(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    ctx.meta[QUIET] = value


def is_quiet() -> bool:
    """Tell whether the command that runs was called with --quiet."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


def note(text: str) -> None:
    """Write a note to standard error, unless the command was told to be quiet."""
    if not is_quiet():
        click.echo(text, err=True)


class Command(click.Command):
    """A command with examples, which its help shows line by line."""

    def __init__(self, *args: Any, examples: Sequence[str], **kwargs: Any) -> None:  # noqa: ANN401 - click's signature
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        # After the command's own options, so that it stands at the end of each help.
        self.params.append(
            click.Option(["-q", "--quiet"], is_flag=True, expose_value=False, callback=_be_quiet, help=_QUIET)
        )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the options."""
        with formatter.section("Example" if len(self.examples) == 1 else "Examples"):
            formatter.write("".join(f"  {example}\n" for example in self.examples))
        super().format_epilog(ctx, formatter)


def command(
    short_help: str, examples: Sequence[str], name: str | None = None
) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command, by its own name if none is given."""
    return click.command(name, cls=Command, short_help=short_help, examples=examples)
