"""Access tokens of a server: each has a name and a role, and is stored as a digest.

A token is 256 random bits, so that its plain SHA-256 is as hard to invert as the token is to guess. The file is
replaced atomically and readable by its owner only; a server reads it again whenever it has changed.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import IntEnum
from hashlib import sha256
from pathlib import Path

from kg.durable_files import FileMark, file_mark, locked_folder, replace_synced
from kg.errors import RequestError, StoreError

FILE_NAME = "tokens.json"
"""The file's name in the folder of a store."""
PREFIX = "kg_"
"""The start of every token, by which scanners for leaked secrets recognise one."""
TOKEN_BITS = 256
OWNER_ONLY = 0o600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Role(IntEnum):
    """What a token lets its holder do; each role may do what those before it may."""

    READ = 1
    REVIEW = 2
    """May change documents in `kg review`, and publish them; over HTTP it writes nothing to a store that is served."""
    WRITE = 3
    ADMIN = 4

    @property
    def label(self) -> str:
        """Return the role as people write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Grant:
    """A token as it is stored: its name, its role, and its digest."""

    name: str
    role: Role
    created: str
    digest: str


def role_of(label: str) -> Role:
    """Return the role of a label. Raises RequestError if there is none."""
    for role in Role:
        if role.label == label:
            return role
    raise RequestError(f"{label!r} is not a role: expected one of {', '.join(role.label for role in Role)}.")


class Tokens:
    """The tokens in a file, which need not exist."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._cached: tuple[FileMark, tuple[Grant, ...]] = ((), ())

    @classmethod
    def of_store(cls, folder: Path) -> Tokens:
        """Return the tokens of the store in a folder."""
        return cls(folder / FILE_NAME)

    def grants(self) -> tuple[Grant, ...]:
        """Return every grant by name, as the file has them now. Raises StoreError if it cannot be read."""
        mark = file_mark(self.file)
        if mark != self._cached[0]:
            self._cached = mark, _read(self.file) if mark else ()
        return self._cached[1]

    def find(self, token: str) -> Grant | None:
        """Return the grant of a token, or None; it takes equally long for each, so that timing reveals nothing."""
        digest, match = token_digest(token), None
        for grant in self.grants():
            # No end at the first that matches: the time would tell how many tokens come before it.
            if hmac.compare_digest(grant.digest, digest):
                match = grant
        return match

    def add(self, name: str, role: Role, created: str) -> str:
        """Make a token and return it, for the only time. Raises RequestError if the name is invalid or in use."""
        if not _NAME.fullmatch(name):
            raise RequestError(f"{name!r} is not a token's name: expected up to 64 letters, digits, '.', '_' or '-'.")
        token = new_token()
        with self._changing() as grants:
            if any(grant.name == name for grant in grants):
                raise RequestError(f"There is already a token with the name {name!r}: revoke it, or choose another.")
            grants.append(Grant(name, role, created, token_digest(token)))
        return token

    def revoke(self, name: str) -> None:
        """Revoke a token. Raises RequestError if there is none of that name."""
        with self._changing() as grants:
            remaining = [grant for grant in grants if grant.name != name]
            if len(remaining) == len(grants):
                raise RequestError(f"There is no token with the name {name!r} in {self.file}.")
            # In place, since `_changing` writes the list that it has yielded.
            grants[:] = remaining

    @contextmanager
    def _changing(self) -> Iterator[list[Grant]]:
        """Yield the grants to change, with the file locked; they are written and synced when the block ends."""
        if not self.file.parent.is_dir():
            raise RequestError(f"{str(self.file)!r} cannot be written: there is no folder {str(self.file.parent)!r}.")
        with locked_folder(self.file.parent):
            grants = [*self.grants()]
            yield grants
            grants.sort(key=lambda grant: grant.name)
            rows = [{**asdict(grant), "role": grant.role.label} for grant in grants]
            replace_synced(self.file, f"{json.dumps({'tokens': rows}, indent=2)}\n", OWNER_ONLY)


def new_token() -> str:
    """Return a token that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(TOKEN_BITS // 8)


def token_digest(token: str) -> str:
    """Return what is stored of a token; one with characters that are no text has a digest too."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _read(file: Path) -> tuple[Grant, ...]:
    try:
        return tuple(map(_grant, json.loads(file.read_text("utf-8"))["tokens"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError, RequestError) as error:
        # Whatever is wrong with it: taken for a file without tokens, it would be overwritten by the next one.
        public = "The server's tokens cannot be read, so all tokens are refused."
        raise StoreError(f"The tokens in {file} cannot be read, so all tokens are refused: {error}.", public) from error


def _grant(row: dict[str, str]) -> Grant:
    grant = Grant(row["name"], role_of(row["role"]), row["created"], row["digest"])
    if not _NAME.fullmatch(grant.name) or not _DIGEST.fullmatch(grant.digest):
        raise ValueError(f"the token {grant.name!r} has no proper name or digest")
    return grant
