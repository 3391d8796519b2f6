"""Real processes, killed at random moments; what they had acknowledged is compared with what is there afterwards.

Each trial writes to a store through the real server or command line, kills it with SIGKILL, and looks: the store must
open, be whole, and hold the state that was acknowledged last, or, whole, the one that was on its way. `Tally` counts.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from kg import formats
from kg.store import EmbeddedStore
from tests.support.processes import descendants, is_alive
from tests.support.waiting import PATIENCE, until

KG = [sys.executable, "-m", "kg"]
ROOT = Path(__file__).parents[2]
State = frozenset[str]
"""What a store holds: its quads, a line each."""


@dataclass
class Tally:
    """What the trials came to."""

    kills: int = 0
    acknowledged: int = 0
    whole: int = 0
    """Kills after which the running write was complete, though it had not been acknowledged."""
    undone: int = 0
    """Kills after which it had left no trace."""
    idle: int = 0
    """Kills between two writes."""
    by_what: dict[str, int] = field(default_factory=dict)

    def note(self, what: str, *, state: State, before: State, after: State | None) -> None:
        """Count a kill, or fail: the state found is neither the acknowledged one nor the next."""
        self.kills += 1
        self.by_what[what] = self.by_what.get(what, 0) + 1
        assert state in (before, after), difference(what, state, before, after)
        if after is None or after == before:
            self.idle += 1
        elif state == after:
            self.whole += 1
        else:
            self.undone += 1

    def __str__(self) -> str:
        of = ", ".join(f"{number} of {what}" for what, number in sorted(self.by_what.items()))
        return (
            f"{self.kills} kills ({of}): {self.acknowledged} acknowledged writes, all there; of the writes under way "
            f"{self.whole} were there whole, {self.undone} had left no trace, {self.idle} kills came between two."
        )


@dataclass
class Trial:
    """So many kills at moments drawn at random, in a folder of their own."""

    folder: Path
    kills: int
    random: Random
    progress: Path | None = None
    """A file to which progress is written."""
    tally: Tally = field(default_factory=Tally)

    def tell(self) -> None:
        """Report its progress."""
        if self.progress is not None:
            self.progress.write_text(f"{self.tally}\n", encoding="utf-8")


def difference(what: str, state: State, before: State, after: State | None) -> str:
    """Return how a state differs from the two that are allowed."""
    text = f"{what}: {len(state)} quads; lost {sorted(before - state)[:3]}, too much {sorted(state - before)[:3]}"
    return f"{text}; of the next state it lacks {sorted((after or state) - state)[:3]}"


def state_of(store: EmbeddedStore, version: str | None = None) -> State:
    """Return what a version of a store holds."""
    return frozenset(b"".join(store.dataset(formats.NQUADS, version).chunks).decode().splitlines())


class Server:
    """A `kg serve` in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        command = [*KG, "serve", "--port", "0", "--store", str(folder), *arguments]
        self.log = folder.with_name(f"{folder.name}.log").open("ab")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **environment}, cwd=ROOT
        )
        assert self.process.stdout is not None
        first_line = self.process.stdout.readline().decode()
        assert "http://127.0.0.1:" in first_line, Path(self.log.name).read_text(encoding="utf-8")[-2000:]
        self.port = int(first_line.rpartition("http://127.0.0.1:")[2].partition("/")[0])

    def send(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, str]:
        """Send a request; return status and body, or raise OSError or HTTPException where the server has died."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body.encode() or None, {"Content-Type": kind} if kind else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def kill(self) -> None:
        """End it with SIGKILL; the processes that it had started must end too."""
        below = [*descendants(self.process.pid)]
        self.process.kill()
        self.process.wait()
        self._close()
        assert until(lambda: not any(map(is_alive, below)))

    def stop(self) -> int:
        """End it in order; return its status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait()
        self._close()
        return status

    def _close(self) -> None:
        self.log.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """Serve a store for as long as the block lasts; the server must then end in order."""
    server = Server(folder, *arguments, **environment)
    try:
        yield server
        assert server.stop() == 0
    finally:
        if server.process.poll() is None:
            server.kill()


def kill_command(arguments: list[str], random: Random, longest: float, folder: Path) -> bool:
    """Run `kg` and kill it at a random moment; tell whether it had ended, and with success, before.

    Half of the moments are drawn from its whole run, half from the short while in which it writes to a store's folder.
    """
    process = subprocess.Popen([*KG, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    if random.random() < 0.5:
        until(lambda: writing(folder) or process.poll() is not None, 0.002)
        time.sleep(random.uniform(0, 0.15))
    else:
        with suppress(subprocess.TimeoutExpired):
            process.wait(random.uniform(0, longest))
    process.kill()
    _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode == 0


def writing(folder: Path) -> bool:
    """Return whether a version is being written in a store's folder."""
    return any((folder / "versions").glob(".work-*"))


def wait_for_writers(store: EmbeddedStore) -> None:
    """Wait until no process writes: a writer outlives a server that is killed by a moment."""
    store.prune(keep=10**9)  # it takes the lock, and removes nothing
