"""SIGKILL at random moments of writes, builds and upkeep: nothing acknowledged is lost, and nothing is there by half.

`KILLS` is how often (`make stress` asks for 240), `SEED` the seed of the moments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from tests.durability.commands import Corpus, corpora, kill_builds, kill_checked, kill_upkeep
from tests.durability.harness import Trial
from tests.durability.writes import kill_servers

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", "7"))
pytestmark = pytest.mark.timeout(600 + 60 * KILLS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Corpus]:
    return corpora(tmp_path_factory.mktemp("corpora"))


@contextmanager
def trial(folder: Path, kills: int, tell: Callable[[str], object]) -> Iterator[Trial]:
    """Run a trial of so many kills, and return its result."""
    killing = Trial(
        folder, max(kills, 1), Random(SEED), Path(os.environ["PROGRESS"]) if "PROGRESS" in os.environ else None
    )
    yield killing
    tell(f"\n{killing.tally}\n")
    assert killing.tally.kills == killing.kills


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], object]:
    """Return a function that writes past pytest's capture, so that a passing run reports its result too."""

    def say(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(text)

    return say


def test_writes_over_http_survive_kill_nine(tmp_path: Path, tell: Callable[[str], object]) -> None:
    with trial(tmp_path, KILLS // 2, tell) as killing:
        kill_servers(killing)


def test_builds_survive_kill_nine(tmp_path: Path, made: list[Corpus], tell: Callable[[str], object]) -> None:
    with trial(tmp_path, KILLS // 5, tell) as killing:
        kill_builds(killing, made)


def test_backup_restore_and_prune_survive_kill_nine(
    tmp_path: Path, made: list[Corpus], tell: Callable[[str], object]
) -> None:
    with trial(tmp_path, KILLS // 6, tell) as killing:
        kill_upkeep(killing, made)


def test_what_is_written_and_what_follows_from_it_survive_kill_nine_together(
    tmp_path: Path, made: list[Corpus], tell: Callable[[str], object]
) -> None:
    with trial(tmp_path, KILLS // 6, tell) as killing:
        kill_checked(killing, made)
