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
BROKEN = "broken"
"""The name of a reader that raises what is no error of ours."""
PROGRAM = f"""
import sys
from tests.fuzz import harness
harness.READERS = {{**harness.READERS, {BROKEN!r}: lambda data: [][len(data)]}}
harness.main(sys.argv[1:])
"""
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this Python and machine"
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fuzz each reader and the broken one, and return the folder with their logs and exit statuses."""
    folder = tmp_path_factory.mktemp("fuzz") / "runs"
    shutil.copytree(CORPUS, folder)
    (folder / BROKEN).mkdir()
    # A process begins with the peak of the one that started it (getrusage): a pytest worker may have had a gigabyte.
    options = ["--each", f"-runs={RUNS}", "-seed=7", f"-max_len={LONGEST}", "-rss_limit_mb=4096"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *options],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder


def test_every_reader_has_something_to_begin_with(runs: Path) -> None:
    assert sorted(file.stem for file in runs.glob("*.status")) == sorted([*READERS, BROKEN])


@pytest.mark.timeout(600 + RUNS * len(READERS) // 5)
@pytest.mark.parametrize("reader", READERS)
def test_no_bytes_make_a_reader_fail_but_by_an_error_of_ours(reader: str, runs: Path) -> None:
    log = (runs / f"{reader}.log").read_text("utf-8", "replace")
    assert (runs / f"{reader}.status").read_text("utf-8") == "0", log[-4000:]
    (count,) = re.findall(r"^Done (\d+) runs", log, re.MULTILINE)
    assert int(count) >= RUNS


def test_an_exception_that_is_not_ours_is_found(runs: Path) -> None:
    assert (runs / f"{BROKEN}.status").read_text("utf-8") != "0"
    assert "IndexError" in (runs / f"{BROKEN}.log").read_text("utf-8", "replace")
