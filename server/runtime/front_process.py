"""One of several front processes: serves the port whose socket it receives, until a signal stops it."""

from __future__ import annotations

import pickle
import socket
import sys

from kg.errors import CommuniqueError
from kg.workers.confinement import end_with_starter
from kg.workers.frames import Channel, FrameKind, from_error, to_json
from server.monitoring.logs import logging_to_stderr
from server.runtime.lifecycle import JoinedFrontProcess, run


def main() -> None:
    """Serve; the arguments are the descriptors of the channel, the port and the socket for the others' questions."""
    channel_end, listening, questions = (socket.socket(fileno=int(number)) for number in sys.argv[1:4])
    # First of all, so that it never outlives the process that started it.
    end_with_starter()
    channel = Channel(channel_end)
    _, body = channel.receive()
    options, position, is_replacement = pickle.loads(body)  # noqa: S301 -- from the process that has started this one
    front = JoinedFrontProcess(position, listening, questions, is_replacement)

    def ready(_address: str, version: str) -> None:
        channel.send(FrameKind.READY, version.encode())

    with logging_to_stderr(options.log):
        try:
            run(options, "", 0, ready, front)
        except CommuniqueError as error:
            channel.send(FrameKind.ERROR, to_json(from_error(error)))
            sys.exit(2)
