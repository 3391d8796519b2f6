"""Connections and incoming requests: waitress, with limits on the connections, time and memory of clients."""

from server.sockets.admission import Admit, Refusal, RequestHead
from server.sockets.limits import ConnectionLimits, connections_for, raise_descriptor_limit
from server.sockets.listener import Listener
from server.sockets.ready_responses import KEEP_KEY, FindReady, ReadyResponse, RequestBytes, no_response

__all__ = [
    "KEEP_KEY",
    "Admit",
    "ConnectionLimits",
    "FindReady",
    "Listener",
    "ReadyResponse",
    "Refusal",
    "RequestBytes",
    "RequestHead",
    "connections_for",
    "no_response",
    "raise_descriptor_limit",
]
