"""A page process: the application's pages, with the index that they look up, in a process that others do not share.

It is started by the server's own process, which lends it the store, and ends with it. Each request comes over a
channel of its own and is answered in a thread of its own.
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
from dataclasses import dataclass, replace
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask

from kg.errors import CommuniqueError
from kg.store import open_store
from kg.workers import QueryLimits, RelayedStore, StoreLink
from kg.workers.confinement import end_with_starter, mark_as_first_oom_victim
from kg.workers.frames import MAX_CHUNK_BYTES, Channel, FrameKind, GoneError, to_json
from kg.workers.memory_ceiling import keep_freed_memory_low
from server.app import create_page_app
from server.http.client import PAGE_STORE
from server.http.request_tracking import request_id
from server.monitoring.logs import logging_to_stderr
from server.pages import prepare
from server.runtime.site_settings import SiteSource
from server.search import get_index_cache
from server.site import SITE_EXTENSION

ARENAS = 2
"""Arenas that the threads share: freed memory of one is no other's."""
REQUEST, RELOAD = b"request", b"reload"
"""What the server says over the control socket, a request with its channel."""
MAX_MESSAGE_BYTES = 64
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageOptions:
    """What a page process serves, within which limits the store is asked, and how it logs."""

    source: SiteSource
    limits: QueryLimits
    log: str | None = None


def main() -> None:
    """Serve pages over the control socket and the store's channel whose descriptors are the arguments."""
    control, lent = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    end_with_starter()
    keep_freed_memory_low(ARENAS)
    mark_as_first_oom_victim()
    channel = Channel(lent)
    _, body = channel.receive()
    source: PageOptions = pickle.loads(body)  # noqa: S301 -- from the process that has started this one
    with logging_to_stderr(source.log), suppress(GoneError):
        _PageProcess(source, channel).run(control)
    os._exit(0)  # whatever its threads are doing: nobody waits for it any more


class _PageProcess:
    def __init__(self, source: PageOptions, channel: Channel) -> None:
        self._source = source.source
        records = open_store(self._source.folder)
        self._store = RelayedStore(records, source.limits, StoreLink(channel))
        self._app = create_page_app(self._store, self._source.settings())

    def run(self, control: socket.socket) -> None:
        """Answer requests until the server has gone."""
        self._in_background(self._prepare)
        while True:
            word, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE_BYTES, 1)
            if not word:
                return
            if word == RELOAD:
                self._in_background(self._reload)
            for descriptor in descriptors:
                connection = Channel(socket.socket(fileno=descriptor))
                threading.Thread(target=self._serve, args=(connection,), name="page", daemon=True).start()

    def _in_background(self, work: Callable[[], None]) -> None:
        def logged() -> None:
            try:
                work()
            except CommuniqueError as error:
                log.error("Pages will have to wait: %s", error)  # noqa: TRY400 -- the sentence says it all
            except GoneError:
                return

        threading.Thread(target=logged, name="loading", daemon=True).start()

    def _prepare(self) -> None:
        """Read the current version's index and whatever else the first page would wait for."""
        prepare(self._app)
        get_index_cache(self._app).index()

    def _reload(self) -> None:
        """Take up what the corpus says of itself, and the articles' texts."""
        site = self._app.extensions[SITE_EXTENSION]
        self._app.extensions[SITE_EXTENSION] = replace(site, settings=self._source.settings(), _values={})
        self._prepare()

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
            return  # whoever wanted the page has gone
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
    """Send what the application answers; an error after the head ends it with one."""

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
        channel.send(FrameKind.HEAD, to_json({"status": status, "headers": headers}))
        return lambda data: channel.send(FrameKind.CHUNK, data)

    chunks: Iterable[bytes] = app.wsgi_app(environment, start)
    try:
        for chunk in chunks:
            for begin in range(0, len(chunk), MAX_CHUNK_BYTES):
                channel.send(FrameKind.CHUNK, chunk[begin : begin + MAX_CHUNK_BYTES])
        channel.send(FrameKind.END)
    except CommuniqueError:
        channel.send(FrameKind.ERROR)  # it is logged where it is met
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
