"""What one site serves: its store, its settings, and how a request finds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from flask import current_app, request

from kg.store.interfaces import Store, Version
from kg.tokens import Tokens
from kg.writer import Writer
from server.http.client import store_for_client
from server.http.request_limits import RequestLimits

SITE_EXTENSION = "communique"
DATA = "data"
"""The path of the graph store; what follows it in an address follows the base in an IRI."""


MAX_VERSION_VALUES = 32
"""Values that are kept of what was made once a version."""


@dataclass(frozen=True)
class Settings:
    """What an operator may set for a site; sizes are in bytes."""

    base: str | None = "https://w3id.org/communique/data/"
    """The corpus's persistent base, an IRI that ends in a slash; None where the data is named by this host itself."""
    title: str = "Communiqué"
    questions: Path | None = None
    """The folder of example queries, one `.rq` file each."""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    """The licence of the data, as an IRI."""
    origins: tuple[str, ...] = ("*",)
    """The origins whose pages may read the answers; `*` for all, none for none."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The texts that the operator has, by the SHA-256 of their files' bytes: pages show articles' own."""
    writable: bool = True
    """Whether a client on this machine may write without a token."""
    tokens: Tokens | None = None
    """Who else may write; None where there are no tokens."""
    private: bool = False
    """Whether reading needs a token too."""
    rate: float = 0
    """Requests a second that a client's address may send on average; 0 for as many as it likes."""
    hosts: tuple[str, ...] = ()
    """The hosts that LOAD may fetch from, each by name or address, with a port where it is not the scheme's."""
    request_limits: RequestLimits = field(default_factory=RequestLimits)
    """What a request may hold."""
    slow: float = 1.0
    """Seconds from which on a query is logged with its text."""


@dataclass(frozen=True)
class Site:
    """A store and the settings to serve it with."""

    store: Store
    settings: Settings
    writer: Writer | None = None
    """What carries writes out; None where none are taken."""
    _known: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def base(self) -> str:
        """Return the base of what is named here: the corpus's, or the address of this server's graphs."""
        return self.settings.base or self.own_base

    @property
    def own_base(self) -> str:
        """Return the address, under the host that the request was sent to, that stands for the base."""
        return f"{request.host_url}{DATA}/"

    def once(self, what: str, version: Version, make: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what `make` returns
        """Return what `make` returns for a version; made once as long as that version is the one asked about."""
        made_for, value = self._known.get(what, ("", None))
        if made_for != version.name:
            value = make()
        self._remember(what, (version.name, value))
        return value

    def _remember(self, what: str, value: tuple[str, Any]) -> None:
        """Keep the values that were asked for last: clients can ask under any host, and some are made for a host."""
        with self._lock:
            self._known.pop(what, None)
            self._known[what] = value
            while len(self._known) > MAX_VERSION_VALUES:
                del self._known[next(iter(self._known))]


def site() -> Site:
    """Return the site that the current request was sent to, its store asked on the client's behalf."""
    found: Site = current_app.extensions[SITE_EXTENSION]
    return replace(found, store=store_for_client(found.store))
