"""The records of a store's versions: a file each, and which of them there are.

    versions/NAME.json           a version that the pointer has named: it was acknowledged
    versions/NAME.json.pending   one that it may have named: written before the pointer moves, and renamed after
    versions/NAME.json.removed   one that a prune is removing, or was interrupted at

So what was acknowledged can be told from what was not by its name alone, even where the pointer is lost or an old one.
"""

from __future__ import annotations

import json
import os
import re
from collections import OrderedDict
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from kg.errors import StoreError, UnknownVersionError
from kg.store.files import write_synced
from kg.store.interfaces import Version

PENDING, REMOVED = ".json.pending", ".json.removed"
_ENTRY = re.compile(r"(\d{6}|[1-9]\d{6,})(\.json(?:\.pending|\.removed)?)?", re.ASCII)
_CACHED = 64
"""Records that stay in memory: the current one is asked for all the time, old ones hardly ever."""


Mark = tuple[int, ...]
_ABSENT: Mark = ()
Entry = tuple[Version, dict[str, str]]
"""A version, and the digests of its files by their names."""


@dataclass(frozen=True)
class Listing:
    """What lies in the folder of the versions, by its kind; all but `work` are names of versions."""

    recorded: frozenset[str]
    pending: frozenset[str]
    removed: frozenset[str]
    folders: frozenset[str]
    work: frozenset[str]
    """Files and folders that a writer has left, by their own names."""


class Records:
    """Reads and writes the records in a folder of versions; any number of threads may ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: OrderedDict[str, tuple[Mark, Entry]] = OrderedDict()
        self._lock = Lock()

    def path(self, name: str) -> Path:
        """Return where an acknowledged version's record lies."""
        return self.folder / f"{name}.json"

    def listing(self) -> Listing:
        """Return what the folder of the versions holds; one reading of it, and no file is looked at."""
        kinds: dict[str, set[str]] = {".json": set(), PENDING: set(), REMOVED: set(), "": set(), "work": set()}
        for entry in _entries(self.folder):
            found = _ENTRY.fullmatch(entry)
            if found is not None:
                kinds[found[2] or ""].add(found[1])
            elif entry.startswith(".work-") or entry.endswith(".new"):
                kinds["work"].add(entry)
        order = (".json", PENDING, REMOVED, "", "work")
        return Listing(*(frozenset(kinds[kind]) for kind in order))

    def read(self, name: str) -> Version:
        """Return a version as its record tells it, or raise UnknownVersionError where there is none."""
        return self._entry(name)[0]

    def files(self, name: str) -> dict[str, str]:
        """Return the digests of a version's files."""
        return self._entry(name)[1]

    def write(self, version: Version, files: dict[str, str]) -> None:
        """Write a version's record, synced, that says for now that nobody was told of the version yet."""
        record = {**asdict(version), "files": files}
        del record["digest"]  # it is the record's own
        write_synced(self.folder / f"{version.name}{PENDING}", json.dumps(record, indent=1, sort_keys=True))

    def acknowledge(self, name: str) -> None:
        """Note that the pointer has named a version."""
        (self.folder / f"{name}{PENDING}").rename(self.path(name))

    def withdraw(self, name: str) -> None:
        """Make a version none any more; `sync` of the folder makes that last, and its files may be removed then."""
        self.path(name).rename(self.folder / f"{name}{REMOVED}")

    def forget(self) -> None:
        """Read all records anew."""
        with self._lock:
            self._cache.clear()

    def _entry(self, name: str) -> Entry:
        mark = _mark(self.path(name))
        with self._lock:
            known, entry = self._cache.get(name, ((), None))
            if entry is not None and mark == known != _ABSENT:
                self._cache.move_to_end(name)
                return entry
        entry = _parsed(name, *self._bytes(name))
        with self._lock:
            self._cache[name] = mark, entry
            while len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return entry

    def _bytes(self, name: str) -> tuple[Path, bytes]:
        """Return a record's file and content; it may be renamed from pending to its name between two looks."""
        pending = self.folder / f"{name}{PENDING}"
        for path in (self.path(name), pending, self.path(name)):
            try:
                return path, path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError(f"The record {path} cannot be read: {error}.") from error
        raise UnknownVersionError(f"The store keeps no version {name!r} any more.")


def _mark(path: Path) -> Mark:
    """Return what changes with a file; _ABSENT where there is none."""
    try:
        found = path.stat()
    except OSError:
        return _ABSENT
    return found.st_ino, found.st_mtime_ns, found.st_size


def _parsed(name: str, path: Path, content: bytes) -> Entry:
    try:
        record = json.loads(content)
        files, changed = record.pop("files", {}), tuple(record.pop("changed", ()))
        version = Version(**record, changed=changed, digest=sha256(content).hexdigest())
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path} is no record of a version: {error}.") from error
    if version.name != name:
        raise StoreError(f"{path} is no record of version {name}: it is that of {version.name}.")
    return version, files


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- a path an entry costs ten times as much
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"The versions in {folder} cannot be listed: {error}.") from error
