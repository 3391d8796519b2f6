"""Put before everything else on a server's path by the tests: notes what its Python code opens, asks and starts."""

import os
import sys

_LOG = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_EVENTS = {"open", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system"}


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in _EVENTS:
        os.write(_LOG, f"{event}\t{arguments!r}\n".encode("utf-8", "backslashreplace"))


sys.addaudithook(_note)
