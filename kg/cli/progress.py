"""The progress of a command, on standard error: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kg.cli.command import is_quiet, note


class Steps:
    """A context manager that is called with each step as it begins; `total` is the number of steps.

    Without a total the bar only shows that the command is at work, and no lines are logged.
    """

    def __init__(self, total: int | None = None) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,  # a log or a pasted terminal shows the results alone
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
        """Return the seconds so far."""
        return time.monotonic() - self._started

    def __call__(self, step: str) -> None:
        """Show the step that begins."""
        self._bar.update(self._task, description=step, completed=self._begun)
        self._begun += 1
        if self._total is not None and not self._console.is_terminal:
            note(step)
