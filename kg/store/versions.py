"""The folder of a store: immutable versions, and a pointer to the current one that is replaced in one step.

    FOLDER/store.json           what kind of store this is
    FOLDER/current              the pointer: {"current": NAME, "last": NAME}
    FOLDER/lock                 held by whoever writes
    FOLDER/versions/NAME/       a version, in the engine's files
    FOLDER/versions/NAME.json   when and why it was written, what it counts, and digests of its files
    FOLDER/versions/.work-*     a version in the making; after a crash, a leftover

What is synced, and when: a version's files and its record, then their folder, then the pointer's new content, then the
pointer's folder. So the pointer never names what a loss of power could take back, and a version that no pointer has
ever named (one numbered after `last`) was never acknowledged: the next writer removes it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from kg.errors import StoreError, UnknownVersionError
from kg.store.port import Version

EMPTY = Version("000000", "1970-01-01T00:00:00Z", "nothing yet")
"""The version of a store that nothing has been written to."""
_POLL = 0.02


@dataclass(frozen=True)
class Pointer:
    """The pointer's content: the current version, and the last one ever acknowledged, so that no name comes twice."""

    current: str
    last: str


class Versions:
    """The versions in a folder. Reading never waits; what changes the folder is called with the lock held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._versions = folder / "versions"
        self._records: dict[str, Version] = {}
        self._files: dict[str, dict[str, str]] = {}

    def pointer(self) -> Pointer:
        """Return what is current, or raise StoreError for a pointer that cannot be read."""
        path = self.folder / "current"
        try:
            return Pointer(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return Pointer(EMPTY.name, EMPTY.name)
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(f"{path} does not name a version: {error}.") from error

    def current(self) -> Version:
        """Return the current version."""
        return self.version(self.pointer().current)

    def kept(self) -> tuple[Version, ...]:
        """Return the acknowledged versions that are kept, oldest first; of an empty store, the empty version."""
        last = int(self.pointer().last)
        found = (path.stem for path in self._versions.glob("[0-9]*.json"))
        names = sorted((name for name in found if int(name) <= last), key=int)
        kept = [self._record(name) for name in names if self.path(name).is_dir()]
        return tuple(kept) or (EMPTY,)

    def version(self, name: str) -> Version:
        """Return a kept version, or raise UnknownVersionError."""
        pointer = self.pointer()
        if name == EMPTY.name == pointer.current:
            return EMPTY
        if name.isdecimal() and int(name) <= int(pointer.last) and self._record_path(name).is_file():
            return self._record(name)
        raise UnknownVersionError(f"The store keeps no version {name!r}; the current one is {pointer.current}.")

    def path(self, name: str) -> Path:
        """Return where a version's files lie."""
        return self._versions / name

    def workplace(self) -> Path:
        """Return a path beside the versions that nobody has used: an abandoned handle may outlive its folder."""
        self._versions.mkdir(parents=True, exist_ok=True)
        return self._versions / f".work-{os.getpid()}-{time.monotonic_ns()}"

    def publish(self, work: Path, version: Version) -> Version:
        """Make the closed files at `work` the current version, under a new name; a crash leaves the one before."""
        version = replace(version, name=f"{int(self.pointer().last) + 1:06}")
        for path in work.glob("LOG*"):
            path.unlink()  # the engine's diary: 140 kB that nobody reads
        sync_tree(work)
        work.rename(self.path(version.name))
        record = {**asdict(version), "files": self._digests(self.path(version.name))}
        del record["digest"]  # it is the record's own
        write_synced(self._record_path(version.name), json.dumps(record, indent=1, sort_keys=True))
        self.point(Pointer(version.name, version.name))
        return self._record(version.name)

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer in one step, synced."""
        write_synced(self.folder / "current", json.dumps(asdict(pointer)))

    def remove(self, name: str) -> None:
        """Remove a version's record, without which it is none, and then its files."""
        self._records.pop(name, None)
        self._record_path(name).unlink(missing_ok=True)
        shutil.rmtree(self.path(name), ignore_errors=True)

    def clean(self) -> None:
        """Remove what an interrupted writer has left: work in the making and versions never acknowledged."""
        last = int(self.pointer().last)
        for path in self._versions.glob(".work-*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in (*self._versions.glob("*.new"), *self.folder.glob("*.new")):
            path.unlink(missing_ok=True)
        for path in self._versions.glob("[0-9]*"):
            if int(path.stem) > last or not self._record_path(path.stem).exists() or not self.path(path.stem).is_dir():
                self.remove(path.stem)

    @contextmanager
    def lock(self, wait: float) -> Iterator[None]:
        """Hold the writers' lock, or raise StoreError if another has not let it go in `wait` seconds."""
        with (self.folder / "lock").open("a") as file:
            self._wait_for(file.fileno(), wait)
            yield

    def _wait_for(self, descriptor: int, wait: float) -> None:
        deadline = time.monotonic() + wait
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StoreError(f"Another writer has held {self.folder} for more than {wait:g} s.") from None
                time.sleep(_POLL)

    def size(self) -> int:
        """Return the bytes of all files, those that versions share counted once."""
        sizes: dict[int, int] = {}
        for path in self.folder.rglob("*"):
            with suppress(FileNotFoundError):  # a version may be removed meanwhile
                status = path.stat()
                sizes[status.st_ino] = status.st_size
        return sum(sizes.values())

    def damaged(self, name: str) -> list[str]:
        """Return which of a version's files are missing, added or not what they were when it was written."""
        self._record(name)
        written, found = self._files[name], _digests(self.path(name), {})
        return sorted(file for file in written.keys() | found.keys() if written.get(file) != found.get(file))

    def _digests(self, folder: Path) -> dict[str, str]:
        """Return the digests of a new version's files, those that it shares with the current one as recorded there."""
        current = self.pointer().current
        if current != EMPTY.name:
            self._record(current)
        return _digests(folder, self._files.get(current, {}))

    def _record_path(self, name: str) -> Path:
        return self._versions / f"{name}.json"

    def _record(self, name: str) -> Version:
        if name not in self._records:
            self._records[name] = self._read_record(name)
        return self._records[name]

    def _read_record(self, name: str) -> Version:
        path = self._record_path(name)
        try:
            text = path.read_bytes()
            record = json.loads(text)
            self._files[name] = record.pop("files", {})
            changed = tuple(record.pop("changed", ()))
            return Version(**record, changed=changed, digest=sha256(text).hexdigest())
        except FileNotFoundError:
            raise UnknownVersionError(f"The store keeps no version {name!r} any more.") from None
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(f"{path} is no record of a version: {error}.") from error


def _digests(folder: Path, known: dict[str, str]) -> dict[str, str]:
    """Return the SHA-256 of the engine's data files; a shared one that is known is not read again."""
    digests = {}
    for path in sorted((*folder.glob("*.sst"), *folder.glob("MANIFEST-*"), *folder.glob("CURRENT"))):
        shared = path.stat().st_nlink > 1 and path.name in known
        digests[path.name] = known[path.name] if shared else sha256(path.read_bytes()).hexdigest()
    return digests


def is_open(folder: Path) -> bool:
    """Tell whether this process has files of a folder open, where the system can tell (Linux)."""
    descriptors = Path("/proc/self/fd")
    inside = f"{folder.resolve()}{os.sep}"
    return descriptors.is_dir() and any(_leads_to(path).startswith(inside) for path in descriptors.iterdir())


def _leads_to(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed meanwhile
        return ""


def sync_tree(folder: Path) -> None:
    """Sync the files of a folder that no other version shares (those were synced with it), and the folder itself."""
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_nlink == 1:
            sync(path)
    sync(folder)


def write_synced(path: Path, text: str) -> None:
    """Replace a small file in one step, synced before and after."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the disk keep what a file holds, or which files a folder holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
