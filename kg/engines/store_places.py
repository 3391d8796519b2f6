"""Where a store is: a folder of this machine, or the address of a server that answers queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.engines.logins import login_of
from kg.engines.remote_store import RemoteStore
from kg.store import Store, open_store


@dataclass(frozen=True)
class EngineAddress:
    """Where another engine answers queries, and how one logs in there."""

    url: str
    user: str | None = field(default=None, repr=False)
    """`NAME:PASSWORD`, if it asks for one."""
    token: str | None = field(default=None, repr=False)
    digest: bool = False
    """Whether the login is by digest authentication."""

    def open(self) -> RemoteStore:
        """Open it as a store. Raises RequestError or FetchError if it does not answer."""
        return RemoteStore.open(self.url, login_of(self.url, self.user, self.token, digest=self.digest))


def is_address(place: str) -> bool:
    """Tell whether a store is named by an address of HTTP instead of a folder."""
    return place.lower().startswith(("http://", "https://"))


@dataclass(frozen=True)
class StorePlace:
    """Where a store to read is, as its user has named it: a folder or an address, and the login at the latter."""

    name: str
    user: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    digest: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def engine(self) -> EngineAddress | None:
        """Return the engine's address, None for a folder."""
        return EngineAddress(self.name, self.user, self.token, self.digest) if is_address(self.name) else None

    def open(self) -> Store:
        """Open the store for reading.

        Raises RequestError if there is none, StoreError if it is damaged, FetchError if the server does not answer.
        """
        return open_store(Path(self.name)) if self.engine is None else self.engine.open()
