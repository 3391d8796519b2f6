"""The outcomes of articles that other processes build, and when these begin."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kg.app.builds.article_pool import Outcome, outcomes_in_order
from kg.errors import DataError

FILES = [Path(f"{number}.yaml") for number in range(5)]


def test_the_first_articles_are_started_before_an_outcome_is_awaited() -> None:
    events: list[str] = []

    def awaited(file: Path) -> Outcome:
        events.append(f"awaited {file.stem}")
        return DataError(file.stem)

    def start(file: Path) -> partial[Outcome]:
        events.append(f"started {file.stem}")
        return partial(awaited, file)

    outcomes = outcomes_in_order(FILES, start, 2)
    assert events == ["started 0", "started 1"]
    assert [str(outcome) for outcome in outcomes] == [*"01234"]
    first = ["awaited 0", "started 2", "awaited 1", "started 3", "awaited 2", "started 4", "awaited 3", "awaited 4"]
    assert events[2:] == first
    assert [*outcomes_in_order([], start, 2)] == []
