"""The use case `fsck`: whether a store is whole, and its pointer repaired if that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import DamagedStoreError
from kg.store import Version, open_store


@dataclass(frozen=True)
class StoreCheck:
    """What a check of a store came to: its faults, how many versions it keeps, and the version made current."""

    faults: tuple[str, ...]
    version_count: int = 0
    repaired: Version | None = None


def check_store(store: Path, *, repair: bool = False) -> StoreCheck:
    """Check whether a store is whole; with `repair`, first make its newest whole version current if its pointer is bad.

    Raises RequestError if there is no store, DamagedStoreError if a pointer is to be repaired and no version is whole.
    """
    try:
        opened = open_store(store)
    except DamagedStoreError as error:
        return StoreCheck((str(error),))
    repaired = opened.repair() if repair else None
    faults = tuple(opened.verify())
    return StoreCheck(faults, 0 if faults else len(opened.names()), repaired)
