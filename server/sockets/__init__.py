"""Connections and incoming requests: waitress, with limits on the connections, time and memory of clients."""

from server.sockets.admission import Admit, Refusal, RequestHeader
from server.sockets.cached_responses import (
    ALONE,
    CACHE_HEADER_KEY,
    CachedResponse,
    FindCached,
    RequestBytes,
    no_response,
)
from server.sockets.limits import ConnectionLimits, connections_for, raise_descriptor_limit
from server.sockets.listener import Listener

__all__ = [
    "ALONE",
    "CACHE_HEADER_KEY",
    "Admit",
    "CachedResponse",
    "ConnectionLimits",
    "FindCached",
    "Listener",
    "Refusal",
    "RequestBytes",
    "RequestHeader",
    "connections_for",
    "no_response",
    "raise_descriptor_limit",
]
