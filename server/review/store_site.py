"""The pages of published articles: the store's site on a port of its own, or a server that is already running."""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask

from kg.store import open_store
from kg.tokens import Tokens
from kg.workers.served_store import UnlimitedStore
from server.app import create_app, renew_settings
from server.runtime.http_server import Server
from server.runtime.site_settings import SiteSource
from server.site import SITE_EXTENSION, Settings


class StoreSite:
    """Serves the store's pages, read-only and on the loopback interface, from the first publication on."""

    def __init__(self, store: Path, sources: Path, address: str = "") -> None:
        """`address` is that of a `kg serve` on the store, if one is already running."""
        self._store, self._sources, self._address = store, sources, address
        self._server: Server | None = None
        self._app: Flask | None = None
        self._lock = threading.Lock()

    def page_of(self, article: str) -> str:
        """Return the address of an article's page, with the words of all texts at hand on it."""
        if self._address:
            return f"{self._address.rstrip('/')}/about/article/{article}/"
        with self._lock:
            if self._server is None:
                self._server = self._started()
            elif self._app is not None:
                renew_settings(self._app, self._app.extensions[SITE_EXTENSION].store, self._settings())
            return f"{self._server.address}about/article/{article}/"

    def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.stop()

    def _settings(self) -> Settings:
        operator = Settings(writable=False, tokens=Tokens.of_store(self._store))
        return SiteSource(self._store, operator_settings=operator, texts=self._sources).settings()

    def _started(self) -> Server:
        app = self._app = create_app(UnlimitedStore(open_store(self._store)), self._settings())
        server = Server(app, "127.0.0.1", 0, grace=0)
        threading.Thread(target=server.run, name="published pages", daemon=True).start()
        return server
