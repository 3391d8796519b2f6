"""A server's life: it listens, loads the store, answers, takes up what is new when told, drains, ends.

It listens first, so that /health and /ready can be asked while the store is being loaded. A new version of the store
is seen by the next request without any signal; SIGHUP has the workers open it, and reads anew what the corpus says of
itself (title and licence) and the articles' texts, while requests go on.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FrameType

from flask import Flask

from kg.app import SiteFacts, open_store, site_facts
from kg.app.stores import PLAIN_SITE, open_plain_store
from kg.datasets import GraphNames
from kg.errors import CommuniqueError, StoreError
from kg.formats import JSON
from kg.mapping import read_source_texts
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore, Query, Store
from kg.workers import PooledStore, QueryLimits, descriptors_needed
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.writer import Committer, LocalWriter, ProcessWriter, Writer
from server.app import create_app
from server.auth.body_admission import BodyAdmission
from server.pages import prepare
from server.runtime.http_server import THREADS, Server, stop_on_signals
from server.runtime.startup_app import StartupApp
from server.search import get_index_cache
from server.site import SITE_EXTENSION, Settings
from server.sockets import ConnectionLimits, connections_for, raise_descriptor_limit

ARENAS = 2
"""Arenas that the threads share: freed memory of one is no other's."""
SPARE = 4
"""Threads for requests that need no worker."""
SWITCH_SECONDS = 0.001
"""How long a thread that computes keeps the interpreter from those that only pass on what a worker answers."""
WRITABLE = (
    "Writes are taken without a token from this user's programs on this machine (--writable). Put no proxy in front: "
    "a proxy's clients need tokens (`kg token add`), and a server without --writable."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServeOptions:
    """What to serve, and how; without limits there are no workers."""

    folder: Path
    plain: bool = False
    keep: int = 0
    """How many of the newest versions each write leaves; 0 for all."""
    limits: QueryLimits | None = None
    slow: float = Settings.slow
    settings: Settings = field(default_factory=Settings)
    """What the operator has said; what the corpus says of itself is added to it."""
    proxy: str | None = None
    """The address of the reverse proxy whose word on its clients counts."""
    sources: Path | None = None
    """The folder with the articles' texts, which pages show; without it no text is read, and none is served."""

    @property
    def threads(self) -> int:
        """Return threads enough that who has to wait does so for a worker, or for other writes, only."""
        limits = self.limits
        return THREADS if limits is None else limits.workers + limits.streams + 3 * limits.queue + SPARE


class Lifecycle:
    """What is loaded behind a gate, from `load` to `close`."""

    def __init__(self, options: ServeOptions, gate: StartupApp) -> None:
        self._options, self._gate = options, gate
        open_folder = open_plain_store if options.plain else open_store
        self._opened: EmbeddedStore = open_folder(options.folder, options.keep)
        self._held = ExitStack()
        self._store: Store = self._opened
        self._app: Flask | None = None
        self.stop: Callable[[], None] = lambda: None
        """What ends the server where it cannot go on."""
        self.failure: str | None = None
        """Why it cannot go on; None as long as it can."""
        self._prepare_writes: Callable[[], None] | None = None

    def load(self) -> str:
        """Start the workers and open the gate; return the name of the current version."""
        options, facts = self._options, self._facts()
        if options.limits is not None:
            self._store = self._held.enter_context(PooledStore.open(options.folder, options.limits, self._fail))
        questions = ontology_folder() / "questions" if facts.base else None
        known = replace(options.settings, base=facts.base, title=facts.title, licence=facts.licence)
        settings = replace(known, questions=questions, slow=options.slow, texts=self._texts())
        self._app = create_app(self._store, settings, self._writer(facts))
        self._gate.open(self._app, BodyAdmission(self._app))
        return self._opened.current().name

    def index(self) -> None:
        """Read the current version's index and whatever else the first page would wait for."""
        if self._app is not None:
            prepare(self._app)
            get_index_cache(self._app).index()

    def prepare(self) -> None:
        """Read what writes are checked by, where any may come, so that the first does not wait for it."""
        settings = self._options.settings
        if self._prepare_writes and (settings.writable or (settings.tokens and settings.tokens.grants())):
            self._prepare_writes()

    def reload(self) -> None:
        """Take up what is new; where that cannot be read, go on with what there was."""
        if self._app is None:
            return
        try:
            facts, site = self._facts(), self._app.extensions[SITE_EXTENSION]
            for _ in self._store.query(Query("ASK { ?s ?p ?o }", JSON, None)).chunks:
                pass
            settings = replace(site.settings, title=facts.title, licence=facts.licence, texts=self._texts())
            self._app.extensions[SITE_EXTENSION] = replace(site, settings=settings, _known={})
            self.index()
            log.info("Reloaded: version %s is current.", self._store.current().name)
        except CommuniqueError as error:
            log.error("Nothing was reloaded: %s", error)  # noqa: TRY400 -- the sentence says it all

    def _fail(self, why: str) -> None:
        """End the server, so that whatever looks after it starts another: without its workers it answers nothing."""
        log.critical("The server ends: %s", why)
        self.failure = why
        self.stop()

    def close(self) -> None:
        """End the workers."""
        self._held.close()

    def _writer(self, facts: SiteFacts) -> Writer:
        """Return what carries writes out: within the limits, or here without any."""
        options = self._options
        if options.limits is None:
            change = Committer(self._opened, None if facts.base is None else GraphNames(facts.base))
            self._prepare_writes = change.prepare
            return LocalWriter(change)
        writer = ProcessWriter(options.folder, self._opened, options.limits, options.keep)
        self._held.callback(writer.close)
        self._prepare_writes = writer.prepare
        return writer

    def _texts(self) -> dict[str, str]:
        sources = self._options.sources
        return {} if sources is None else {found.digest: found.text for found in read_source_texts(sources)}

    def _facts(self) -> SiteFacts:
        return PLAIN_SITE if self._options.plain else site_facts(self._options.folder)


def run(options: ServeOptions, host: str, port: int, ready: Callable[[str, str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then drain; `ready` is told the address and the version once it is loaded.

    Raises OSError where the address cannot be listened on, and CommuniqueError where the store cannot be opened.
    """
    keep_freed_memory_low(ARENAS)
    sys.setswitchinterval(SWITCH_SECONDS)
    request_limits = options.settings.request_limits
    gate = StartupApp()
    life = Lifecycle(options, gate)
    wanted, descriptors = ConnectionLimits(), raise_descriptor_limit()
    total = connections_for(descriptors, wanted.total, descriptors_needed(options.limits))
    server = Server(
        gate,
        host,
        port,
        threads=options.threads,
        header=request_limits.header,
        proxy=options.proxy,
        connections=replace(wanted, total=total),
    )
    life.stop = server.stop
    stop_on_signals(server)
    with ThreadPoolExecutor(1, "loading") as loader:
        loading = loader.submit(life.load)
        _reload_on_signal(loader, life)
        loading.add_done_callback(partial(_loaded, server, ready, options.settings))
        loader.submit(_prepared, life, loading).add_done_callback(_log_fault)
        try:
            _run_loop(server)
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            life.close()
        loading.result()
    if life.failure is not None:
        raise StoreError(f"The server has ended: {life.failure}")


def _run_loop(server: Server) -> None:
    """Serve until stopped; whatever ends the loop before is logged, and ends the process."""
    try:
        server.run()
    except Exception as error:
        log.critical("The server ends: the loop that all connections are served by has died.", exc_info=True)
        raise CommuniqueError(f"The loop that connections are served by has died: {error!r}.") from error


def _prepared(life: Lifecycle, loading: Future[str]) -> None:
    if loading.exception() is not None:
        return
    for make, without in ((life.index, "Pages will have to wait"), (life.prepare, "Writes will be refused")):
        try:
            make()
        except CommuniqueError as error:
            log.error("%s: %s", without, error)  # noqa: TRY400 -- the sentence says it all


def _loaded(server: Server, ready: Callable[[str, str], None], settings: Settings, loading: Future[str]) -> None:
    if loading.exception() is None:
        ready(server.address, loading.result())
        if settings.writable:
            log.warning(WRITABLE)
    else:
        server.stop()


def _log_fault(task: Future[None]) -> None:
    """Log what a task of the loader did not expect: nobody waits for its result."""
    if task.exception() is not None:
        log.error("Loading has failed.", exc_info=task.exception())


def _reload_on_signal(loader: ThreadPoolExecutor, life: Lifecycle) -> None:
    def reload(_number: int, _frame: FrameType | None) -> None:
        loader.submit(life.reload).add_done_callback(_log_fault)

    signal.signal(signal.SIGHUP, reload)
