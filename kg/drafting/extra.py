"""What is said where the extra `draft` is not installed: its libraries are imported when a draft is made."""

from __future__ import annotations

from kg.errors import RequestError


def missing_extra(name: str | None) -> RequestError:
    """Return the error of a library or model that is not installed."""
    return RequestError(f"`kg draft` needs {name}, which is not installed: pip install 'communique[draft]' brings it.")
