"""The options of `kg serve` for access and for the limits of requests; docs/limits.md describes each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from kg.cli import tokens_option
from kg.store import PayloadLimits
from kg.tokens import Tokens
from server.http.request_limits import MEGABYTE, RequestLimits
from server.site import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
REQUEST_DEFAULTS, PAYLOAD_DEFAULTS = RequestLimits(), PayloadLimits()
LIMIT_OPTIONS: tuple[tuple[str, str, float, str], ...] = (
    ("--header", "header", REQUEST_DEFAULTS.header // 1024, "Kilobytes that a request's line and header may have."),
    (
        "--address",
        "address",
        REQUEST_DEFAULTS.address // 1024,
        "Kilobytes that a request's path and query string may have.",
    ),
    ("--form", "form", REQUEST_DEFAULTS.form // 1024, "Kilobytes that a form may have, also decompressed."),
    ("--query", "query", REQUEST_DEFAULTS.query // 1024, "Kilobytes that a query's text may have."),
    ("--body", "body", REQUEST_DEFAULTS.body // MEGABYTE, "Megabytes that a request's body may have."),
    (
        "--inflated",
        "inflated",
        REQUEST_DEFAULTS.inflated // MEGABYTE,
        "Megabytes that a compressed body may inflate to.",
    ),
    ("--ratio", "ratio", int(REQUEST_DEFAULTS.ratio), "How many times its size a compressed body may inflate to."),
    ("--triples", "triples", PAYLOAD_DEFAULTS.triples, "Triples that RDF in a request may hold."),
    ("--literal", "term", PAYLOAD_DEFAULTS.term, "Characters that a literal in a request's RDF may have."),
    ("--iri", "iri", PAYLOAD_DEFAULTS.iri, "Characters that a name in a request's RDF may have."),
    ("--nesting", "nesting", PAYLOAD_DEFAULTS.nesting, "Levels that brackets or elements in a request's RDF may nest."),
)
KILOBYTE = 1024
NO_ORIGIN = "none"


def access_options(command: Decorated) -> Decorated:
    """Add the options for access and for the limits of requests to a command."""
    for flag, name, default, text in reversed(LIMIT_OPTIONS):
        kind = click.IntRange(1)
        command = click.option(flag, name, type=kind, default=default, show_default=True, help=text)(command)
    for option in reversed(ACCESS_OPTIONS):
        command = option(command)
    return command


def settings_of(values: dict[str, Any], folder: Path, *, writable: bool) -> tuple[Settings, dict[str, Any]]:
    """Return the settings of these options, and the values of all other options."""
    rest = dict(values)
    payload = PayloadLimits(**{name: rest.pop(name) for name in ("triples", "term", "iri", "nesting")})
    megabytes = {name: rest.pop(name) * MEGABYTE for name in ("body", "inflated")}
    kilobytes = {name: rest.pop(name) * KILOBYTE for name in ("header", "address", "form", "query")}
    request_limits = RequestLimits(ratio=rest.pop("ratio"), payload=payload, **kilobytes, **megabytes)
    file, private, rate = rest.pop("tokens"), rest.pop("private"), rest.pop("rate")
    hosts = tuple(host.lower() for host in rest.pop("allow_host"))
    tokens = Tokens(file) if file else Tokens.of_store(folder)
    origins = rest.pop("origin") or Settings.origins
    settings = Settings(
        writable=writable, tokens=tokens, private=private, rate=rate, request_limits=request_limits, hosts=hosts
    )
    return replace(settings, origins=tuple(origin for origin in origins if origin != NO_ORIGIN)), rest


def _parse_origin(value: str) -> str:
    """Return an origin as browsers send it (RFC 6454, section 6.2). Raises click.BadParameter if it is none."""
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
