"""The options of `kg serve` that say who may ask, and how much a request may hold; docs/limits.md is about each."""

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
INTAKE, PAYLOAD = RequestLimits(), PayloadLimits()
OPTIONS: tuple[tuple[str, str, float, str], ...] = (
    ("--header", "header", INTAKE.header // 1024, "Kilobytes that a request's line and header may have."),
    ("--address", "address", INTAKE.address // 1024, "Kilobytes that a request's path and query string may have."),
    ("--form", "form", INTAKE.form // 1024, "Kilobytes that a form may have, inflated too."),
    ("--query", "query", INTAKE.query // 1024, "Kilobytes that a query's text may have."),
    ("--body", "body", INTAKE.body // MEGABYTE, "Megabytes that a request's body may have."),
    ("--inflated", "inflated", INTAKE.inflated // MEGABYTE, "Megabytes that a compressed body may inflate to."),
    ("--ratio", "ratio", int(INTAKE.ratio), "Times its size that a compressed body may inflate to."),
    ("--triples", "triples", PAYLOAD.triples, "Triples that RDF in a request may hold."),
    ("--literal", "term", PAYLOAD.term, "Characters that a literal in a request's RDF may have."),
    ("--iri", "iri", PAYLOAD.iri, "Characters that a name in a request's RDF may have."),
    ("--nesting", "nesting", PAYLOAD.nesting, "How deep brackets or elements in a request's RDF may nest."),
)
KILOBYTE = 1024
NO_PAGE = "none"


def access_options(command: Decorated) -> Decorated:
    """Give a command an option for each thing that operators say of who may ask, and how much."""
    for flag, name, default, text in reversed(OPTIONS):
        kind = click.IntRange(1)
        command = click.option(flag, name, type=kind, default=default, show_default=True, help=text)(command)
    for option in reversed(WHO):
        command = option(command)
    return command


def settings_of(values: dict[str, Any], folder: Path, *, writable: bool) -> tuple[Settings, dict[str, Any]]:
    """Return the settings that the options say, and the values of the other options."""
    given = dict(values)
    payload = PayloadLimits(**{name: given.pop(name) for name in ("triples", "term", "iri", "nesting")})
    megabytes = {name: given.pop(name) * MEGABYTE for name in ("body", "inflated")}
    kilobytes = {name: given.pop(name) * KILOBYTE for name in ("header", "address", "form", "query")}
    request_limits = RequestLimits(ratio=given.pop("ratio"), payload=payload, **kilobytes, **megabytes)
    file, private, rate = given.pop("tokens"), given.pop("private"), given.pop("rate")
    hosts = tuple(host.lower() for host in given.pop("allow_host"))
    tokens = Tokens(file) if file else Tokens.of_store(folder)
    origins = given.pop("origin") or Settings.origins
    settings = Settings(
        writable=writable, tokens=tokens, private=private, rate=rate, request_limits=request_limits, hosts=hosts
    )
    return replace(settings, origins=tuple(each for each in origins if each != NO_PAGE)), given


def _origin(given: str) -> str:
    """Return an origin as browsers send it (RFC 6454, section 6.2), or raise click.BadParameter."""
    parts = urlsplit(given.lower())
    if given not in ("*", NO_PAGE) and (
        parts.scheme not in ("http", "https") or given.lower() != f"{parts.scheme}://{parts.netloc}"
    ):
        raise click.BadParameter(f"{given!r} is no origin: expected scheme://host or scheme://host:port, none or *.")
    return given.lower()


WHO: tuple[Callable[[Any], Any], ...] = (
    tokens_option,
    click.option("--private", is_flag=True, help="Have reading need a token too."),
    click.option(
        "--rate",
        type=click.FloatRange(0),
        default=0.0,
        show_default=True,
        help="Requests a second that one address may send; 0 for any number.",
    ),
    click.option(
        "--allow-host", multiple=True, metavar="HOST", help="A host that LOAD and SERVICE may ask; repeatable."
    ),
    click.option(
        "--origin",
        multiple=True,
        metavar="ORIGIN",
        callback=lambda _context, _option, given: tuple(map(_origin, given)),
        help="A web origin whose pages may read the answers, instead of any; repeatable, and none for no page.",
    ),
    click.option("--proxy", metavar="ADDRESS", help="The address of a reverse proxy whose word on its clients counts."),
)
