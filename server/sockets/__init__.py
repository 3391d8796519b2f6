"""Connections and incoming requests: waitress, with limits on the connections, time and memory of clients."""

from __future__ import annotations

from server.sockets.admission import Admit, Refusal, RequestHead
from server.sockets.limits import ConnectionLimits, connections_for, raise_descriptor_limit
from server.sockets.listener import Listener

__all__ = [
    "Admit",
    "ConnectionLimits",
    "Listener",
    "Refusal",
    "RequestHead",
    "connections_for",
    "raise_descriptor_limit",
]
