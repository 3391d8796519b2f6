"""A store used over a channel by a process without workers, and the other end, which has the workers.

Each answer has a number, and its chunks are sent one at a time, on request: the end with the workers never sends
anything unrequested, so the two cannot deadlock, whatever else is sent over the channel.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import Any

from kg.errors import CommuniqueError
from kg.store import Answer, Store
from kg.workers.frames import Channel, FrameKind, from_error, from_head, to_error, to_head, to_json
from kg.workers.limited_store import LimitedStore
from kg.workers.query_jobs import Client
from kg.workers.query_limits import QueryLimits


class StoreLink:
    """The requesting end of a channel; thread-safe, but requests of several threads wait for each other."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self._lock, self._numbers = channel, Lock(), count(1)
        # A deque, since the garbage collector may drop an answer in any thread, and appending needs no lock.
        self._forgotten: deque[int] = deque()

    def ask(self, request: dict[str, Any], client: Client) -> tuple[int, bytes]:
        """Request an answer, and return its number and its head, or raise the error sent instead."""
        with self._lock:
            number = next(self._numbers)
            # Of the client, only its timeout is sent: the other end has its address, and notices if it disconnects.
            message = {"number": number, "request": request, "timeout": client.timeout, "limit": client.limit}
            # The lock is held until the reply arrives: replies do not identify the message that they belong to.
            _, head = self._exchange(FrameKind.ASK, message)
            return number, head

    def next_chunk(self, number: int) -> bytes | None:
        """Return the next chunk of an answer, None at its end, or raise the error that ended it."""
        with self._lock:
            kind, body = self._exchange(FrameKind.NEXT, {"number": number})
            return body if kind is FrameKind.CHUNK else None

    def forget(self, number: int) -> None:
        """End an answer with the next exchange; takes no lock, since it may run in the middle of an exchange."""
        self._forgotten.append(number)

    def _exchange(self, kind: FrameKind, message: dict[str, Any]) -> tuple[FrameKind, bytes]:
        while self._forgotten:
            self._channel.send(FrameKind.DROP, to_json({"number": self._forgotten.popleft()}))
        self._channel.send(kind, to_json(message))
        answered, body = self._channel.receive()
        if answered is FrameKind.ERROR:
            raise to_error(json.loads(body))
        return answered, body


class RelayedStore(LimitedStore):
    """The store at the requesting end of a link."""

    def __init__(self, records: Store, limits: QueryLimits, link: StoreLink) -> None:
        """Use the versions of a store in this process, and the limits that the other end applies to requests."""
        super().__init__(records, limits)
        self._link = link

    def over(self, channel: Channel) -> RelayedStore:
        """Return the same store, used over another channel."""
        return RelayedStore(self._records, self.limits, StoreLink(channel))

    def ask(self, request: dict[str, Any]) -> Answer:
        """Have the other end answer."""
        number, head = self._link.ask(request, self.client)
        form, row, version = to_head(head)
        return Answer(form, row, _RelayedAnswer(self._link, number), version)


class _RelayedAnswer(Iterator[bytes]):
    """The chunks of an answer; closing or deleting it ends the underlying work."""

    def __init__(self, link: StoreLink, number: int) -> None:
        self._link, self._number = link, number
        self._ended = False

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        self._ended = True  # unless a chunk comes
        chunk = self._link.next_chunk(self._number)
        if chunk is None:
            raise StopIteration
        self._ended = False
        return chunk

    def close(self) -> None:
        """Stop reading."""
        if not self._ended:
            self._ended = True
            self._link.forget(self._number)

    def __del__(self) -> None:
        self.close()


class StoreResponder:
    """The answering end of a channel, used by one thread: it runs requests to a store on behalf of a client."""

    def __init__(self, channel: Channel, store: LimitedStore, client: Client) -> None:
        self._channel, self._store, self._client = channel, store, client
        self._answers: dict[int, Iterator[bytes]] = {}

    def answer(self, kind: FrameKind, body: bytes) -> bool:
        """Handle a frame; return False if it is not a request to a store."""
        if kind not in (FrameKind.ASK, FrameKind.NEXT, FrameKind.DROP):
            return False
        message = json.loads(body)
        number = message["number"]
        try:
            match kind:
                case FrameKind.ASK:
                    self._begin(number, message)
                case FrameKind.NEXT:
                    self._continue(number)
                case _:
                    self._end(number)
        except CommuniqueError as error:
            self._end(number)
            self._channel.send(FrameKind.ERROR, to_json(from_error(error)))
        return True

    def close(self) -> None:
        """End all unfinished answers."""
        for number in tuple(self._answers):
            self._end(number)

    def _begin(self, number: int, message: dict[str, Any]) -> None:
        # Only the timeout is taken from the message: this end knows the client, and whether it has disconnected.
        client = replace(self._client, timeout=message["timeout"], limit=message["limit"])
        answer = self._store.on_behalf(client).ask(message["request"])
        self._answers[number] = answer.chunks
        self._channel.send(FrameKind.HEAD, from_head(answer))

    def _continue(self, number: int) -> None:
        # One at a time: unrequested chunks would fill the channel, which other frames use too.
        chunk = next(self._answers[number], None)
        if chunk is None:
            self._end(number)
            self._channel.send(FrameKind.END)
        else:
            self._channel.send(FrameKind.CHUNK, chunk)

    def _end(self, number: int) -> None:
        getattr(self._answers.pop(number, None), "close", lambda: None)()
