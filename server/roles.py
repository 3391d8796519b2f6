"""Who may do what with this server: the one place that says so."""

from __future__ import annotations

from flask import request

from server.errors import HttpError
from server.site import site
from server.writing import LOOPBACK, refuse_strangers


def require_admin() -> None:
    """Let the request pass if its sender may look after this server, or raise a 403 that says why not.

    For now that is who asks from this machine, of a server that takes writes, and not for another origin's page.
    """
    if site().change is None:
        raise HttpError(403, "This server is read-only, and cannot be looked after over HTTP.")
    if request.remote_addr not in LOOPBACK:
        raise HttpError(403, "The server is looked after from the machine that it runs on.")
    refuse_strangers()
