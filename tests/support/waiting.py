"""Waiting for what is to happen, however busy the machine is: no test asserts on time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds without a byte after which a test's connection gives up: it only ends what would wait for ever."""


def until(holds: Callable[[], bool], pause: float = 0.02) -> bool:
    """Wait until something holds, as long as it takes: pytest ends a test that takes too long."""
    while not holds():
        time.sleep(pause)
    return True
