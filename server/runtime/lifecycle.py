"""The lifecycle of `kg serve`: listen, load the store, serve, reload on SIGHUP, drain and stop.

It listens first, so that /health and /ready answer while the store is being loaded. Requests see a new version of the
store without any signal. SIGHUP makes the workers open it, and reloads the corpus's title and licence and the
articles' texts, while requests are being answered.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FrameType

from flask import Flask

from kg.app.write import Committer
from kg.app.write_provenance import built_with_another_ontology
from kg.datasets import GraphNames
from kg.engines import StorePlace
from kg.errors import CommuniqueError, RequestError, StoreError
from kg.formats import JSON
from kg.store import EmbeddedStore, Query, open_store
from kg.workers.descriptor_budget import descriptors_needed
from kg.workers.limited_engine import LimitedEngine
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.workers.pooled_store import PooledStore
from kg.workers.query_limits import QueryLimits
from kg.workers.served_store import ServedStore, UnlimitedStore
from kg.writer.local_writer import LocalWriter
from kg.writer.process_writer import ProcessWriter
from kg.writer.write_requests import Writer
from server.app import create_app, prepare_pages, renew_settings
from server.auth.body_admission import admit
from server.http.answer_refresh import refresh_of
from server.http.cache_middleware import find_cached_of
from server.monitoring.peer_front_processes import PEERS_EXTENSION, FrontProcessPosition, PeerFrontProcesses
from server.runtime.http_server import THREADS, Server, stop_on_signals
from server.runtime.page_process import PageOptions
from server.runtime.page_processes import PAGE_PROCESS_DESCRIPTORS, PageProcesses
from server.runtime.site_settings import SiteSource
from server.runtime.startup_app import StartupApp
from server.site import Settings
from server.sockets.limits import ConnectionLimits, connections_for, raise_descriptor_limit

MALLOC_ARENAS = 2
"""The number of malloc's arenas, which all threads share: memory freed in one is not available in another."""
SPARE_THREADS = 4
"""Threads for requests that need no worker."""
SWITCH_SECONDS = 0.001
"""How long a computing thread may hold the interpreter lock, for which the threads that send responses wait."""
OTHER_ONTOLOGY_WARNING = (
    "The store was built with an ontology other than this program's, and answers by that one: `kg build` brings it up "
    "to date, or else the first write infers and validates everything again."
)
WRITABLE_WARNING = (
    "Programs of this user on this machine may write without a token (--writable). Do not put a proxy in front: "
    "for its clients, use tokens (`kg token add`) and a server without --writable."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServeOptions:
    """What to serve, and how; without limits, queries run in the server process."""

    folder: Path
    plain: bool = False
    keep: int = 0
    """The number of newest versions that a write keeps; 0 for all."""
    limits: QueryLimits | None = None
    settings: Settings = field(default_factory=Settings)
    """The operator's settings; base, title and licence are taken from the corpus."""
    proxy: str | None = None
    """The address of the reverse proxy whose X-Forwarded headers are trusted."""
    sources: Path | None = None
    """The folder of the articles' texts that pages show, if any."""
    processes: int = 1
    """The number of front processes that serve the port."""
    page_processes: int = 1
    """The number of processes that render pages; without limits, or with 0, the front process renders them."""
    log: str | None = None
    """The format of the log; None for the one that suits standard error."""
    engine: StorePlace | None = None
    """The engine to query instead of a store in the folder, if any; then nothing is written."""

    @property
    def source(self) -> SiteSource:
        """Return the source of the site's settings."""
        return SiteSource(self.folder, self.plain, self.settings, self.sources, self.engine)

    @property
    def max_pages(self) -> int:
        """Return how many pages may be rendered at once, which leaves threads for all other requests."""
        return self.threads // 2

    @property
    def descriptors(self) -> int:
        """Return how many file descriptors connections must leave free."""
        pages = self.max_pages + self.page_processes * PAGE_PROCESS_DESCRIPTORS
        return descriptors_needed(self.limits) + (pages if self.limits is not None and self.page_processes else 0)

    @property
    def threads(self) -> int:
        """Return the number of threads: enough for requests to wait for workers or writes, but never for a thread."""
        limits = self.limits
        return THREADS if limits is None else limits.workers + limits.streams + 3 * limits.queue + SPARE_THREADS


@dataclass(frozen=True)
class JoinedFrontProcess:
    """What one of several front processes receives: its position, the port's socket, and one for others' questions."""

    position: FrontProcessPosition
    listening: socket.socket
    questions: socket.socket
    is_replacement: bool
    """Whether others serve already, so that this process need not refuse requests while it loads the store."""


class Lifecycle:
    """The store, the workers and the application of a server, from `load` to `close`."""

    def __init__(self, options: ServeOptions, startup_app: StartupApp, front: JoinedFrontProcess | None = None) -> None:
        self._options, self._startup_app, self._front = options, startup_app, front
        self._resources = ExitStack()
        # With an engine, there is only a remote store.
        self._embedded_store: EmbeddedStore | None = None if options.engine else _open_folder(options)
        self._store = UnlimitedStore(self._embedded_store) if self._embedded_store else _open_engine(options)
        self._app: Flask | None = None
        self._pages: PageProcesses | None = None
        self.stop: Callable[[], None] = lambda: None
        """Stops the server after a failure."""
        self.failure: str | None = None
        """Why the server had to stop, None while it runs."""
        self._load_schema: Callable[[], None] | None = None

    def load(self) -> str:
        """Start the workers and hand requests over to the application; return the name of the current version."""
        options, settings = self._options, self._options.source.settings()
        if options.limits is not None and self._embedded_store is not None:
            pooled = self._resources.enter_context(PooledStore.open(options.folder, options.limits, self._fail))
            self._store, self._pages = pooled, self._start_page_processes(pooled, options.limits)
        self._app = create_app(self._store, settings, self._writer(self._embedded_store, settings.base), self._pages)
        if self._front is not None:
            peers: PeerFrontProcesses = self._app.extensions[PEERS_EXTENSION]
            peers.join(self._front.position, self._front.questions)
        refresh = refresh_of(self._app, self._store, settings.refresh)
        if refresh is not None:
            self._resources.callback(refresh.close)
            refresh.start()
        self._startup_app.hand_over(self._app, partial(admit, self._app), find_cached_of(self._app))
        return self._store.current().name

    def _start_page_processes(self, store: PooledStore, limits: QueryLimits) -> PageProcesses | None:
        """Start the page processes, if any are wanted; they authenticate no client, so they need no tokens."""
        options = self._options
        if not options.page_processes:
            return None
        source = replace(options.source, operator_settings=replace(options.source.operator_settings, tokens=None))
        page_options = PageOptions(source, limits, options.log)
        processes = PageProcesses(page_options, store, options.page_processes, options.max_pages)
        self._resources.callback(processes.close)
        processes.start()
        return processes

    def compare_ontologies(self) -> None:
        """Log a warning if the store was built with another ontology than this program's."""
        base = self._options.source.settings().base
        if base and built_with_another_ontology(self._store, GraphNames(base)):
            log.warning(OTHER_ONTOLOGY_WARNING)

    def index(self) -> None:
        """Render cached pages and build the search index before the first request; page processes do so themselves."""
        if self._app is not None and self._pages is None:
            prepare_pages(self._app)

    def load_schema(self) -> None:
        """Load the ontology and shapes if writes are allowed, so that the first write need not wait."""
        settings = self._options.settings
        if self._load_schema and (settings.writable or (settings.tokens and settings.tokens.grants())):
            self._load_schema()

    def reload(self) -> None:
        """Reload the settings of the corpus; keep the old ones if that fails."""
        if self._app is None:
            return
        try:
            settings = self._options.source.settings()
            for _ in self._store.query(Query("ASK { ?s ?p ?o }", JSON, None)).chunks:  # a worker opens the version
                pass
            renew_settings(self._app, self._store, settings)
            if self._pages is not None:
                self._pages.reload()
            self.index()
            log.info("Reloaded: version %s is current.", self._store.current().name)
        except CommuniqueError as error:
            log.error("Reloading failed, the old settings stay: %s", error)  # noqa: TRY400 -- the message is complete

    def _fail(self, reason: str) -> None:
        """Stop the server, so that its supervisor starts another: it cannot answer without workers."""
        log.critical("The server stops: %s", reason)
        self.failure = reason
        self.stop()

    def close(self) -> None:
        """Stop the workers and the writer."""
        self._resources.close()

    def _writer(self, store: EmbeddedStore | None, base: str | None) -> Writer | None:
        """Return the writer: processes within the limits, or this process without limits; None for an engine."""
        options = self._options
        if store is None:
            return None
        if options.limits is None:
            committer = Committer(store, None if base is None else GraphNames(base))
            self._load_schema = committer.load_schema
            return LocalWriter(committer.commit)
        writer = ProcessWriter(options.folder, store, options.limits, options.keep)
        self._resources.callback(writer.close)
        self._load_schema = writer.load_schema
        return writer


def _open_folder(options: ServeOptions) -> EmbeddedStore:
    if options.plain:
        return EmbeddedStore.open(options.folder, GraphNames(""), plain=True, keep=options.keep)
    return open_store(options.folder, options.keep)


def _open_engine(options: ServeOptions) -> ServedStore:
    """Open an engine as a store, with limits if there are any. Raises RequestError or FetchError."""
    if options.engine is None:
        raise RequestError("There is neither a folder nor an engine to serve.")
    engine = options.engine.open_engine()
    return UnlimitedStore(engine) if options.limits is None else LimitedEngine(engine, options.limits)


def run(
    options: ServeOptions,
    host: str,
    port: int,
    ready: Callable[[str, str], None],
    front: JoinedFrontProcess | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain; `ready` is called with the address and the version after loading.

    Raises OSError if the address cannot be listened on, CommuniqueError if the store cannot be opened.
    """
    keep_freed_memory_low(MALLOC_ARENAS)  # before threads start, each with its own arena
    sys.setswitchinterval(SWITCH_SECONDS)
    startup_app = StartupApp()
    # Before listening: a folder without a store is an error of the command, not a server that is never ready.
    lifecycle = Lifecycle(options, startup_app, front)
    server = _new_server(options, startup_app, host, port, front)
    lifecycle.stop = server.stop
    # Before the store is loaded, so that a signal also stops a server that is still loading.
    stop_on_signals(server)
    _load_and_serve(server, lifecycle, partial(_report_loaded, server, ready, options.settings))
    if lifecycle.failure is not None:
        raise StoreError(f"The server has stopped: {lifecycle.failure}")


def _new_server(
    options: ServeOptions, startup_app: StartupApp, host: str, port: int, front: JoinedFrontProcess | None
) -> Server:
    """Return a server that listens, with as many connections as the process's descriptors allow."""
    limits, descriptors = ConnectionLimits(), raise_descriptor_limit()
    server = Server(
        startup_app,
        host,
        port,
        threads=options.threads,
        header=options.settings.request_limits.header,
        proxy=options.proxy,
        connections=replace(limits, total=connections_for(descriptors, limits.total, options.descriptors)),
        listening=None if front is None else front.listening,
    )
    server.leave_connections_to_others(leave=front is not None and front.is_replacement)
    return server


def _load_and_serve(server: Server, lifecycle: Lifecycle, report_loaded: Callable[[Future[str]], None]) -> None:
    """Load the store in a thread of its own while the loop serves; raise the error of loading, if any."""
    # A single thread, so that a reload waits for the loading before it.
    with ThreadPoolExecutor(1, "loading") as loader:
        loading = loader.submit(lifecycle.load)
        _reload_on_signal(loader, lifecycle)
        loading.add_done_callback(report_loaded)
        loader.submit(_prepare, lifecycle, loading).add_done_callback(_log_unexpected_error)
        try:
            _run_loop(server)
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a reload would use workers that are being stopped
            lifecycle.close()
        loading.result()


def _run_loop(server: Server) -> None:
    """Serve until stopped; an error in the loop is logged and ends the process."""
    try:
        server.run()
    except Exception as error:
        # On any exception: no connection is served without the loop, and the cause must reach the log.
        log.critical("The server stops: the loop that serves all connections has failed.", exc_info=True)
        raise CommuniqueError(f"The loop that serves all connections has failed: {error!r}.") from error


def _prepare(lifecycle: Lifecycle, loading: Future[str]) -> None:
    if loading.exception() is not None:
        return
    # A failure is logged and does not stop the others: requests can be answered without any of them.
    for make, consequence in (
        (lifecycle.compare_ontologies, "Which ontology the store was built with is not known"),
        (lifecycle.index, "The first page has to wait"),
        (lifecycle.load_schema, "Writes will be refused"),
    ):
        try:
            make()
        except CommuniqueError as error:
            log.error("%s: %s", consequence, error)  # noqa: TRY400 -- the message is complete


def _report_loaded(server: Server, ready: Callable[[str, str], None], settings: Settings, loading: Future[str]) -> None:
    if loading.exception() is None:
        gc.freeze()  # collections need not look at the program, which is never garbage: 4% of a query's processor time
        server.leave_connections_to_others(leave=False)
        ready(server.address, loading.result())
        if settings.writable:
            log.warning(WRITABLE_WARNING)
    else:
        server.stop()


def _log_unexpected_error(task: Future[None]) -> None:
    """Log an unexpected error of a task whose result nobody waits for."""
    if task.exception() is not None:
        log.error("Loading has failed.", exc_info=task.exception())


def _reload_on_signal(loader: ThreadPoolExecutor, lifecycle: Lifecycle) -> None:
    def reload(_number: int, _frame: FrameType | None) -> None:
        loader.submit(lifecycle.reload).add_done_callback(_log_unexpected_error)

    signal.signal(signal.SIGHUP, reload)
