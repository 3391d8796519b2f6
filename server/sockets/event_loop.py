"""The loop over the sockets of a server, whose turn costs nothing for connections at which nothing happens.

Waitress's own loop asks every connection at every turn what it waits for, and hands the whole list to the system: with
a thousand idle connections, that costs ten times what a request does.
"""

from __future__ import annotations

import select
from typing import Any

from waitress.wasyncore import readwrite


class EventLoop(dict[int, Any]):
    """Waitress's dispatchers by their descriptors; only the thread of the loop may use it."""

    def __init__(self) -> None:
        super().__init__()
        self._epoll = select.epoll()
        self._watched: dict[int, int] = {}
        """The events that the system watches for, by descriptor; not those that wait for none."""
        self.turns = 0
        """The turns that have begun; the current one is counted once it has waited."""
        self._unsettled = set[int]()
        """The descriptors whose dispatchers may wait for something else than before."""

    def __setitem__(self, descriptor: int, dispatcher: Any) -> None:  # noqa: ANN401 -- waitress's kinds have none in common
        super().__setitem__(descriptor, dispatcher)
        self._unsettled.add(descriptor)

    def __delitem__(self, descriptor: int) -> None:
        super().__delitem__(descriptor)
        self._unsettled.discard(descriptor)
        self._watch(descriptor, 0)

    def look_again(self, descriptor: int) -> None:
        """Ask a dispatcher at the next turn what it waits for, though nothing happens at its socket."""
        self._unsettled.add(descriptor)

    def turn(self, seconds: float) -> None:
        """Wait up to `seconds` for events, and have the dispatchers handle them."""
        for descriptor in tuple(self._unsettled):
            self._settle(descriptor)
        events = self._epoll.poll(seconds)
        self.turns += 1
        # Those that accept come last: a new connection could be given the descriptor of one that is closed to make
        # room, and then take that one's hang-up for its own.
        for descriptor, flags in sorted(events, key=self._accepts) if len(events) > 1 else events:
            dispatcher = self.get(descriptor)
            if dispatcher is not None:
                self._unsettled.add(descriptor)
                readwrite(dispatcher, flags)

    def close(self) -> None:
        """Close the system's list of what is watched."""
        self._epoll.close()

    def _accepts(self, event: tuple[int, int]) -> bool:
        dispatcher = self.get(event[0])
        return dispatcher is not None and dispatcher.accepting

    def _settle(self, descriptor: int) -> None:
        dispatcher = self.get(descriptor)
        if dispatcher is None:
            return
        # First: another thread may end a response now, after which what is asked next holds until something happens.
        is_at_rest = getattr(dispatcher, "is_at_rest", True)
        flags = select.EPOLLIN | select.EPOLLPRI if dispatcher.readable() else 0
        if dispatcher.writable() and not dispatcher.accepting:
            flags |= select.EPOLLOUT
        # It may have closed itself, or others, for being overdue.
        if descriptor in self:
            self._watch(descriptor, flags)
            if is_at_rest:
                self._unsettled.discard(descriptor)

    def _watch(self, descriptor: int, flags: int) -> None:
        before = self._watched.get(descriptor, 0)
        if flags == before:
            return
        if not flags:
            # Not with no events to watch for: the system reports a hang-up all the same, turn after turn.
            self._epoll.unregister(descriptor)
            del self._watched[descriptor]
            return
        (self._epoll.modify if before else self._epoll.register)(descriptor, flags)
        self._watched[descriptor] = flags
