"""A page process: renders the application's pages and holds the search index, apart from the front process.

The front process starts it and answers its queries of the store; it ends with the front process. Each request arrives
over its own channel and is answered in its own thread.
"""

from __future__ import annotations

import io
import json
import logging
import os
import pickle
import select
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask

from kg.errors import CommuniqueError
from kg.store import open_store
from kg.workers.confinement import end_with_starter, mark_as_first_oom_victim
from kg.workers.frames import MAX_CHUNK_BYTES, Channel, FrameKind, GoneError, to_json
from kg.workers.memory_ceiling import keep_freed_memory_low
from kg.workers.query_limits import QueryLimits
from kg.workers.relayed_store import RelayedStore, StoreLink
from server.app import create_page_app, prepare_pages, renew_settings
from server.http.client import PAGE_STORE
from server.http.request_tracking import request_id
from server.monitoring.logs import logging_to_stderr
from server.runtime.site_settings import SiteSource

ARENAS = 2
"""The number of malloc's arenas, which all threads share: memory freed in one is not available in another."""
REQUEST, RELOAD = b"request", b"reload"
"""Messages from the front process over the control socket; a request comes with its channel."""
MAX_MESSAGE_BYTES = 64
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageOptions:
    """What a page process serves, the limits of its queries, and the format of its log."""

    source: SiteSource
    limits: QueryLimits
    log: str | None = None


def main() -> None:
    """Serve pages; the arguments are the descriptors of the control socket and of the store's channel."""
    control, lent = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    end_with_starter()
    keep_freed_memory_low(ARENAS)
    # A page can be rendered again, while the front process holds all connections.
    mark_as_first_oom_victim()
    channel = Channel(lent)
    _, body = channel.receive()
    options: PageOptions = pickle.loads(body)  # noqa: S301 -- from the process that has started this one
    with logging_to_stderr(options.log), suppress(GoneError):
        _PageProcess(options, channel).run(control)
    os._exit(0)  # at once: threads may still be rendering for clients of a front process that has ended


class _PageProcess:
    def __init__(self, source: PageOptions, channel: Channel) -> None:
        self._source = source.source
        records = open_store(self._source.folder)
        self._store = RelayedStore(records, source.limits, StoreLink(channel))
        self._app = create_page_app(self._store, self._source.settings())

    def run(self, control: socket.socket) -> None:
        """Answer requests until the front process ends."""
        self._in_background(partial(prepare_pages, self._app))
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE_BYTES, 1)
            if not message:
                return
            if message == RELOAD:
                self._in_background(self._reload)
            for descriptor in descriptors:
                connection = Channel(socket.socket(fileno=descriptor))
                threading.Thread(target=self._serve, args=(connection,), name="page", daemon=True).start()

    def _in_background(self, work: Callable[[], None]) -> None:
        def logged() -> None:
            try:
                work()
            except CommuniqueError as error:
                log.error("The first page has to wait: %s", error)  # noqa: TRY400 -- the message is complete
            except GoneError:
                return

        threading.Thread(target=logged, name="loading", daemon=True).start()

    def _reload(self) -> None:
        """Reload the corpus's settings and the articles' texts."""
        renew_settings(self._app, self._store, self._source.settings())
        prepare_pages(self._app)

    def _serve(self, channel: Channel) -> None:
        try:
            _, message = channel.receive()
            _, body = channel.receive()
            request = json.loads(message)
            request_id.set(request["id"])
            environment = _environment(request["environment"], body, channel)
            environment[PAGE_STORE] = self._store.over(channel)
            _send_answer(self._app, environment, channel)
        except GoneError:
            return  # the client has disconnected
        finally:
            channel.close()


def _environment(texts: dict[str, str], body: bytes, channel: Channel) -> WSGIEnvironment:
    poll = select.poll()
    poll.register(channel.fileno(), select.POLLRDHUP | select.POLLHUP)
    return {
        **texts,
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "waitress.client_disconnected": lambda: bool(poll.poll(0)),
    }


def _send_answer(app: Flask, environment: WSGIEnvironment, channel: Channel) -> None:
    """Send the application's response; an error after its header is sent as the last frame."""

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
        channel.send(FrameKind.HEAD, to_json({"status": status, "headers": headers}))
        return lambda data: channel.send(FrameKind.CHUNK, data)

    chunks: Iterable[bytes] = app.wsgi_app(environment, start)
    try:
        for chunk in chunks:
            # The other end refuses larger frames.
            for begin in range(0, len(chunk), MAX_CHUNK_BYTES):
                channel.send(FrameKind.CHUNK, chunk[begin : begin + MAX_CHUNK_BYTES])
        channel.send(FrameKind.END)
    except CommuniqueError:
        channel.send(FrameKind.ERROR)  # it is logged where it occurs
    finally:
        getattr(chunks, "close", lambda: None)()
