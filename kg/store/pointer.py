"""The pointer of a store's folder: the file `current`, which names the current version and the last one written."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.durable_files import replace_synced
from kg.errors import DamagedStoreError

POINTER = "current"
NOTHING = "000000"
"""The name of the version of a store that nothing has been written to."""
# Bounded, since Python refuses to read a number of more than 4,300 digits, with an error of its own.
_VERSION_NAME = re.compile(r"[0-9]{6,15}")
_REPAIR = "`kg fsck --repair` puts it back"


@dataclass(frozen=True)
class Pointer:
    """The pointer's content: the current version, and the last one acknowledged, so that no name is given twice."""

    current: str
    last: str


START = Pointer(NOTHING, NOTHING)
"""The pointer of a store that nothing has been written to."""


def version_name(number: int) -> str:
    """Return the name of the version of that number."""
    return f"{number:06}"


def is_version_name(text: object) -> bool:
    """Tell whether a value can be the name of a version."""
    return isinstance(text, str) and bool(_VERSION_NAME.fullmatch(text)) and version_name(int(text)) == text


def read_pointer(folder: Path) -> Pointer:
    """Read a store's pointer. Raises DamagedStoreError if it is missing or does not name versions."""
    path = folder / POINTER
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DamagedStoreError(f"{path} is missing, so nothing says which version is current: {_REPAIR}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedStoreError(f"{path} does not name a version: {error}; {_REPAIR}.") from error
    if not _is_pointer(content):
        raise DamagedStoreError(f"{path} does not name a version, it holds {json.dumps(content)[:200]}; {_REPAIR}.")
    return Pointer(**content)


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace a store's pointer in one step, synced."""
    replace_synced(folder / POINTER, json.dumps(asdict(pointer)))


def _is_pointer(content: object) -> bool:
    if not isinstance(content, dict) or content.keys() != {"current", "last"}:
        return False
    current, last = content["current"], content["last"]
    return is_version_name(current) and is_version_name(last) and int(current) <= int(last)
