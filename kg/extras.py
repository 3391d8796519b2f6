"""Libraries that only extras bring (`pip install 'communique[EXTRA]'`): imported when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import RequestError


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Guard an import. Raises RequestError, with what to install, if a library that it needs is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise missing_from_extra(error.name or "a library", extra) from error


def missing_from_extra(name: str, extra: str) -> RequestError:
    """Return the error of something that is not installed, and that an extra brings."""
    return RequestError(
        f"{name} is not installed, which the extra {extra!r} brings: pip install 'communique[{extra}]'."
    )
