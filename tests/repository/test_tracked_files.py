"""What the repository's files must not hold: one machine's paths, registries' addresses, the article's own words.

Each decision has a number of its own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED_TEXT = ROOT.parent / "shared" / "checks" / "copied_text"

# Spelt so that this file holds none of what it looks for.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:work|root|home|Users|farm)/\w|/tmp/[t]eam\b"),
    "a registry's address": re.compile(
        r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|deb[.]debian[.]org|crates[.]io|proxy[.]golang", re.IGNORECASE
    ),
}


def test_no_tracked_file_holds_a_path_of_one_machine_or_the_address_of_a_registry() -> None:
    files = [*tracked_files()]
    assert ROOT / "pyproject.toml" in files, "git lists no pyproject.toml: nothing was checked"
    assert not [fault for file in files for fault in faults(file)]


@pytest.mark.parametrize(
    "line", ["see /{}/notes".format("root"), "find-links=/{}/me/wheels".format("home"), "https://{}.org".format("pypi")]
)
def test_such_a_line_is_found(line: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text(f"one\n{line}\n", encoding="utf-8")
    assert [fault.rpartition(": ")[2] for fault in faults(file)] == [line]


def test_a_path_on_a_web_site_is_not_taken_for_one_of_a_machine(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text("https://example.org/work/of/art and ./home/page\n", encoding="utf-8")
    assert not [*faults(file)]


def test_no_tracked_file_repeats_a_long_run_of_an_articles_words() -> None:
    if not COPIED_TEXT.exists():
        pytest.skip(f"{COPIED_TEXT.name}, which compares with the articles, is not beside this checkout")
    check = subprocess.run([sys.executable, COPIED_TEXT, ROOT], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def tracked_files() -> Iterator[Path]:
    """Yield the files that git tracks and that are there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    yield from (ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def faults(file: Path) -> Iterator[str]:
    """Yield the number and the fault of each line of a text file that contains something forbidden."""
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                yield f"{file}:{number} holds {what}: {line.strip()}"


def test_each_decision_has_a_number_of_its_own() -> None:
    names = [file.name for file in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert [name.partition("-")[0] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
