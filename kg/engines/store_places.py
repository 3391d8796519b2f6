"""The location of a store: a local folder, or the address of a server that answers queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kg.engines.logins import login_of
from kg.engines.remote_store import RemoteStore
from kg.store import Store, open_store


def is_address(place: str) -> bool:
    """Return whether the name of a store is an HTTP address rather than a folder."""
    return place.lower().startswith(("http://", "https://"))


@dataclass(frozen=True)
class StorePlace:
    """The location of a store to read, as named by the user: a folder, or an address with a login."""

    name: str
    user: str | None = field(default=None, repr=False)
    """`NAME:PASSWORD` if the engine at the address requires it."""
    token: str | None = field(default=None, repr=False)
    digest: bool = False
    """Whether to log in with digest authentication."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_engine(self) -> bool:
        """Return whether it is the address of an external engine rather than a folder."""
        return is_address(self.name)

    def open(self) -> Store:
        """Open the store for reading.

        Raises RequestError if there is none, StoreError if it is damaged, FetchError if the server does not answer.
        """
        return self.open_engine() if self.is_engine else open_store(Path(self.name))

    def open_engine(self) -> RemoteStore:
        """Open the store at an address. Raises RequestError or FetchError if it does not answer."""
        return RemoteStore.open(self.name, login_of(self.name, self.user, self.token, digest=self.digest))
