"""The use case `fsck`: verifies a store, and repairs its pointer on request."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import DamagedStoreError
from kg.store import Version, open_store


@dataclass(frozen=True)
class StoreCheck:
    """The result of checking a store: its faults, the number of versions, and the version made current by a repair."""

    faults: tuple[str, ...]
    version_count: int = 0
    repaired: Version | None = None


def check_store(store: Path, *, repair: bool = False) -> StoreCheck:
    """Verify a store; with `repair`, first make its newest intact version current if its pointer is unusable.

    Raises RequestError if there is no store, DamagedStoreError if a repair is needed but no version is intact.
    """
    try:
        opened = open_store(store)
    except DamagedStoreError as error:
        return StoreCheck((str(error),))
    repaired = opened.repair() if repair else None
    faults = tuple(opened.verify())
    return StoreCheck(faults, 0 if faults else len(opened.names()), repaired)
