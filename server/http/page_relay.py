"""Passing requests for pages on to the processes that make them: what the server's own process does of a page.

Roles, rates, limits of bodies, logs and metrics come before and around it, as for every request; a page process gets
the request as it would be let in, and its answer is sent on as it comes. While it is made, what it asks of the store
is answered here, on behalf of the request's client.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, Response, current_app, request

from kg.errors import StoppedError, WorkerError
from kg.workers import Client, Lender
from kg.workers.frames import Channel, FrameKind, GoneError, to_json
from server.http.client import request_client
from server.http.errors import HttpError
from server.http.request_tracking import request_id

PAGE_RELAY_EXTENSION = "communique.page_relay"
SCHEME = "wsgi.url_scheme"
UNSENT = {"HTTP_AUTHORIZATION", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING"}
"""What a page process does not get of the environment: who may not read has been refused, and a body is plain."""
LOOK_SECONDS = 0.25
"""How often a client is looked at while its page is made."""


@dataclass(frozen=True)
class PageStats:
    """The figures of page processes: how many run, how many pages they are making, how many have been replaced."""

    processes: int
    in_progress: int
    restarts: int


class PageConnector(Protocol):
    """What gives a channel to a page process, and answers what the process asks of the store over it."""

    def connect(self) -> Channel:
        """Return a channel for one request; HttpError 503 where none can be had."""

    def lender(self, channel: Channel, client: Client) -> Lender:
        """Return what answers the store's requests that come over a channel."""

    def stats(self) -> PageStats:
        """Return the figures of the processes."""


def register_page_relay(app: Flask, processes: PageConnector, endpoints: Callable[[str], bool]) -> None:
    """Have page processes answer the requests to these endpoints of an application; the last to be registered."""
    app.extensions[PAGE_RELAY_EXTENSION] = processes

    def relay() -> Response | None:
        return relay_page() if request.endpoint and endpoints(request.endpoint) else None

    app.before_request(relay)


def relay_page(form: bytes | None = None) -> Response | None:
    """Return the answer of a page process to the current request, None where there are no such processes.

    The body of a request that has one is read by now: its parameters, those of its address among them, are the form.
    """
    processes: PageConnector | None = current_app.extensions.get(PAGE_RELAY_EXTENSION)
    if processes is None:
        return None
    channel = processes.connect()
    body = _PageBody(channel, processes.lender(channel, request_client()))
    try:
        channel.send(FrameKind.ASK, to_json({"id": request_id.get(), "environment": _environment(form)}))
        channel.send(FrameKind.CHUNK, form or b"")
        head = body.head()
    except GoneError:
        body.close()
        sentence = "The process that made this page has ended; another takes its place."
        raise HttpError(503, sentence, headers={"Retry-After": "1"}) from None
    except BaseException:
        body.close()
        raise
    return Response(body, head["status"], [tuple(field) for field in head["headers"]])


def _environment(form: bytes | None) -> dict[str, str]:
    """Return what the request's environment (PEP 3333) says of the request itself."""
    texts = {key: value for key, value in request.environ.items() if key.isupper() or key == SCHEME}
    texts = {key: texts[key] for key in texts.keys() - UNSENT}
    if form is None:
        return texts
    kind = "application/x-www-form-urlencoded"
    return {**texts, "QUERY_STRING": "", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(form))}


class _PageBody(Iterator[bytes]):
    """The body of a page as its process sends it; `close` has the process make no more of it."""

    def __init__(self, channel: Channel, lender: Lender) -> None:
        self._channel, self._lender = channel, lender
        self._has_left = request.environ.get("waitress.client_disconnected", lambda: False)
        self._path = request.path

    def head(self) -> dict[str, Any]:
        """Return the status and the header fields."""
        kind, body = self._receive()
        if kind is not FrameKind.HEAD:
            raise GoneError
        head: dict[str, Any] = json.loads(body)
        return head

    def __next__(self) -> bytes:
        try:
            kind, body = self._receive()
        except GoneError:
            raise WorkerError(f"The process that made the page {self._path} has ended before it was whole.") from None
        if kind is FrameKind.CHUNK:
            return body
        self.close()
        if kind is FrameKind.ERROR:
            raise WorkerError(f"The page {self._path} broke off.")
        raise StopIteration

    def close(self) -> None:
        """End the channel, and what the store still has to answer over it."""
        self._lender.close()
        self._channel.close()

    def _receive(self) -> tuple[FrameKind, bytes]:
        """Return the next frame of the page, answering meanwhile what its process asks of the store."""
        while True:
            while not self._channel.is_readable(LOOK_SECONDS):
                if self._has_left():
                    raise StoppedError("The client left before the page was whole.")
            kind, body = self._channel.receive()
            if not self._lender.answer(kind, body):
                return kind, body
