"""What connections are held to: their limits, who decides on a request's body, and the bodies that are held."""

from __future__ import annotations

from dataclasses import dataclass

from server.sockets.admission import Admit
from server.sockets.held_bodies import HeldBodies
from server.sockets.limits import ConnectionLimits


@dataclass(frozen=True)
class Policy:
    """What one server's connections share."""

    limits: ConnectionLimits
    admit: Admit
    bodies: HeldBodies
