"""The table of engines in docs/scaling.md is the program's."""

from __future__ import annotations

from kg.engines import ENGINES, Engine
from tests.support.command_line import ROOT


def row(engine: Engine) -> str:
    """Return an engine's row of the table."""
    tested = " (tested)" if engine.is_tested else ""
    logins = ", ".join(engine.logins) or "none"
    addresses = [
        " or ".join(f"`{address}`" for address in place.split(", ")) for place in (engine.query, engine.graphs)
    ]
    return f"| {engine.name}{tested} | {' | '.join(addresses)} | {logins} | {engine.differs} |"


def test_the_documented_engines_are_those_of_the_table() -> None:
    lines = (ROOT / "docs" / "scaling.md").read_text("utf-8").splitlines()
    heading = next(at for at, line in enumerate(lines) if line.startswith("| engine |"))
    assert lines[heading + 2 : heading + 3 + len(ENGINES)] == [*map(row, ENGINES), ""]
