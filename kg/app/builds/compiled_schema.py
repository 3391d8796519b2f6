"""Compiles the shipped schema at import: a fork server imports this module once for all processes of a build.

They get it from `read_schema`, which compiles it again if its files have changed since.
"""

from __future__ import annotations

from contextlib import suppress

from kg.app.schema import read_schema
from kg.errors import CommuniqueError

with suppress(CommuniqueError):  # raised again by the build's own process, which reads the same files
    _ = read_schema().reasoner
