"""A site: the store that an application serves, its settings, and values computed once per version."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple

from flask import current_app, g, request

from kg.datasets import GraphNames
from kg.store import versions_of_same_facts
from kg.store.interfaces import Version
from kg.tokens import Role, Tokens
from kg.workers.served_store import ServedStore
from kg.writer.write_requests import Writer
from server.http.client import store_for_client
from server.http.request_limits import RequestLimits

SITE_EXTENSION = "communique"
DATA = "data"
"""The path of the graph store; what follows it in an address follows the base in an IRI."""
MAX_VERSION_VALUES = 32
"""The number of values that `Site.once_per_version` caches."""
Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")


@dataclass(frozen=True)
class Settings:
    """The settings that an operator may choose for a site."""

    base: str | None = "https://w3id.org/communique/data/"
    """The persistent base of the corpus, an IRI that ends in a slash; None if IRIs start with this host's address."""
    title: str = "Communiqué"
    questions: Path | None = None
    """The folder of the example queries, one `.rq` file each."""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    """The licence of the data, as an IRI."""
    origins: tuple[str, ...] = ("*",)
    """The origins whose pages may read answers (CORS); `*` for all."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The articles' texts that pages may show, keyed by the SHA-256 of their files."""
    writable: bool = True
    """Whether a client on this machine may write without a token."""
    tokens: Tokens | None = None
    """The access tokens, if any."""
    private: bool = False
    """Whether reading requires a token."""
    rate: float = 0
    """The average number of requests per second that an address may send; 0 for no limit."""
    hosts: tuple[str, ...] = ()
    """The hosts that LOAD and SERVICE may reach, by name or address, with a port if it is not the scheme's default."""
    request_limits: RequestLimits = field(default_factory=RequestLimits)
    """The limits of a request's size."""
    cache: int = 64 * 2**20
    """The size of the answer cache in bytes; 0 for no cache."""
    refresh: int = 100
    """The maximum number of answers to evaluate again in the background after a write; 0 for none."""
    slow: float = 1.0
    """Seconds after which a query counts as slow and is logged with its text."""
    folder: Path | None = None
    """The folder of the store, which also holds the index of the pages; if None, the index is in memory."""

    @property
    def offers_writes(self) -> bool:
        """Return whether anyone may write, provided that there is a writer; page processes have none."""
        return self.writable or self.grants(Role.WRITE)

    def grants(self, role: Role) -> bool:
        """Return whether a token grants a role."""
        return self.tokens is not None and any(grant.role >= role for grant in self.tokens.grants())


@dataclass(frozen=True)
class Site:
    """A store, the settings to serve it with, and the writer of its updates."""

    store: ServedStore
    settings: Settings
    writer: Writer | None = None
    """The writer that carries out writes; None if the site is read-only."""
    _values: dict[Hashable, tuple[str, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def base(self) -> str:
        """Return the base of the data's IRIs: the corpus's own, or an address under the host of the request."""
        return self.settings.base or f"{request.host_url}{DATA}/"

    def differs_in_facts(self, version: Version) -> bool:
        """Return whether the facts of the current version differ from those of `version`, not only readers' notes."""
        same = versions_of_same_facts(self.store, GraphNames(self.base), self.store.current())
        return all(other.name != version.name for other in same)

    def once_per_version(self, key: Hashable, version: Version, make: Callable[[], Value]) -> Value:
        """Return the result of `make` for a version, cached until this key is used with another version."""
        cached_version, value = self._values.get(key, ("", None))
        if cached_version != version.name:
            value = make()  # outside the lock: it may run queries, and computing it twice does no harm
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = (version.name, value)
            # Some keys contain the request's host, which clients choose freely, so the least recently used are dropped.
            while len(self._values) > MAX_VERSION_VALUES:
                del self._values[next(iter(self._values))]
        result: Value = value
        return result


def site() -> Site:
    """Return the site of the current request; its store stops a query when the client disconnects."""
    current: Site | None = g.get("site")
    if current is None:
        shared: Site = current_app.extensions[SITE_EXTENSION]
        current = g.site = replace(shared, store=store_for_client(shared.store))
    return current


def once_per_version(make: Callable[[Version, *Arguments], Value]) -> Callable[[Version, *Arguments], Value]:
    """Cache a function's results for a version and its other arguments; see `Site.once_per_version`."""

    # By position only: what the key lacks would get the result of other arguments.
    @wraps(make)
    def cached(version: Version, /, *arguments: *Arguments) -> Value:
        key = (make.__module__, make.__qualname__, *arguments)
        return site().once_per_version(key, version, lambda: make(version, *arguments))

    return cached
