"""The options of `kg serve` for access: tokens, rates, hosts, origins and a trusted proxy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from kg.cli import tokens_option
from kg.tokens import Tokens
from server.runtime.limit_options import request_limits_of
from server.site import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
NO_ORIGIN = "none"


def access_options(command: Decorated) -> Decorated:
    """Add the options for access to a command."""
    for option in reversed(ACCESS_OPTIONS):
        command = option(command)
    return command


def settings_of(values: dict[str, Any], folder: Path, *, writable: bool) -> Settings:
    """Take the options for access and request limits out of these values, and return the settings."""
    file, origins = values.pop("tokens"), values.pop("origin") or Settings.origins
    return Settings(
        origins=tuple(origin for origin in origins if origin != NO_ORIGIN),
        writable=writable,
        tokens=Tokens(file) if file else Tokens.of_store(folder),
        private=values.pop("private"),
        rate=values.pop("rate"),
        hosts=tuple(host.lower() for host in values.pop("allow_host")),
        request_limits=request_limits_of(values),
    )


def _parse_origin(value: str) -> str:
    """Return an origin as browsers send it (RFC 6454, section 6.2). Raises click.BadParameter if it is not one."""
    # Browsers send an origin without a path or a slash: with one, it would match no request.
    parts = urlsplit(value.lower())
    if value not in ("*", NO_ORIGIN) and (
        parts.scheme not in ("http", "https") or value.lower() != f"{parts.scheme}://{parts.netloc}"
    ):
        raise click.BadParameter(
            f"{value!r} is not an origin: expected scheme://host or scheme://host:port, none or *."
        )
    return value.lower()


ACCESS_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    tokens_option,
    click.option("--private", is_flag=True, help="Require a token for reading too."),
    click.option(
        "--rate",
        type=click.FloatRange(0),
        default=0.0,
        show_default=True,
        help="Requests a second that one address may send; 0 for any number.",
    ),
    click.option(
        "--allow-host", multiple=True, metavar="HOST", help="A host that LOAD and SERVICE may reach; repeatable."
    ),
    click.option(
        "--origin",
        multiple=True,
        metavar="ORIGIN",
        callback=lambda _context, _option, values: tuple(map(_parse_origin, values)),
        help="A web origin whose pages may read responses, `none` for no page; repeatable. Default: any.",
    ),
    click.option("--proxy", metavar="ADDRESS", help="The address of a trusted reverse proxy."),
)
