"""Schemathesis asks every described route of a real server: no answer is an error of the server's or undescribed.

`FUZZING` is the number of requests made up for each route; `make fuzz` sets it higher than the tests do. It also asks a
server of a plain store for every edge of every parameter, of which tests ask a server of a corpus alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.test_command import built, serving

__all__ = ["built"]

EXAMPLES = int(os.environ.get("FUZZING", "2"))
LONG = "FUZZING" in os.environ
ROOT = Path(__file__).parents[2]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
"""All of its checks but those that take what is well-formed for what is right: most texts are no SPARQL."""


@pytest.fixture(params=["plain", "corpus"])
def address_and_phases(request: pytest.FixtureRequest, built: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Return the address of a server that accepts writes, of a plain store or of a corpus, and the headers for it."""
    store = tmp_path / "store"
    if request.param == "corpus":
        shutil.copytree(built, store)
    plain = ["--plain"] if request.param == "plain" else []
    with serving(*plain, "--writable", "--timeout", "120", "--store", str(store)) as client:
        yield client.address, "fuzzing" if plain and not LONG else "coverage,fuzzing"
        assert client.query("ASK {}").status == 200


@pytest.mark.timeout(600 + 120 * EXAMPLES)
def test_no_request_that_the_description_allows_is_an_error_of_the_server(
    address_and_phases: tuple[str, str], tmp_path: Path
) -> None:
    address, phases = address_and_phases
    options = ["--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--phases", phases]
    # A busy machine may take long to answer, which is no error of the server's.
    options += ["--request-timeout", "300"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}openapi.json", *options]
    quiet = ["--continue-on-failure", "--no-color", "--seed", "7", "--generation-database", "none", "--warnings", "off"]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.fuzz.generating", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *quiet], capture_output=True, text=True, env={**os.environ, **hooks}, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    tested, of = re.findall(r"Tested: (\d+)|Selected: \d+/(\d+)", done.stdout)[::-1]
    assert tested[0] == of[1]
