"""Names of XML: how the parser hands them over, and which are names without a colon (Namespaces in XML 1.0)."""

from __future__ import annotations

import re

SEPARATOR = "\x1f"
"""Stands between a name's namespace, its local name and its prefix: a character that no document can hold."""
_START = (
    r"A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_FURTHER = rf"{_START}\-.0-9\xb7\u0300-\u036f\u203f\u2040"
NCNAME = re.compile(f"[{_START}][{_FURTHER}]*")


def split_name(name: str) -> tuple[str, str]:
    """Return the namespace of a name, empty where it has none, and its local name."""
    parts = name.split(SEPARATOR)
    return (parts[0], parts[1]) if len(parts) > 1 else ("", name)
