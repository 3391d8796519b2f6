"""What the connections of one server share: limits, the decision about bodies, and the count of held bodies."""

from __future__ import annotations

from dataclasses import dataclass

from server.sockets.admission import Admit
from server.sockets.held_bodies import HeldBodies
from server.sockets.limits import ConnectionLimits


@dataclass(frozen=True)
class ConnectionPolicy:
    """The limits and counters that the connections of one server share."""

    limits: ConnectionLimits
    admit: Admit
    bodies: HeldBodies
