"""Commands that write to a store, killed: builds, backups, their return, pruning; and writes that are inferred from."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kg.errors import RequestError
from kg.store import EmbeddedStore, open_store
from tests.durability.harness import (
    KG,
    ROOT,
    Server,
    State,
    Trial,
    kill_command,
    state_of,
    wait_for_writers,
    writing,
)
from tests.durability.writes import WITHOUT_ANSWER
from tests.support.waiting import until

TINY = ROOT / "tests" / "app" / "tiny"
ADA = "Ada Brandt"
OTHERS = ("Ida Brandt", "Eda Brandt")
PERSON = """
PREFIX cq: <https://w3id.org/communique/ontology#>
INSERT DATA {{ GRAPH <http://a.example/mine> {{ <http://a.example/p{0}> a cq:Person ; cq:name "P{0}" }} }}
"""
FOLLOWS = "<http://a.example/p{}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Person>"


def kg(*arguments: str | Path) -> None:
    """Run `kg` to its end, which must be a good one."""
    done = subprocess.run([*KG, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Corpus:
    """A corpus that can be built, and the state that building it leads to."""

    folder: Path
    state: State

    def arguments(self, store: Path) -> list[str]:
        """Return how `kg` builds it."""
        return ["build", str(self.folder), "--store", str(store), "--no-cross-check"]


def corpora(folder: Path) -> list[Corpus]:
    """Return corpora of one base that differ in a name, each built once in a store of its own."""
    made = []
    for name in OTHERS:
        copy = Path(shutil.copytree(TINY, folder / name.replace(" ", "-")))
        authority = copy / "authority.yaml"
        authority.write_text(authority.read_text("utf-8").replace(f"name: {ADA}", f"name: {name}"), "utf-8")
        store = folder / f"{copy.name}-store"
        kg(*Corpus(copy, frozenset()).arguments(store))
        made.append(Corpus(copy, state_of(open_store(store))))
    assert made[0].state != made[1].state
    return made


def kill_builds(trial: Trial, made: list[Corpus]) -> None:
    """Kill builds; each store state must be that of a corpus, whole."""
    first, second = made
    store, started = trial.folder / "store", time.monotonic()
    kg(*first.arguments(store))
    longest = time.monotonic() - started
    for _ in range(trial.kills):
        now, following = first.state, second.state
        ended = kill_command(second.arguments(store), trial.random, longest, store)
        opened = open_store(store)
        state = state_of(opened)
        trial.tally.acknowledged += ended
        trial.tally.note("builds", state=state, before=following if ended else now, after=following)
        assert opened.verify() == [], opened.verify()
        if state == following:
            first, second = second, first
        trial.tell()


def kill_upkeep(trial: Trial, made: list[Corpus]) -> None:
    """Kill backups, their return and pruning, in turn."""
    store, backup = trial.folder / "store", trial.folder / "backup"
    for corpus in made * 2:
        kg(*corpus.arguments(store))
    kg("backup", backup, "--store", store)
    backed_up = state_of(open_store(backup))
    for kill in range(trial.kills):
        opened = open_store(store)
        now = state_of(opened)
        what = ("restore", "prune", "backup")[kill % 3]
        other = trial.folder / f"backup-{kill}"
        arguments = {"restore": [str(backup)], "prune": ["--keep", "1"], "backup": [str(other)]}[what]
        ended = kill_command(
            [what, *arguments, "--store", str(store)], trial.random, 2, other if what == "backup" else store
        )
        opened = open_store(store)
        trial.tally.acknowledged += ended
        after = backed_up if what == "restore" else now
        trial.tally.note(what, state=state_of(opened), before=after if ended else now, after=after)
        assert opened.verify() == [], opened.verify()
        if what == "backup":
            _is_none_or_whole(other, now, must_be=ended)
        trial.tell()


def _is_none_or_whole(backup: Path, state: State, *, must_be: bool) -> None:
    try:
        copy = open_store(backup)
    except RequestError:
        assert not must_be
        return
    assert state_of(copy) == state
    assert copy.verify() == []


def kill_checked(trial: Trial, made: list[Corpus]) -> None:
    """Kill a server while it infers from and validates writes: what was written and what follows come together."""
    corpus, store, number = made[0], trial.folder / "store", 0
    kg(*corpus.arguments(store))
    for _ in range(trial.kills):
        server = Server(store, "--writable", "--workers", "2")
        acknowledged = _written_until_killed(server, store, trial.random, number)
        opened = open_store(store)
        wait_for_writers(opened)
        written = number_of_people(opened)
        state = state_of(opened)
        trial.tally.acknowledged += acknowledged - number
        for person in range(1, written + 1):
            assert any(quad.startswith(FOLLOWS.format(person)) for quad in state), f"p{person} is not inferred from"
        assert not any(quad.startswith(FOLLOWS.format(written + 1)) for quad in state)
        states = (frozenset({f"{people} people"}) for people in (written, acknowledged, acknowledged + 1))
        trial.tally.note("checked writes", **dict(zip(("state", "before", "after"), states, strict=True)))
        assert opened.verify() == [], opened.verify()
        number = written
        trial.tell()


def _written_until_killed(server: Server, store: Path, random: Random, number: int) -> int:
    """Write one person after another until the server is killed; return the last that was acknowledged."""

    def kill() -> None:
        time.sleep(random.uniform(0, 1))
        until(lambda: writing(store) or server.process.poll() is not None, 0.002)
        time.sleep(random.uniform(0, 0.8))
        server.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        while True:
            status, text = server.send("POST", "/update", PERSON.format(number + 1), "application/sparql-update")
            assert status == 204, text
            number += 1
    except WITHOUT_ANSWER:
        return number
    finally:
        killer.join()


def number_of_people(store: EmbeddedStore) -> int:
    """Return how many people the client's graph holds: it has two triples for each."""
    counted = store.current().counts.get("http://a.example/mine", 0)
    assert counted % 2 == 0, f"{counted} triples are half a write"
    return counted // 2
