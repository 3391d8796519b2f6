"""The event loop of a server's sockets, whose turns cost nothing for connections at which nothing happens.

At every turn, waitress's own loop asks every connection what it waits for, and passes the whole list to the system:
with a thousand idle connections, that costs ten times as much as a request.
"""

from __future__ import annotations

import select
from typing import Any

from waitress.wasyncore import readwrite


class EventLoop(dict[int, Any]):
    """Waitress's dispatchers by file descriptor; only the loop's thread may use it."""

    def __init__(self) -> None:
        super().__init__()
        self._epoll = select.epoll()
        self._watched: dict[int, int] = {}
        """The events that the system watches for, by descriptor; descriptors with no events are left out."""
        self.turns = 0
        """The number of turns that have begun; a turn counts once it has waited."""
        self._unsettled = set[int]()
        """The descriptors whose dispatchers may be waiting for other events than before."""

    def __setitem__(self, descriptor: int, dispatcher: Any) -> None:  # noqa: ANN401 -- waitress's kinds have none in common
        super().__setitem__(descriptor, dispatcher)
        self._unsettled.add(descriptor)

    def __delitem__(self, descriptor: int) -> None:
        super().__delitem__(descriptor)
        self._unsettled.discard(descriptor)
        self._watch(descriptor, 0)

    def look_again(self, descriptor: int) -> None:
        """Check at the next turn what a dispatcher waits for, even if nothing happens at its socket."""
        self._unsettled.add(descriptor)

    def turn(self, seconds: float) -> None:
        """Wait up to `seconds` for events, and have the dispatchers handle them."""
        for descriptor in tuple(self._unsettled):
            self._settle(descriptor)
        events = self._epoll.poll(seconds)
        self.turns += 1
        # Dispatchers that accept come last: a new connection could get the descriptor of one that is closed to make
        # room, and then take that one's hang-up for its own.
        for descriptor, flags in sorted(events, key=self._accepts) if len(events) > 1 else events:
            dispatcher = self.get(descriptor)
            if dispatcher is not None:
                self._unsettled.add(descriptor)
                readwrite(dispatcher, flags)

    def close(self) -> None:
        """Close the system's list of watched descriptors."""
        self._epoll.close()

    def _accepts(self, event: tuple[int, int]) -> bool:
        dispatcher = self.get(event[0])
        return dispatcher is not None and dispatcher.accepting

    def _settle(self, descriptor: int) -> None:
        dispatcher = self.get(descriptor)
        if dispatcher is None:
            return
        # Read first: another thread may end a response now, and only at rest do the answers below hold until an event.
        is_at_rest = getattr(dispatcher, "is_at_rest", True)
        flags = select.EPOLLIN | select.EPOLLPRI if dispatcher.readable() else 0
        if dispatcher.writable() and not dispatcher.accepting:
            flags |= select.EPOLLOUT
        # `readable` may have closed this dispatcher, or others that were overdue.
        if descriptor in self:
            self._watch(descriptor, flags)
            if is_at_rest:
                self._unsettled.discard(descriptor)

    def _watch(self, descriptor: int, flags: int) -> None:
        before = self._watched.get(descriptor, 0)
        if flags == before:
            return
        if not flags:
            # Rather than watch for no events: the system would still report a hang-up, turn after turn.
            self._epoll.unregister(descriptor)
            del self._watched[descriptor]
            return
        (self._epoll.modify if before else self._epoll.register)(descriptor, flags)
        self._watched[descriptor] = flags
