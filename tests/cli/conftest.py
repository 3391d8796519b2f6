"""The real `kg`, run as a process, and a store that it has built from the worked example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HARBOUR = ROOT / "examples" / "harbour-talks"
KG = Path(sys.executable).with_name("kg")


@dataclass(frozen=True)
class Ran:
    """What a run of `kg` came to."""

    status: int
    out: str
    err: str

    def failed(self, status: int) -> str:
        """Return the one sentence on standard error of a run that failed with a status, told as a user should be."""
        assert (self.status, self.out) == (status, ""), self
        assert "Traceback" not in self.err
        assert self.err.startswith("Error: "), self.err
        return self.err.removeprefix("Error: ").strip()


def kg(*arguments: str | Path, cwd: Path | None = None, text: str = "", **environment: str) -> Ran:
    """Run the installed `kg` as a user does."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "PYTHON"))}
    done = subprocess.run(
        [KG, *arguments], cwd=cwd, env={**clean, **environment}, input=text, capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


Kg = Callable[..., Ran]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store that `kg build` has made of the worked example; not to be written to."""
    store = tmp_path_factory.mktemp("built") / "store"
    ran = kg("build", HARBOUR, "--store", store, "--no-cross-check")
    assert ran.status == 0, ran.err
    return store


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Path:
    """Return a store of one's own."""
    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a copy of the worked example."""
    return Path(shutil.copytree(HARBOUR, tmp_path / "corpus"))
