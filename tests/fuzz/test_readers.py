"""Every reader of outside input, fuzzed by atheris in a process of its own: only errors of ours come of any bytes.

`corpus/READER/` holds what fuzzing begins with, and every input that ever failed. `FUZZING` lengthens the runs.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.test_described_routes import EXAMPLES, ROOT

CORPUS = Path(__file__).with_name("corpus")
READERS = sorted(folder.name for folder in CORPUS.iterdir())
RUNS = 200 * EXAMPLES
LONGEST = 4000
"""Bytes of an input."""
HARNESS = [sys.executable, "-m", "tests.fuzz.harness"]
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this Python and machine"
)


def harness(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*HARNESS, *arguments], capture_output=True, text=True, cwd=folder, env=environment, check=False
    )


def test_every_reader_has_something_to_begin_with(tmp_path: Path) -> None:
    assert sorted(harness("--list", folder=tmp_path).stdout.split()) == READERS


@pytest.mark.timeout(600 + RUNS // 5)
@pytest.mark.parametrize("reader", READERS)
def test_no_bytes_make_a_reader_fail_but_by_an_error_of_ours(reader: str, tmp_path: Path) -> None:
    shutil.copytree(CORPUS / reader, tmp_path / "corpus")
    # A process begins with the peak of the one that started it (getrusage): a pytest worker may have had a gigabyte.
    limits = (f"-runs={RUNS}", "-seed=7", f"-max_len={LONGEST}", "-rss_limit_mb=4096")
    done = harness(reader, *limits, "corpus", folder=tmp_path)
    assert done.returncode == 0, done.stderr[-4000:]
    (runs,) = re.findall(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
    assert int(runs) >= RUNS


def test_an_exception_that_is_not_ours_is_found(tmp_path: Path) -> None:
    broken = "from tests.fuzz import harness as h; h.READERS = {'bad': lambda data: [][len(data)]}"
    program = f"{broken}; h.main(['bad', '-runs=10'])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode != 0
    assert "IndexError" in done.stdout + done.stderr
