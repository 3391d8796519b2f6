"""Keeps compiled templates on the disk, as Python keeps its modules: compiling all of them takes a second."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from pickle import UnpicklingError  # Jinja writes the digest as a pickle

from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache


class TemplateCache(BytecodeCache):
    """The `__pycache__` of the templates' package; if it cannot be written, each process compiles them itself.

    Jinja compares the template's digest, so that a template that has changed is compiled again.
    """

    def __init__(self, environment: Environment) -> None:
        # What the code depends on beside the template; the name of the file holds Python's version.
        options = (version("jinja2"), environment.trim_blocks, environment.lstrip_blocks)
        self._variant = f"jinja{sha256(repr(options).encode()).hexdigest()[:16]}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the path of a template's code: not in the templates' own folder, all of whose files are templates."""
        path = Path(filename or name)
        return cache_from_source(str(path.parent.parent / path.name), optimization=self._variant)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template's code if there is any."""
        with suppress(OSError, EOFError, UnpicklingError), Path(bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a template's code, unless Python is not to write any."""
        if sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        # Renamed when it is whole, since other processes compile the same template and read it.
        unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                unfinished.write_bytes(bucket.bytecode_to_string())
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
