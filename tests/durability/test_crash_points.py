"""A write ended by the system at each call that changes the folder, one after the other; what is synced before what.

The calls are watched, and the process ended at one of them, by strace; without it, these tests are skipped, and
tests/store/test_versions.py watches the calls that Python makes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from tests.durability.harness import ROOT, State, state_of

STRACE = shutil.which("strace")
CHANGING = "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,ftruncate,fsync,fdatasync"
WRITING = "write,pwrite64,writev,pwritev,pwritev2"
QUIET = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
LONG = int(os.environ.get("KILLS", "0")) >= 200
"""Whether every call is tried, and not the renames and a few others only."""
WRITER = """
    import sys
    from pathlib import Path
    from kg.datasets import GraphNames
    from kg.store import EmbeddedStore
    store = EmbeddedStore.open(Path(sys.argv[1]), GraphNames(""), plain=True)
    with store.write() as change:
        change.update("INSERT DATA { GRAPH <a:new> { <a:s> <a:p> 1, 2, 3 . <a:s> <a:q> 4 } }")
        change.update("DROP GRAPH <a:old>")
        change.commit("written")
    store.prune(1)
    print("acknowledged", flush=True)
"""


def traced(*arguments: str) -> bool:
    """Return whether strace works here: it needs to be allowed to trace."""
    if STRACE is None:
        return False
    return subprocess.run([STRACE, "-o", "/dev/null", *arguments], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.skipif(not traced("true"), reason="strace is not installed, or may not trace"),
    pytest.mark.timeout(3600),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a store with a graph that the writer removes, and a version that it prunes."""
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    for text in ("INSERT DATA { <a:x> <a:y> 0 }", "INSERT DATA { GRAPH <a:old> { <a:s> <a:p> 0 } }"):
        with store.write() as change:
            change.update(text)
            change.commit("before")
    return tmp_path / "store"


def write(folder: Path, log: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the writer under strace."""
    command = [str(STRACE), "-f", "-qq", "-o", str(log), *options]
    writer = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder)]
    return subprocess.run([*command, *writer], capture_output=True, text=True, check=False, cwd=ROOT, env=QUIET)


def calls(log: Path, folder: Path) -> list[tuple[str, str]]:
    """Return each call of a log that concerns a folder: its name and its line."""
    return [(name, line) for _, name, line in logged(log) if str(folder) in line]


def logged(log: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each call of a log: its thread, its name and its line."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if call := re.match(r"(\d+) +(\w+)\(", line):
            yield call[1], call[2], line


def test_a_write_ended_at_any_call_is_there_whole_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    log, before = tmp_path / "calls", state_of(opened(folder))
    whole = Path(shutil.copytree(folder, tmp_path / "whole"))
    assert write(whole, log, "-e", f"trace={CHANGING}").stdout == "acknowledged\n"
    after, points = state_of(opened(whole)), points_of(log)
    assert len(points) > 30
    chosen = points if LONG else some_of(points)
    seen = [ended_at(folder, tmp_path / "killed", *at) for at in chosen]
    assert {state for state, _ in seen} == {before, after} != {before}
    assert sum(killed for _, killed in seen) > 0.8 * len(seen)


def points_of(log: Path) -> list[tuple[str, int]]:
    """Return the names of calls, each with the first, second … time that one thread calls it: so strace counts."""
    times = Counter((thread, name) for thread, name, _ in logged(log))
    most = {name: max(times[thread, other] for thread, other in times if other == name) for _, name in times}
    return [(name, number) for name in sorted(most) for number in range(1, most[name] + 1)]


def some_of(points: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the renames, the last call of each name, and a few more."""
    last_ones = {name: (name, number) for name, number in points}
    return sorted({*last_ones.values(), *Random(7).sample(points, 5), *(at for at in points if at[0] == "rename")})


def ended_at(folder: Path, copy: Path, call: str, number: int) -> tuple[State, bool]:
    """End a write at a call; return what its store then holds, whole and open to writers, and whether it was ended."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    inject = f"inject={call}:signal=KILL:when={number}"
    done = write(copy, Path("/dev/null"), "-e", f"trace={call}", "-e", inject)
    assert done.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL), done.stderr
    store = opened(copy)
    state = state_of(store)
    assert store.verify() == [], (call, number)
    store.write(wait=1).abandon()
    assert state_of(store) == state
    return state, done.returncode != 0


def opened(folder: Path) -> EmbeddedStore:
    return EmbeddedStore.open(folder, GraphNames(""), plain=True)


def test_every_file_of_a_version_is_synced_after_its_last_byte_and_before_the_pointer_moves(
    folder: Path, tmp_path: Path
) -> None:
    log, old = tmp_path / "calls", {file.name for file in (folder / "versions" / "000002").iterdir()}
    assert write(folder, log, "-y", "-e", f"trace={CHANGING},{WRITING}").stdout == "acknowledged\n"
    made = calls(log, folder)
    pointer = next(n for n, (name, line) in enumerate(made) if name == "rename" and f'"{folder}/current")' in line)
    version = next((folder / "versions").glob("0*3"))
    new = [file for file in version.iterdir() if file.stat().st_size and file.name not in old]
    assert any(file.suffix == ".sst" for file in new)
    for file in new:
        last_byte, last_sync = (
            last(made[:pointer], WRITING, file.name),
            last(made[:pointer], "fsync,fdatasync", file.name),
        )
        assert last_sync > last_byte, f"{file.name} was written at {last_byte} and synced at {last_sync}"
    renamed = last(made[:pointer], CHANGING, f'{version.name}"')
    assert last(made[:pointer], "fsync", "/versions>") > renamed, "the folder of versions is synced before the pointer"
    assert last(made[:pointer], "fsync", "/current.") > 0
    assert any(name == "fsync" and f"<{folder}>" in line for name, line in made[pointer:]), "and its own folder after"
    assert not [line for name, line in made[pointer:] if name in WRITING and version.name in line]


def last(made: list[tuple[str, str]], names: str, what: str) -> int:
    """Return the place of the last call of these names on a file, -1 where there is none."""
    return max((n for n, (name, line) in enumerate(made) if name in names.split(",") and what in line), default=-1)
