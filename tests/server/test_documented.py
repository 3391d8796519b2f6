"""What the server answers is written down: docs/http.md and the routes say the same."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from kg.store import EmbeddedStore
from server import create_app

DOCUMENT = Path(__file__).parents[2] / "docs" / "http.md"
PROTOCOLS = ("admin", "examples", "graph_writes", "graphs", "health", "metrics", "sparql", "things", "updates", "void")
"""The blueprints whose routes are the document's; pages for people are written down with the pages."""


def routes(app: Flask) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in PROTOCOLS:
            found.setdefault(rule.rule, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def documented() -> dict[str, set[str]]:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Addresses")[2].partition("##")[0]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| `")]
    return {path: set(row[2].strip().split(", ")) for row in rows for path in re.findall(r"`([^`]+)`", row[1])}


def test_every_route_is_documented_with_its_methods(store: EmbeddedStore) -> None:
    assert documented() == routes(create_app(store))
