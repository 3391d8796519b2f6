"""The records of a store's versions, one file each, and the listing of them.

    versions/NAME.json           a version that the pointer has named: it is acknowledged
    versions/NAME.json.pending   one that it may have named: written before the pointer moves, and renamed after
    versions/NAME.json.removed   one that a prune is removing, or was removing when it was interrupted

So the file names alone show which versions were acknowledged, even if the pointer is lost or outdated.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kg.durable_files import file_mark, replace_synced
from kg.errors import StoreError, UnknownVersionError
from kg.store.interfaces import Version

PENDING, REMOVED = ".json.pending", ".json.removed"
_ENTRY = re.compile(r"(\d{6}|[1-9]\d{6,})(\.json(?:\.pending|\.removed)?)?", re.ASCII)
MAX_CACHED_RECORDS = 64
"""Records that are cached: the current one is read all the time, old ones hardly ever."""

Record = tuple[Version, dict[str, str]]
"""A version, and the digests of its files by their names."""


@dataclass(frozen=True)
class Listing:
    """The content of the folder of versions, by kind; all fields but `work` are names of versions."""

    recorded: frozenset[str]
    pending: frozenset[str]
    removed: frozenset[str]
    folders: frozenset[str]
    work: frozenset[str]
    """Names of files and folders of an unfinished write."""


class Records:
    """Reads and writes the records in a folder of versions; reading is thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The file's mark is part of the key, so that a replaced record is never returned.
        self._marked_record = lru_cache(MAX_CACHED_RECORDS)(lambda name, _mark: _read_record(folder, name))

    def path(self, name: str) -> Path:
        """Return the path of an acknowledged version's record."""
        return self.folder / f"{name}.json"

    def listing(self) -> Listing:
        """Return the content of the folder of versions, from a single scan."""
        kinds: dict[str, set[str]] = {".json": set(), PENDING: set(), REMOVED: set(), "": set(), "work": set()}
        for entry in _entries(self.folder):
            match = _ENTRY.fullmatch(entry)
            if match is not None:
                kinds[match[2] or ""].add(match[1])
            elif entry.startswith(".work-") or entry.endswith(".new"):
                kinds["work"].add(entry)
        return Listing(*map(frozenset, kinds.values()))

    def read(self, name: str) -> Version:
        """Return the version of a record. Raises UnknownVersionError if there is none."""
        return self._record(name)[0]

    def files(self, name: str) -> dict[str, str]:
        """Return the digests of a version's files."""
        return self._record(name)[1]

    def write(self, version: Version, files: dict[str, str]) -> None:
        """Write a version's record as pending, synced: the pointer does not name the version yet."""
        record = {**asdict(version), "files": files}
        del record["digest"]  # it is the digest of the record itself
        replace_synced(self.folder / f"{version.name}{PENDING}", json.dumps(record, indent=1, sort_keys=True))

    def acknowledge(self, name: str) -> None:
        """Record that the pointer has named a version."""
        # Not synced: if a power failure undoes it, the pointer still counts the version, and `clean` acknowledges it.
        (self.folder / f"{name}{PENDING}").rename(self.path(name))

    def withdraw(self, name: str) -> None:
        """Withdraw a version from the store; once the folder is synced, its files can be removed."""
        self.path(name).rename(self.folder / f"{name}{REMOVED}")

    def forget(self) -> None:
        """Drop the cached records."""
        self._marked_record.cache_clear()

    def _record(self, name: str) -> Record:
        try:
            mark = file_mark(self.path(name))
        except OSError:
            mark = ()
        # A pending record is about to be renamed, and is not cached.
        return self._marked_record(name, mark) if mark else _read_record(self.folder, name)


def _read_record(folder: Path, name: str) -> Record:
    # A writer may rename the record from pending to its final name between the first look-up and the second.
    path = folder / f"{name}.json"
    for candidate in (path, folder / f"{name}{PENDING}", path):
        try:
            return _parsed(name, candidate, candidate.read_bytes())
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(f"The record {candidate} cannot be read: {error}.") from error
    raise UnknownVersionError(f"The store keeps no version {name!r} any more.")


def _parsed(name: str, path: Path, content: bytes) -> Record:
    try:
        record = json.loads(content)
        files, changed = record.pop("files", {}), tuple(record.pop("changed", ()))
        version = Version(**record, changed=changed, digest=sha256(content).hexdigest())
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path} is not a record of a version: {error}.") from error
    if version.name != name:
        raise StoreError(f"{path} is no record of version {name}: it is that of {version.name}.")
    return version, files


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- a Path for each entry costs ten times as much
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"The versions in {folder} cannot be listed: {error}.") from error
