"""Relays requests for pages to page processes: the front process's share of a page.

Roles, rates, limits of bodies, logs and metrics apply here, as to every request: a page process only receives requests
that were admitted. Its response is forwarded as it arrives, and its queries of the store are meanwhile answered on
behalf of the request's client.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, Response, current_app, request

from kg.errors import StoppedError, WorkerError
from kg.workers.frames import Channel, FrameKind, GoneError, to_json
from kg.workers.query_jobs import Client
from kg.workers.relayed_store import StoreResponder
from server.http.client import has_client_left, request_client
from server.http.errors import unavailable
from server.http.request_tracking import request_id

PAGE_RELAY_EXTENSION = "communique.page_relay"
URL_SCHEME_KEY = "wsgi.url_scheme"
NOT_FORWARDED = {"HTTP_AUTHORIZATION", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING"}
"""Keys of the environment that are not forwarded: the client is admitted already, and the body decompressed."""
CLIENT_CHECK_SECONDS = 0.25
"""How often to check whether the client has disconnected, while its page is rendered."""


@dataclass(frozen=True)
class PageStats:
    """The figures of page processes: how many run, how many pages they are rendering, how many have been replaced."""

    processes: int
    in_progress: int
    restarts: int


class PageConnector(Protocol):
    """Opens channels to page processes, and answers the queries that arrive over them."""

    def connect(self) -> Channel:
        """Return a channel for one request. Raises HttpError 503 if no process is available."""

    def responder(self, channel: Channel, client: Client) -> StoreResponder:
        """Return the object that answers the queries of the store that arrive over a channel."""

    def stats(self) -> PageStats:
        """Return the figures of the processes."""


def register_page_relay(app: Flask, processes: PageConnector, endpoints: Callable[[str], bool]) -> None:
    """Relay requests to these endpoints of an application; to be registered last, after all checks of requests."""
    app.extensions[PAGE_RELAY_EXTENSION] = processes

    def relay() -> Response | None:
        return relay_page() if request.endpoint and endpoints(request.endpoint) else None

    app.before_request(relay)


def relay_page(form: bytes | None = None) -> Response | None:
    """Return a page process's response to the current request, None if there are no page processes.

    The body of the request, if any, has been read already: `form` has its parameters and those of the address.
    """
    processes: PageConnector | None = current_app.extensions.get(PAGE_RELAY_EXTENSION)
    if processes is None:
        return None
    channel = processes.connect()
    body = _PageBody(channel, processes.responder(channel, request_client()))
    try:
        channel.send(FrameKind.ASK, to_json({"id": request_id.get(), "environment": _environment(form)}))
        channel.send(FrameKind.CHUNK, form or b"")
        # Before the response begins: if the process has ended by then, the client gets a 503 and not a broken response.
        header = body.receive_header()
    except GoneError:
        body.close()
        sentence = "The process that renders this page has ended; another one is being started."
        raise unavailable(sentence) from None
    # On any other exception: the page process would go on for as long as its channel is open.
    except BaseException:
        body.close()
        raise
    return Response(body, header["status"], [tuple(field) for field in header["headers"]])


def _environment(form: bytes | None) -> dict[str, str]:
    """Return the part of the WSGI environment (PEP 3333) that describes the request itself."""
    texts = {key: value for key, value in request.environ.items() if key.isupper() or key == URL_SCHEME_KEY}
    texts = {key: texts[key] for key in texts.keys() - NOT_FORWARDED}
    if form is None:
        return texts
    kind = "application/x-www-form-urlencoded"
    # The form has the address's parameters too: left in the address, each would be given twice.
    return {**texts, "QUERY_STRING": "", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(form))}


class _PageBody(Iterator[bytes]):
    """The body of a page as its process sends it; `close` stops the process from rendering the rest."""

    def __init__(self, channel: Channel, responder: StoreResponder) -> None:
        self._channel, self._responder = channel, responder
        self._has_left = has_client_left()
        self._path = request.path

    def receive_header(self) -> dict[str, Any]:
        """Return the status and the header fields."""
        kind, body = self._receive()
        if kind is not FrameKind.HEAD:
            raise GoneError
        header: dict[str, Any] = json.loads(body)
        return header

    def __next__(self) -> bytes:
        try:
            kind, body = self._receive()
        except GoneError:
            raise WorkerError(
                f"The process that rendered the page {self._path} has ended before the page was complete."
            ) from None
        if kind is FrameKind.CHUNK:
            return body
        self.close()
        if kind is FrameKind.ERROR:
            raise WorkerError(f"The page {self._path} was cut short.")
        raise StopIteration

    def close(self) -> None:
        """Close the channel, and cancel the queries that arrived over it."""
        self._responder.close()
        self._channel.close()

    def _receive(self) -> tuple[FrameKind, bytes]:
        """Return the next frame of the page, and answer its process's queries of the store meanwhile."""
        while True:
            while not self._channel.is_readable(CLIENT_CHECK_SECONDS):
                if self._has_left():
                    raise StoppedError("The client disconnected before the page was complete.")
            # The page process has one channel for the page and its queries: what is not a query belongs to the page.
            kind, body = self._channel.receive()
            if not self._responder.answer(kind, body):
                return kind, body
