"""The commands of the repository: what `make help` lists, what the README promises, what CI calls."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROMISED = ("setup", "serve", "test", "lock", "clean", "help")


def test_help_lists_every_target_of_the_makefile() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^make ([\w-]+) ", listed, re.MULTILINE))
    assert targets == set(phony[1].split())
    assert targets >= {*PROMISED}


def test_the_readme_opens_with_the_two_commands_and_serving_comes_first() -> None:
    commands = re.findall(r"^make \w+", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands[:2] == ["make serve", "make test"]


def test_the_check_machine_calls_exactly_the_readmes_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip()
    assert script.splitlines()[-1] == "exec make test"
