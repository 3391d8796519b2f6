"""Where a store is: a folder of this machine, or the address of a server that answers queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.engines.logins import login_of
from kg.engines.remote_store import RemoteStore
from kg.store import Store, open_store


def is_address(place: str) -> bool:
    """Tell whether a store is named by an address of HTTP instead of a folder."""
    return place.lower().startswith(("http://", "https://"))


@dataclass(frozen=True)
class StorePlace:
    """Where a store to read is, as its user has named it: a folder or an address, and the login at the latter."""

    name: str
    user: str | None = field(default=None, repr=False)
    """`NAME:PASSWORD`, if the engine at the address asks for one."""
    token: str | None = field(default=None, repr=False)
    digest: bool = False
    """Whether the login is by digest authentication."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_engine(self) -> bool:
        """Tell whether it is the address of another engine, and no folder."""
        return is_address(self.name)

    def open(self) -> Store:
        """Open the store for reading.

        Raises RequestError if there is none, StoreError if it is damaged, FetchError if the server does not answer.
        """
        return self.open_engine() if self.is_engine else open_store(Path(self.name))

    def open_engine(self) -> RemoteStore:
        """Open the store at an address. Raises RequestError or FetchError if it does not answer."""
        return RemoteStore.open(self.name, login_of(self.name, self.user, self.token, digest=self.digest))
