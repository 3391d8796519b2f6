"""Connections and incoming requests: waitress, with limits on the connections, time and memory of clients."""

from server.sockets.admission import Admit, Refusal, RequestHead
from server.sockets.limits import ConnectionLimits, connections_for, raise_descriptor_limit
from server.sockets.listener import Listener
from server.sockets.ready_responses import READY_KEY, FindReady, no_response

__all__ = [
    "READY_KEY",
    "Admit",
    "ConnectionLimits",
    "FindReady",
    "Listener",
    "Refusal",
    "RequestHead",
    "connections_for",
    "no_response",
    "raise_descriptor_limit",
]
