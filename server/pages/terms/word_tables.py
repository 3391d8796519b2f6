"""The tables of `words.toml`: the English words on pages for terms, relations and languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TABLES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
VOCABULARIES: Mapping[str, str] = _TABLES["vocabularies"]
MEDIA_TOPICS: Mapping[str, str] = _TABLES["media_topics"]
NETWORK_RELATIONS: Mapping[str, tuple[str, str]] = {
    name: (to, of) for name, (to, of) in _TABLES["network_relations"].items()
}
LANGUAGES: Mapping[str, str] = _TABLES["languages"]
