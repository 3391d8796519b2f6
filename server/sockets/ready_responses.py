"""Responses that are there before a request is answered: they are sent by the loop's own thread.

To hand a request to another thread and the response back costs more than to send one that is in memory: two changes of
threads, each of which may wait for the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

READY_KEY = "communique.ready"
"""The key of the response that `FindReady` returned, in the WSGI environment of its request."""
_LOOKUP_KEY = "communique.lookup"

FindReady = Callable[[WSGIEnvironment], object | None]
"""Returns the response to a request if it is in memory, or None. Called in the loop's thread, so it must be quick.

The application gets what it returns under READY_KEY, and then answers without waiting for anything.
"""


def no_response(_environ: WSGIEnvironment) -> None:
    """Find no ready response: for an application that keeps none."""


def with_lookup(application: WSGIApplication, find_ready: FindReady) -> WSGIApplication:
    """Return an application that finds a ready response too, for `look_up`."""

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        responses = environ.pop(_LOOKUP_KEY, None)
        if responses is None:
            return application(environ, start_response)
        responses.append(find_ready(environ))
        return ()

    return call


def look_up(application: WSGIApplication, environ: WSGIEnvironment) -> object | None:
    """Return the ready response to a request, or None, from an application that may have middleware around it."""
    # Through the middleware, since it changes the environment (a proxy's fields), and so on a copy.
    responses: list[object | None] = []
    application({**environ, _LOOKUP_KEY: responses}, _start_nothing)
    return responses[0] if responses else None


def _start_nothing(*_: Any) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
    raise NotImplementedError("A lookup starts no response.")
