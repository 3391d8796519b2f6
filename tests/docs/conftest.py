"""The README, and a folder in which its commands have been run unchanged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BIN = Path(sys.executable).parent


def section(title: str) -> str:
    """Return the text of the README below a heading, up to the next."""
    match = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert match, f"the README has no section {title!r}"
    return match[1]


def blocks(language: str, text: str) -> list[str]:
    """Return the fenced blocks of a language in a text, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def surroundings(*more: Path) -> dict[str, str]:
    """Return our environment variables without settings for `kg`, with the folder of `kg` and more on the path."""
    path = os.pathsep.join(str(folder) for folder in (*more, BIN, os.environ["PATH"]))
    return {name: value for name, value in os.environ.items() if not name.startswith("KG_")} | {"PATH": path}


@dataclass(frozen=True)
class Folder:
    """A folder that holds a store of the shipped corpus, and a shell in it that finds `kg`."""

    path: Path

    def sh(self, script: str, *more: Path) -> str:
        """Run a script, which must succeed, with more folders on the path, and return what it prints."""
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=self.path,
            env=surroundings(*more),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the store on a free port, and give the address."""
        command = [str(BIN / "kg"), "serve", "--port", "0"]
        with subprocess.Popen(command, cwd=self.path, env=surroundings(), stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())
            try:
                assert address
                yield address[0]
            finally:
                server.terminate()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return a folder whose store `kg build` has made of the shipped corpus, with the README's exports beside it."""
    made = Folder(tmp_path_factory.mktemp("my folder"))
    made.sh("kg build --no-cross-check")
    made.sh(blocks("sh", section("Load it into other tools"))[0])
    return made
