"""Waiting for what is to happen, however busy the machine is: no test asserts on time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType

PATIENCE = 300.0
"""Seconds without a byte after which a test's connection gives up: it only ends what would wait for ever."""
QUIET_SECONDS = 30.0
"""Seconds of waiting after which the state is recorded, to be reported."""


def until(holds: Callable[[], bool], pause: float = 0.02) -> bool:
    """Wait until something holds, as long as it takes: pytest ends a test that takes too long.

    Its report then tells what the functions have returned last that `holds` calls.
    """
    seen, loud = dict[str, object](), time.monotonic() + QUIET_SECONDS
    code = getattr(holds, "__code__", None)

    def see(frame: FrameType, event: str, returned: object) -> None:
        # None is what is told, too, of a function that ends by an exception, as by that of the timeout.
        if event == "return" and returned is not None and frame.f_back is not None and frame.f_back.f_code is code:
            seen[frame.f_code.co_qualname] = returned

    try:
        while not holds():
            time.sleep(pause)
            if time.monotonic() > loud:
                sys.setprofile(see)
    except BaseException as error:
        error.add_note(f"What was waited for has seen last: {seen}")
        raise
    finally:
        sys.setprofile(None)
    return True
