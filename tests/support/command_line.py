"""The command line, run as a process or within this one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from kg.cli import main

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "app" / "tiny"
KG = Path(sys.executable).with_name("kg")


@dataclass(frozen=True)
class Ran:
    """What a run of `kg` came to."""

    status: int
    out: str
    err: str

    def failed(self, status: int) -> str:
        """Return the one sentence on standard error of a run that failed with a status, in the form for users."""
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


def here(*arguments: str | Path, text: str = "", **environment: str) -> Ran:
    """Run `kg` within this process, which saves the second that a new one takes to start."""
    done = CliRunner(env=environment).invoke(main, [*map(str, arguments)], input=text, prog_name="kg")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr)
