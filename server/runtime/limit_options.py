"""The options of `kg serve` for the limits of queries and writes; docs/limits.md describes each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kg.workers import QueryLimits
from kg.workers.query_limits import MEGABYTE

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
DEFAULTS = QueryLimits()
IN_MEGABYTES = ("memory", "size")
OPTIONS: tuple[tuple[str, str, type[int | float], float, str], ...] = (
    ("--workers", "workers", int, DEFAULTS.workers, "Worker processes; 0 runs queries without limits, to debug."),
    ("--timeout", "time", float, DEFAULTS.time, "Seconds that a query or a write may take."),
    ("--cpu", "cpu", float, DEFAULTS.cpu, "Seconds of processor time that each may use."),
    ("--memory", "memory", int, DEFAULTS.memory // MEGABYTE, "Megabytes of memory that each may use."),
    ("--rows", "rows", int, DEFAULTS.rows, "Rows that an answer may have."),
    ("--size", "size", int, DEFAULTS.size // MEGABYTE, "Megabytes that an answer to a query may have."),
    ("--download", "download", float, DEFAULTS.download, "Seconds that sending a whole graph may take."),
    ("--queue", "queue", int, DEFAULTS.queue, "Queries, and writes, that may wait."),
)


def limit_options(command: Decorated) -> Decorated:
    """Add an option for each limit to a command."""
    for flag, name, kind, default, text in reversed(OPTIONS):
        command = click.option(flag, name, type=kind, default=default, show_default=True, help=text)(command)
    return command


def limits_of(values: dict[str, Any]) -> QueryLimits | None:
    """Return the limits of the options, None without workers. Raises RequestError if a value is out of range."""
    if values["workers"] == 0:
        return None
    scaled = {name: value * MEGABYTE if name in IN_MEGABYTES else value for name, value in values.items()}
    return QueryLimits(**scaled, slow=max(values["workers"] // 2, 1))
