"""What holds for all tests: garbage collection that leaves alone what lasts as long as the run."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""New objects after which garbage is collected, where Python's 700 makes it a tenth of the tests' processor time."""


def pytest_collection_finish() -> None:
    """Exempt modules and twelve thousand collected tests from garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
