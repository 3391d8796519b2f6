"""The options of `kg serve` that set the limits of queries; docs/limits.md is about each."""

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
    ("--workers", "workers", int, DEFAULTS.workers, "Worker processes; 0 sets no limits, to debug."),
    ("--timeout", "time", float, DEFAULTS.time, "Seconds that a query or a write may take."),
    ("--cpu", "cpu", float, DEFAULTS.cpu, "Seconds of processor time that each may use."),
    ("--memory", "memory", int, DEFAULTS.memory // MEGABYTE, "Megabytes that each may need."),
    ("--rows", "rows", int, DEFAULTS.rows, "Rows that an answer may have."),
    ("--size", "size", int, DEFAULTS.size // MEGABYTE, "Megabytes that an answer to a query may have."),
    ("--download", "download", float, DEFAULTS.download, "Seconds that sending a whole graph may take."),
    ("--queue", "queue", int, DEFAULTS.queue, "Queries that may wait for a worker, and writes for others."),
)


def limit_options(command: Decorated) -> Decorated:
    """Give a command an option for each limit that operators set."""
    for flag, name, kind, default, text in reversed(OPTIONS):
        command = click.option(flag, name, type=kind, default=default, show_default=True, help=text)(command)
    return command


def limits_of(values: dict[str, Any]) -> QueryLimits | None:
    """Return the limits that the options say, None for no workers; RequestError for a value that makes no sense."""
    if values["workers"] == 0:
        return None
    scaled = {name: value * MEGABYTE if name in IN_MEGABYTES else value for name, value in values.items()}
    return QueryLimits(**scaled, slow=max(values["workers"] // 2, 1))
