"""The options of `kg serve` for the limits of requests, queries and writes; docs/limits.md describes each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kg.store import PayloadLimits
from kg.workers.query_limits import QueryLimits
from server.http.request_limits import KILOBYTE, MEGABYTE, RequestLimits

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


LimitOption = tuple[str, str, int, str]
"""The flag, the name of the limit (whose default it takes), the unit of the option's value, and the help."""

REQUEST_OPTIONS: tuple[LimitOption, ...] = (
    ("--header", "header", KILOBYTE, "Kilobytes that a request's line and header may have."),
    ("--address", "address", KILOBYTE, "Kilobytes that a request's path and query string may have."),
    ("--form", "form", KILOBYTE, "Kilobytes that a form may have, also decompressed."),
    ("--query", "query", KILOBYTE, "Kilobytes that a query's text may have."),
    ("--body", "body", MEGABYTE, "Megabytes that a request's body may have."),
    ("--inflated", "inflated", MEGABYTE, "Megabytes that a compressed body may inflate to."),
    ("--ratio", "ratio", 1, "How many times its size a compressed body may inflate to."),
)
PAYLOAD_OPTIONS: tuple[LimitOption, ...] = (
    ("--triples", "triples", 1, "Triples that RDF in a request may hold."),
    ("--literal", "term", 1, "Characters that a literal in a request's RDF may have."),
    ("--iri", "iri", 1, "Characters that a name in a request's RDF may have."),
    ("--nesting", "nesting", 1, "Levels that brackets or elements in a request's RDF may nest."),
)
QUERY_OPTIONS: tuple[LimitOption, ...] = (
    ("--workers", "workers", 1, "Worker processes; 0 runs queries without limits, to debug."),
    ("--timeout", "time", 1, "Seconds that a query or a write may take."),
    ("--cpu", "cpu", 1, "Seconds of processor time that each may use."),
    ("--memory", "memory", MEGABYTE, "Megabytes of memory that each may use."),
    ("--rows", "rows", 1, "Rows that an answer may have."),
    ("--size", "size", MEGABYTE, "Megabytes that an answer to a query may have."),
    ("--download", "download", 1, "Seconds that sending a whole graph may take."),
    ("--queue", "queue", 1, "Queries, and writes, that may wait."),
)


def limit_options(command: Decorated) -> Decorated:
    """Add an option for each limit to a command."""
    # Decorators are applied from the last to the first, so the help lists the options in the order of the tables.
    command = _add_options(command, QUERY_OPTIONS, QueryLimits())
    command = _add_options(command, PAYLOAD_OPTIONS, PayloadLimits(), click.IntRange(1))
    return _add_options(command, REQUEST_OPTIONS, RequestLimits(), click.IntRange(1))


def _add_options(
    command: Decorated, options: tuple[LimitOption, ...], limits: object, kind: click.IntRange | None = None
) -> Decorated:
    for flag, name, unit, text in reversed(options):
        value = getattr(limits, name)
        default = value if unit == 1 else value // unit
        # Named after its flag, where click would use the name of the limit (KG_SERVE_TIME for --timeout).
        variable, of_type = f"KG_SERVE_{flag.removeprefix('--').upper()}", kind or type(value)
        add = click.option(flag, name, type=of_type, default=default, show_default=True, envvar=variable, help=text)
        command = add(command)
    return command


def request_limits_of(values: dict[str, Any]) -> RequestLimits:
    """Take the options for request limits out of these values, and return the limits."""
    payload = PayloadLimits(**_take(values, PAYLOAD_OPTIONS))
    return RequestLimits(payload=payload, **_take(values, REQUEST_OPTIONS))


def query_limits_of(values: dict[str, Any]) -> QueryLimits | None:
    """Return the query limits, None without workers. Raises RequestError if a value is out of range."""
    taken = _take(values, QUERY_OPTIONS)
    # At most half of the workers run slow queries, so that quick ones always find one.
    return QueryLimits(**taken, slow=max(taken["workers"] // 2, 1)) if taken["workers"] else None


def _take(values: dict[str, Any], options: tuple[LimitOption, ...]) -> dict[str, Any]:
    return {name: values.pop(name) * unit for _, name, unit, _ in options}
