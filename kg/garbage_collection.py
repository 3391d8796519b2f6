"""Python's collector of cyclic garbage, held back where a piece of work makes objects that live until it is done."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_collection() -> Iterator[None]:
    """Collect garbage once afterwards, and not again and again meanwhile, which takes up to a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What was made meanwhile is young: one collection of the youngest finds all cycles in it.
        gc.collect(0)
        if was_enabled:
            gc.enable()
