"""The progress of a command, on standard error: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kg.cli.command import is_quiet, note

LINES = 10
"""Lines at most that tell in a log how far a step is."""


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
        self._total, self._begun, self._step = total, 0, ""
        self._started = self._step_started = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        """Return the seconds so far."""
        return time.monotonic() - self._started

    def __call__(self, step: str) -> None:
        """Show the step that begins."""
        self._bar.update(self._task, description=step, completed=self._begun)
        self._begun, self._step, self._step_started = self._begun + 1, step, time.monotonic()
        if self._total is not None and not self._console.is_terminal:
            note(step)

    def count(self, done: int, total: int, noun: str = "articles") -> None:
        """Show how many articles (or files) of a step are done, how many a second and how long the others take."""
        # Never by zero: a clock may not have moved since the step began.
        rate = done / max(time.monotonic() - self._step_started, 1e-3)
        remaining = timedelta(seconds=round((total - done) / rate))
        text = f"{done:,} of {total:,} {noun}, {rate:.1f} a second, {remaining} remaining"
        self._bar.update(self._task, description=f"{self._step}: {text}")
        # Where a tenth begins, and not for each article: a log of a large corpus stays readable.
        if not self._console.is_terminal and done * LINES // total > (done - 1) * LINES // total and total >= LINES:
            note(text)
