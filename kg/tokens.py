"""Access tokens of a server: each has a name and a role, and is stored as a digest.

A token has 256 random bits, so inverting its plain SHA-256 is as hard as guessing the token. The file is replaced
atomically and is readable by its owner only; a server reads it again whenever it has changed.
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
"""The name of the file in a store's folder."""
PREFIX = "kg_"
"""The prefix of every token, by which secret scanners recognise leaked ones."""
TOKEN_BITS = 256
OWNER_ONLY = 0o600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Role(IntEnum):
    """What a token lets its holder do; each role includes the ones before it."""

    READ = 1
    REVIEW = 2
    """May change and publish documents in `kg review`, but writes nothing to a served store over HTTP."""
    WRITE = 3
    ADMIN = 4

    @property
    def label(self) -> str:
        """Return the role in lower case, as users write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Grant:
    """A stored token: its name, its role, when it was created, and its digest."""

    name: str
    role: Role
    created: str
    digest: str


def role_of(label: str) -> Role:
    """Return the role with a label. Raises RequestError if there is none."""
    for role in Role:
        if role.label == label:
            return role
    raise RequestError(f"{label!r} is not a role: expected one of {', '.join(role.label for role in Role)}.")


class Tokens:
    """The tokens stored in a file, which need not exist."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._cached: tuple[FileMark, tuple[Grant, ...]] = ((), ())

    @classmethod
    def of_store(cls, folder: Path) -> Tokens:
        """Return the tokens of the store in a folder."""
        return cls(folder / FILE_NAME)

    def grants(self) -> tuple[Grant, ...]:
        """Return the grants that the file holds now, sorted by name. Raises StoreError if it cannot be read."""
        mark = file_mark(self.file)
        if mark != self._cached[0]:
            self._cached = mark, _read(self.file) if mark else ()
        return self._cached[1]

    def find(self, token: str) -> Grant | None:
        """Return the grant of a token, or None; the time taken does not depend on the token, so it reveals nothing."""
        digest, match = token_digest(token), None
        for grant in self.grants():
            # No return at the first match: the time would reveal how many tokens precede it.
            if hmac.compare_digest(grant.digest, digest):
                match = grant
        return match

    def add(self, name: str, role: Role, created: str) -> str:
        """Create a token and return it, only this once. Raises RequestError if the name is invalid or in use."""
        if not _NAME.fullmatch(name):
            raise RequestError(f"{name!r} is not a token's name: expected up to 64 letters, digits, '.', '_' or '-'.")
        token = new_token()
        with self._changing() as grants:
            if any(grant.name == name for grant in grants):
                raise RequestError(f"There is already a token with the name {name!r}: revoke it, or choose another.")
            grants.append(Grant(name, role, created, token_digest(token)))
        return token

    def revoke(self, name: str) -> None:
        """Revoke a token. Raises RequestError if there is none with that name."""
        with self._changing() as grants:
            remaining = [grant for grant in grants if grant.name != name]
            if len(remaining) == len(grants):
                raise RequestError(f"There is no token with the name {name!r} in {self.file}.")
            # In place, because `_changing` writes the list that it yielded.
            grants[:] = remaining

    @contextmanager
    def _changing(self) -> Iterator[list[Grant]]:
        """Yield a list of grants to change, with the folder locked; it is written and synced when the block ends."""
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
    """Return the digest of a token, which is what is stored; a token with lone surrogates has one too."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _read(file: Path) -> tuple[Grant, ...]:
    try:
        return tuple(map(_grant, json.loads(file.read_text("utf-8"))["tokens"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError, RequestError) as error:
        # For any fault: if the file were read as one without tokens, adding a token would overwrite it.
        public = "The server's tokens cannot be read, so all tokens are refused."
        raise StoreError(f"The tokens in {file} cannot be read, so all tokens are refused: {error}.", public) from error


def _grant(row: dict[str, str]) -> Grant:
    grant = Grant(row["name"], role_of(row["role"]), row["created"], row["digest"])
    if not _NAME.fullmatch(grant.name) or not _DIGEST.fullmatch(grant.digest):
        raise ValueError(f"the token {grant.name!r} has no proper name or digest")
    return grant
