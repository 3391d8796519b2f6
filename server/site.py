"""What one site serves: its store, its settings, and how a request finds them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from kg.dataset import GraphNames
from kg.store.port import Store

EXTENSION = "communique"


@dataclass(frozen=True)
class Settings:
    """What an operator may set for a site; sizes are in bytes."""

    base: str = "https://w3id.org/communique/data/"
    """The corpus's persistent base, under which relative IRIs in queries are resolved."""
    title: str = "Communiqué"
    questions: Path | None = None
    """The folder of example queries, one `.rq` file each."""
    max_body: int = 10 * 1024 * 1024


@dataclass(frozen=True)
class Site:
    """A store and the settings to serve it with."""

    store: Store
    settings: Settings

    @property
    def names(self) -> GraphNames:
        """Return the names of the dataset's graphs."""
        return GraphNames(self.settings.base)


def site() -> Site:
    """Return the site that the current request was sent to."""
    found: Site = current_app.extensions[EXTENSION]
    return found
