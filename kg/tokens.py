"""Who may do what with a server: tokens with a name and a role, of which only digests are kept.

A token is 256 random bits, so a plain SHA-256 of it is as hard to turn round as the token is to guess. The file is
replaced in one step and readable by its owner only; a server looks at it anew whenever it has changed.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import IntEnum
from hashlib import sha256
from pathlib import Path

from kg.errors import RequestError, StoreError

FILE = "tokens.json"
"""The file's name in the folder of a store."""
PREFIX = "kg_"
"""What every token begins with, so that one that got into a text is recognised."""
BITS = 256
OWNER_ONLY = 0o600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Role(IntEnum):
    """What a token lets its holder do; each role may do what those before it may."""

    READ = 1
    WRITE = 2
    ADMIN = 3

    @property
    def label(self) -> str:
        """Return the role as people write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Grant:
    """A token as it is kept: whose it is and what it is good for, and the digest that it is known by."""

    name: str
    role: Role
    created: str
    digest: str


def role_of(label: str) -> Role:
    """Return the role of that label, or raise RequestError."""
    for role in Role:
        if role.label == label:
            return role
    raise RequestError(f"{label!r} is no role: expected one of {', '.join(role.label for role in Role)}.")


class Tokens:
    """The tokens in a file, which need not exist."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._known: tuple[tuple[int, ...], tuple[Grant, ...]] = ((), ())

    @classmethod
    def of_store(cls, folder: Path) -> Tokens:
        """Return the tokens of the store in a folder."""
        return cls(folder / FILE)

    def grants(self) -> tuple[Grant, ...]:
        """Return every grant by name, as the file has them now; StoreError where it cannot be read."""
        mark = _mark(self.file)
        if mark != self._known[0]:
            self._known = mark, _read(self.file) if mark else ()
        return self._known[1]

    def find(self, token: str) -> Grant | None:
        """Return the grant that a token stands for, None for none; takes as long whichever it is."""
        digest, found = _digest(token), None
        for grant in self.grants():
            if hmac.compare_digest(grant.digest, digest):
                found = grant
        return found

    def add(self, name: str, role: Role, created: str) -> str:
        """Make a token and return it; this is the only time that it is known."""
        if not _NAME.fullmatch(name):
            raise RequestError(f"{name!r} is no name for a token: expected up to 64 letters, digits, '.', '_' or '-'.")
        token = PREFIX + secrets.token_urlsafe(BITS // 8)
        with self._changing() as grants:
            if any(grant.name == name for grant in grants):
                raise RequestError(f"There is a token of the name {name!r} already: revoke it, or choose another name.")
            grants.append(Grant(name, role, created, _digest(token)))
        return token

    def revoke(self, name: str) -> None:
        """Make a token good for nothing, from now on; RequestError where there is none of that name."""
        with self._changing() as grants:
            kept = [grant for grant in grants if grant.name != name]
            if len(kept) == len(grants):
                raise RequestError(f"There is no token of the name {name!r} in {self.file}.")
            grants[:] = kept

    @contextmanager
    def _changing(self) -> Iterator[list[Grant]]:
        """Give what there is to be changed; it is written, synced and in its place when the block ends."""
        if not self.file.parent.is_dir():
            raise RequestError(f"{str(self.file)!r} cannot be written: there is no folder {str(self.file.parent)!r}.")
        folder = os.open(self.file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            grants = [*self.grants()]
            yield grants
            self._write(grants)
            os.fsync(folder)
        finally:
            os.close(folder)

    def _write(self, grants: list[Grant]) -> None:
        said = [{**asdict(grant), "role": grant.role.label} for grant in sorted(grants, key=lambda one: one.name)]
        descriptor, name = tempfile.mkstemp(prefix=f".{self.file.name}-", dir=self.file.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), OWNER_ONLY)
                json.dump({"tokens": said}, file, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.file)
        finally:
            Path(name).unlink(missing_ok=True)


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _mark(file: Path) -> tuple[int, ...]:
    """Return what changes with a file's content, nothing where there is no file."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(file: Path) -> tuple[Grant, ...]:
    try:
        said = json.loads(file.read_text("utf-8"))
        return tuple(_grant(one) for one in said["tokens"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError, RequestError) as error:
        public = "The server's tokens cannot be read, so nobody is let in."
        raise StoreError(f"The tokens in {file} cannot be read, so nobody is let in: {error}.", public) from error


def _grant(said: dict[str, str]) -> Grant:
    grant = Grant(said["name"], role_of(said["role"]), said["created"], said["digest"])
    if not _NAME.fullmatch(grant.name) or not _DIGEST.fullmatch(grant.digest):
        raise ValueError(f"the token {grant.name!r} has no proper name or digest")
    return grant
