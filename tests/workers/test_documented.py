"""docs/limits.md describes every limit, with its default and its option."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from kg.workers.query_limits import QueryLimits
from server.runtime.limit_options import QUERY_OPTIONS

DOCUMENT = Path(__file__).parents[2] / "docs" / "limits.md"
ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\| ([\d.]+)(?: s| MB)? \|", re.MULTILINE)


def rows_of_queries() -> list[tuple[str, str, str]]:
    """Return the rows of the document's first section, which is about queries."""
    return ROW.findall(DOCUMENT.read_text("utf-8").partition("**Requests**")[0])


def test_every_limit_is_documented_with_its_default() -> None:
    documented = {name: float(default) for name, _, default in rows_of_queries()}
    units = {name: unit for _, name, unit, _ in QUERY_OPTIONS}
    limits = dataclasses.asdict(QueryLimits())
    assert documented == {name: value / units.get(name, 1) for name, value in limits.items()}


def test_every_option_is_documented_beside_its_limit() -> None:
    documented = {name: option for name, option, _ in rows_of_queries()}
    assert QUERY_OPTIONS
    for flag, name, *_ in QUERY_OPTIONS:
        assert f"`{flag}`" in documented[name]
