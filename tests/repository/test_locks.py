"""The locks: every release pinned with its hashes, no addresses, and everything that pyproject.toml requires."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = {"requirements.lock": ("build",), "requirements-test.lock": ("build", "test", "lint")}
ENTRY = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<marker> ; [^\\]+)?(?P<hashes>( \\\n    --hash=\S+)*)$", re.MULTILINE
)
SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}$")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_with_hashes_and_nothing_else(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    rest = [line for line in ENTRY.sub("", text).splitlines() if line and not line.lstrip().startswith("#")]
    assert not rest


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_a_hash(lock: str) -> None:
    for entry in entries(lock).values():
        hashes = entry["hashes"].replace("\\\n", "").split()
        assert hashes, f"{entry['name']} has no hash in {lock}"
        assert all(SHA256.match(digest) for digest in hashes), (
            f"{entry['name']} has a hash other than SHA-256 in {lock}"
        )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize(("lock", "groups"), LOCKS.items())
def test_a_lock_pins_what_the_project_asks_for_within_its_ranges(lock: str, groups: tuple[str, ...]) -> None:
    pins = entries(lock)
    for requirement in requirements(groups):
        entry = pins.get(canonicalize_name(requirement.name))
        assert entry, f"{requirement} is not in {lock}: run `make lock`"
        assert requirement.specifier.contains(entry["version"]), (
            f"{lock} pins {entry['version']}, not {requirement}: `make lock`"
        )


def test_testing_uses_the_very_releases_that_serving_uses() -> None:
    serving, testing = (entries(lock) for lock in LOCKS)
    for name, entry in serving.items():
        assert (testing[name]["version"], testing[name]["hashes"]) == (entry["version"], entry["hashes"])


def entries(lock: str) -> dict[str, dict[str, str]]:
    """Return a lock's pins by normalised name."""
    pins = [match.groupdict(default="") for match in ENTRY.finditer((ROOT / lock).read_text(encoding="utf-8"))]
    assert pins, f"{lock} holds no pin: nothing was checked"
    return {canonicalize_name(entry["name"]): entry for entry in pins}


def requirements(groups: tuple[str, ...]) -> list[Requirement]:
    """Return what pyproject.toml requires in groups, and to serve with the extra `png`, or to test with all."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups_of_texts = [project["project"]["dependencies"], *(project["dependency-groups"][group] for group in groups)]
    extras = project["project"]["optional-dependencies"]
    groups_of_texts += extras.values() if "test" in groups else [extras["png"]]
    return [Requirement(text) for texts in groups_of_texts for text in texts]
