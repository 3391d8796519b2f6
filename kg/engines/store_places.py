"""Where a store is: a folder of this machine, or the address of a server that answers queries."""

from __future__ import annotations

from pathlib import Path

from kg.engines.logins import FixedLogin, Login
from kg.engines.remote_store import RemoteStore
from kg.store import Store, open_store


def is_address(place: str) -> bool:
    """Tell whether a store is named by an address of HTTP instead of a folder."""
    return place.lower().startswith(("http://", "https://"))


def open_place(place: str, login: Login | None = None) -> Store:
    """Open the store of a folder or an address for reading.

    Raises RequestError if there is none, StoreError if it is damaged, FetchError if the server does not answer.
    """
    return RemoteStore.open(place, login or FixedLogin()) if is_address(place) else open_store(Path(place))
