"""The options that several commands share, each with its meaning, default and environment variable in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce, wraps
from pathlib import Path
from typing import Any

import click

from kg.engines import StorePlace, is_address
from kg.errors import RequestError
from kg.formats import Format, by_name
from kg.shipped_files import mappings_folder

Function = Callable[..., Any]
KEPT_VERSIONS = 1000
"""Versions that are kept by default: more than anybody goes back by hand, and a bound for the disk."""
EXISTING = click.Path(exists=True, path_type=Path)
_INSTEAD_OF_AN_ADDRESS = {
    **dict.fromkeys(
        ("build", "import", "watch", "rollback", "restore"), "do it in a folder, then put it there with `kg push`"
    ),
    "backup": "`kg export --store URL --format nquads --output FILE` writes all graphs that the engine holds",
    "push": "the address goes first, `kg push URL`, and --store names the folder that is pushed",
    "prune": "it holds no version but the current one",
    "fsck": "`kg diff FOLDER --store URL` tells whether it holds what was pushed",
    "token": "its users are its own, and `kg serve --store URL` takes no writes",
    "review": "it publishes by building into a folder",
}
"""What serves instead where a command works on a folder, by the command."""


class FolderType(click.Path):
    """The folder of a store, and no address."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's signature
        """Return the path. Raises RequestError if it is an address, with what serves there instead."""
        if is_address(str(value)):
            command = ctx.command.name or "" if ctx else ""
            instead = _INSTEAD_OF_AN_ADDRESS.get(command, "expected --store FOLDER")
            raise RequestError(f"`kg {command}` needs a store in a folder, not {value}: {instead}.")
        return super().convert(value, param, ctx)


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
        return f"[{'|'.join(format_.name for format_ in self.offered)}]"


def in_order(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return a decorator that adds several options."""
    # Decorators are applied from the last to the first: so the help lists the options as they stand here.
    return lambda function: reduce(lambda changed, option: option(changed), reversed(options), function)


def _in_a_folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    del ctx, param
    if value == Path("-"):
        return None
    # Before any work is done: a build of an hour must not end in a file that cannot be written.
    if value is not None and not value.parent.is_dir():
        raise RequestError(f"{str(value)!r} cannot be written: there is no folder {str(value.parent)!r}.")
    return value


store_option = click.option(
    "--store",
    type=FolderType(),
    default=Path("store"),
    envvar="KG_STORE",
    show_default=True,
    show_envvar=True,
    help="The folder of the store.",
)
corpus_argument = click.argument("corpus", type=EXISTING, required=False)
corpus_arguments = click.argument("corpus", type=EXISTING, nargs=-1, metavar="[CORPUS]...")
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    callback=_in_a_folder,
    help="Write to this file instead; - is standard output.",
)
keep_option = click.option(
    "--keep",
    type=click.IntRange(0),
    default=KEPT_VERSIONS,
    show_default=True,
    help="The number of newest versions that each write keeps; 0 for all.",
)
tokens_option = click.option(
    "--tokens",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="KG_TOKENS",
    show_envvar=True,
    help="The file of the tokens, instead of tokens.json in the store's folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON instead, for programs.")
version_option = click.option(
    "--version", "at", metavar="VERSION", help="Read this kept version instead of the current one."
)
place_option = in_order(
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
"""The options of a store that is read: its folder, or an engine's address and the login there."""


def corpus_path(corpus: Path | None) -> Path:
    """Return the path of the corpus, or of the shipped one if none is named."""
    return mappings_folder() if corpus is None else corpus


def store_place_option(function: Function) -> Function:
    """Give a command the place of the store that it reads, which is not opened yet."""

    @wraps(function)
    def placing(*args: Any, store: str, user: str | None, token: str | None, digest: bool, **options: Any) -> Any:  # noqa: ANN401 - any command's
        return function(*args, place=StorePlace(store, user, token, digest), **options)

    return place_option(placing)


def readable_store_option(function: Function) -> Function:
    """Open the store of `store_place_option`, for a command that reads nothing else."""

    @wraps(function)
    def opening(*args: Any, place: StorePlace, **options: Any) -> Any:  # noqa: ANN401 - any command's
        return function(*args, store=place.open(), place=place, **options)

    return store_place_option(opening)


def sources_option(*, required: bool = False) -> Callable[[Function], Function]:
    """Add the option of the folder of the articles' texts."""
    return click.option(
        "--sources",
        type=EXISTING,
        required=required,
        envvar="KG_SOURCES",
        show_envvar=True,
        help="A folder with the articles' texts, which are recognized by their digests.",
    )


def format_option(offered: tuple[Format, ...], default: Format | None, text: str) -> Callable[[Function], Function]:
    """Add the option of a format of the table."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=FormatType(offered),
        default=default.name if default else None,
        show_default=default is not None,
        help=text,
    )
