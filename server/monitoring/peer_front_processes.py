"""The front processes of one server: what they report to each other, so that any of them can answer for all.

`kg serve --processes` starts several on one port. They share the store on disk, and nothing in memory: /metrics and
/admin/queries ask the others over sockets in a folder that only the server's user can enter.
"""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any

from flask import current_app

from kg.workers.frames import Channel, FrameKind, GoneError, to_json

PEERS_EXTENSION = "communique.peer_front_processes"
ANSWER_SECONDS = 2.0
"""How long another front process may take to answer before it is left out, like one that is being replaced."""
Question = dict[str, Any]
Reports = Mapping[str, Callable[[Question], Any]]
"""What a front process reports about itself, by the question's member `what`."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FrontProcessPosition:
    """The position of a front process among all of them, and the folder of their sockets."""

    number: int = 0
    count: int = 1
    folder: str = ""

    def address(self, number: int) -> str:
        """Return the path of a front process's socket."""
        return f"{self.folder}/{number}"


class PeerFrontProcesses:
    """All front processes of a server, as one of them sees them: only itself until it joins others."""

    def __init__(self, reports: Reports) -> None:
        self.position, self._reports = FrontProcessPosition(), reports

    def join(self, position: FrontProcessPosition, listening: socket.socket) -> None:
        """Take a position among several front processes, and answer the others in a thread from now on."""
        self.position = position
        Thread(target=self._answer_others, args=(listening,), name="fronts", daemon=True).start()

    def ask(self, number: int, question: Question) -> Any:  # noqa: ANN401 -- what the report returns
        """Return one front process's answer, None if it does not answer."""
        if number == self.position.number:
            return self._reports[question["what"]](question)
        with suppress(OSError, GoneError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(self.position.address(number))
            channel = Channel(connection)
            channel.send(FrameKind.ASK, to_json(question))
            return json.loads(channel.receive()[1])["answer"]
        return None

    def ask_all(self, question: Question) -> dict[int, Any]:
        """Return the answers of the front processes that answer, by number."""
        answers = {number: self.ask(number, question) for number in range(self.position.count)}
        return {number: answer for number, answer in answers.items() if answer is not None}

    def _answer_others(self, listening: socket.socket) -> None:
        while True:
            connection, _ = listening.accept()
            # One thread answers all: a process that connects but sends no question must not keep the others waiting.
            connection.settimeout(ANSWER_SECONDS)
            with connection:
                try:
                    channel = Channel(connection)
                    question = json.loads(channel.receive()[1])
                    channel.send(FrameKind.END, to_json({"answer": self._reports[question["what"]](question)}))
                except GoneError:
                    continue  # the other process has ended, or has stopped waiting
                except Exception:
                    # On any exception of a report: this thread answers as long as the process lives, and nobody would
                    # start another.
                    log.exception("Another front process could not be answered.")


def peer_front_processes() -> PeerFrontProcesses:
    """Return the front processes of the current application's server."""
    peers: PeerFrontProcesses = current_app.extensions[PEERS_EXTENSION]
    return peers
