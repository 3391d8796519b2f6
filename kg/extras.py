"""Errors for missing optional libraries, which extras install (`pip install 'communique[EXTRA]'`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import RequestError


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Guard an import. Raises RequestError, which says what to install, if a library is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise missing_from_extra(error.name or "a library", extra) from error


def missing_from_extra(name: str, extra: str) -> RequestError:
    """Return the error for something that is not installed and that an extra provides."""
    return RequestError(
        f"{name} is not installed, which the extra {extra!r} brings: pip install 'communique[{extra}]'."
    )
