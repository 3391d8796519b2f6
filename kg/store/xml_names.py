"""Names of XML as the parser hands them over."""

from __future__ import annotations

SEPARATOR = "\x1f"
"""Stands between a name's namespace, its local name and its prefix: a character that no document can hold."""


def split_name(name: str) -> tuple[str, str]:
    """Return the namespace of a name, empty if it has none, and its local name."""
    parts = name.split(SEPARATOR)
    return (parts[0], parts[1]) if len(parts) > 1 else ("", name)
