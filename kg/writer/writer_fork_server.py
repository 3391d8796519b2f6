"""The writers' fork server: it has loaded schema and shapes, and forks a process for each write.

Forking creates a writer with everything needed for validation in milliseconds.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kg.app.write import Committer
from kg.errors import CommuniqueError
from kg.store import names_of
from kg.workers.fork_server import ForkServer, connect
from kg.writer.writer import WriterOptions, carry_out_request


def main() -> None:
    """Fork a writer for each message on the socket whose number is the argument, until the other end is closed."""
    control, fields, wakeup = connect()
    options = WriterOptions(**fields)
    committer, fault = Committer(options.open(), names_of(Path(options.folder))), None
    try:
        committer.load_schema()
    except CommuniqueError as error:  # every write is refused with it
        fault = error
    ForkServer(control, wakeup, partial(carry_out_request, options=options, committer=committer), fault).run()
