"""The wheel: it carries what the program ships with, and works where no checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from kg import shipped_files
from kg.errors import ResourceError

ROOT = Path(__file__).parents[2]
SHIPPED = ("ontology", "shapes", "mappings", "examples")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    (built,) = folder.glob("communique-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the scripts' folder of an environment that has the wheel and this one's libraries, not the checkout."""
    home = tmp_path_factory.mktemp("an environment")
    venv.create(home, with_pip=False, symlinks=True)
    scripts = home / "bin"
    python = str(scripts / "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


@pytest.mark.parametrize("name", SHIPPED)
def test_a_wheel_carries_every_file_of_the_shipped_folders(name: str, wheel: Path) -> None:
    tracked = run("git", "ls-files", "-z", name, cwd=ROOT).split("\0")
    expected = {f"kg/shipped/{path}" for path in tracked if path}
    assert expected, f"git tracks nothing below {name}: nothing was checked"
    assert expected <= {*zipfile.ZipFile(wheel).namelist()}


def test_a_wheel_carries_the_licences_and_the_marks_of_typed_packages(wheel: Path) -> None:
    names = {*zipfile.ZipFile(wheel).namelist()}
    assert {"communique/py.typed", "kg/py.typed", "server/py.typed"} <= names
    assert {Path(name).name for name in names if "/licenses/" in name} == {"LICENSE", "LICENSE-DATA"}


def test_a_wheel_carries_no_tests_and_nothing_beside_its_packages(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"communique", "kg", "server"}


@pytest.mark.parametrize("name", SHIPPED)
def test_an_installed_wheel_finds_its_own_shipped_folders(name: str, installed: Path, tmp_path: Path) -> None:
    code = f"from kg import shipped_files; print(shipped_files.{name}_folder())"
    folder_in_wheel = Path(run(str(installed / "python"), "-c", code, cwd=tmp_path).strip())
    assert folder_in_wheel.is_relative_to(installed.parent)
    assert [*folder_in_wheel.iterdir()]


def test_an_installed_wheel_has_the_command(installed: Path, tmp_path: Path) -> None:
    assert "Usage: kg" in run(str(installed / "kg"), "--help", cwd=tmp_path)


def test_an_installed_wheel_runs_what_its_help_shows(installed: Path, tmp_path: Path) -> None:
    run(str(installed / "kg"), "examples", cwd=tmp_path)
    built = run(str(installed / "kg"), "infer", "examples/harbour-talks", "--format", "ntriples", cwd=tmp_path)
    assert "<https://example.org/communique/person/ilse-tarrant> <https://schema.org/name> " in built


@pytest.mark.parametrize("name", SHIPPED)
def test_a_checkout_finds_its_shipped_folders_at_its_top(name: str) -> None:
    assert getattr(shipped_files, f"{name}_folder")() == ROOT / name


def test_a_missing_shipped_folder_is_an_error_that_says_where_it_was_sought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped_files, "PACKAGE", tmp_path / "kg")
    with pytest.raises(ResourceError, match=r"'shapes' that .* is missing: expected at .*kg/shipped/shapes and"):
        shipped_files.shapes_folder()


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a command that must succeed, away from this process's Python path, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout
