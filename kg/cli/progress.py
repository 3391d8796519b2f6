"""What a command is doing, on standard error: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kg.cli.command import is_quiet, note


class Steps:
    """A context manager told of each step as it begins; `total` is how many there will be.

    Without a total the bar only shows that something is done, and a log holds no line of it.
    """

    def __init__(self, total: int | None = None) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal or is_quiet(),
        )
        self._task = self._bar.add_task("", total=total, start=True)
        self._total, self._begun, self._started = total, 0, time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        """Return how long it has taken so far."""
        return time.monotonic() - self._started

    def __call__(self, step: str) -> None:
        """Say which step begins now."""
        self._bar.update(self._task, description=step, completed=self._begun)
        self._begun += 1
        if self._total is not None and not self._console.is_terminal:
            note(step)
