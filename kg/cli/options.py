"""The options that several commands share, each with its meaning, default and environment variable in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from kg.engines import open_place
from kg.errors import RequestError
from kg.formats import Format, by_name

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(file_okay=False, path_type=Path)
KEPT_VERSIONS = 1000
"""Versions that are kept by default: more than anybody goes back by hand, and a bound for the disk."""
EXISTING = click.Path(exists=True, path_type=Path)


class FormatType(click.ParamType[Format]):
    """A row of the format table, by name, extension or media type."""

    name = "format"

    def __init__(self, offered: tuple[Format, ...]) -> None:
        self.offered = offered

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Format:  # noqa: ANN401 - click's signature
        """Return the row. Raises RequestError, with the names that are offered, if there is none."""
        del param, ctx
        return value if isinstance(value, Format) else by_name(str(value), self.offered)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the names that are offered."""
        del param, ctx
        return f"[{'|'.join(row.name for row in self.offered)}]"


def store_option(command: Command) -> Command:
    """Add the option of the store's folder."""
    return click.option(
        "--store",
        type=FOLDER,
        default=Path("store"),
        envvar="KG_STORE",
        show_default=True,
        show_envvar=True,
        help="The folder of the store.",
    )(command)


def place_option(command: Command) -> Command:
    """Add the options of a store that is read: its folder, or an engine's address and the login there."""
    added = (
        click.option(
            "--store",
            default="store",
            metavar="DIRECTORY|URL",
            envvar="KG_STORE",
            show_default=True,
            show_envvar=True,
            help="The folder of the store, or the address at which another engine answers SPARQL queries.",
        ),
        click.option("--token", envvar="KG_STORE_TOKEN", show_envvar=True, help="A bearer token for the engine."),
        click.option("--user", envvar="KG_STORE_USER", show_envvar=True, help="NAME:PASSWORD for the engine."),
        click.option("--digest", is_flag=True, help="Log in to the engine by digest authentication as --user."),
    )
    return reduce(lambda changed, option: option(changed), reversed(added), command)


def readable_store_option(command: Command) -> Command:
    """Open the store that `place_option` names, for a command that reads it."""

    @wraps(command)
    def opening(*args: Any, store: str, user: str | None, token: str | None, digest: bool, **options: Any) -> Any:  # noqa: ANN401 - any command's
        return command(*args, store=open_place(store, user, token, digest=digest), place=store, **options)

    return place_option(cast("Command", opening))


def corpus_argument(command: Command) -> Command:
    """Add the argument of a corpus: a folder with a corpus.yaml, or that file; the shipped corpus without it."""
    return click.argument("corpus", type=EXISTING, required=False)(command)


def corpus_arguments(command: Command) -> Command:
    """Add the argument of a corpus, or of several documents of one."""
    return click.argument("corpus", type=EXISTING, nargs=-1, metavar="[CORPUS]...")(command)


def sources_option(*, required: bool = False) -> Callable[[Command], Command]:
    """Add the option of the folder of the articles' texts."""
    return click.option(
        "--sources",
        type=EXISTING,
        required=required,
        envvar="KG_SOURCES",
        show_envvar=True,
        help="A folder with the articles' texts, which are recognized by their digests.",
    )


def output_option(command: Command) -> Command:
    """Add the option of an output file, whose folder is checked before any work is done."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        callback=_in_a_folder,
        help="Write to this file instead; - is standard output.",
    )(command)


def _in_a_folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    del ctx, param
    if value == Path("-"):
        return None
    if value is not None and not value.parent.is_dir():
        raise RequestError(f"{str(value)!r} cannot be written: there is no folder {str(value.parent)!r}.")
    return value


def format_option(offered: tuple[Format, ...], default: Format | None, text: str) -> Callable[[Command], Command]:
    """Add the option of a format of the table."""
    return click.option(
        "-f",
        "--format",
        "row",
        type=FormatType(offered),
        default=default.name if default else None,
        show_default=default is not None,
        help=text,
    )


def keep_option(command: Command) -> Command:
    """Add the option of how many versions writes keep."""
    return click.option(
        "--keep",
        type=click.IntRange(0),
        default=KEPT_VERSIONS,
        show_default=True,
        help="How many of the newest versions each write leaves; 0 for all.",
    )(command)


def json_option(command: Command) -> Command:
    """Add the option of JSON output."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON instead, for programs.")(command)


def version_option(command: Command) -> Command:
    """Add the option of a version other than the current one."""
    return click.option("--version", "at", metavar="VERSION", help="Look at this kept version instead.")(command)
