"""What takes seconds to build and is only read: one of a run's processes builds it, and all read it."""

from __future__ import annotations

import fcntl
import inspect
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """Return the run's folder of a name; the first process that asks for it builds it.

    Others that ask for it have to build it by the same text.
    """
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"built-{name}"
    unfinished, source = folder.with_suffix(".unfinished"), folder.with_suffix(".source")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = inspect.cleandoc(inspect.getsource(build))
        if not folder.exists():
            source.write_text(text, "utf-8")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            build(unfinished)
            unfinished.rename(folder)
        assert source.read_text("utf-8") == text, f"{name!r} is the name of something else that is built once"
    return folder
