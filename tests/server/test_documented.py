"""docs/http.md, the OpenAPI description and the routes agree."""

from __future__ import annotations

import re
from pathlib import Path

import schemathesis
from flask import Flask
from schemathesis.core.result import Ok

from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import create_app
from server.endpoints.openapi import described_rules
from server.endpoints.openapi_operations import OPERATIONS, PARAMETERS
from tests.support.http_client import Client

DOCUMENT = Path(__file__).parents[2] / "docs" / "http.md"
PROTOCOLS = (
    "admin",
    "examples",
    "graph_writes",
    "graphs",
    "health",
    "metrics",
    "openapi",
    "reconciliation",
    "sparql",
    "things",
    "updates",
    "void",
)
"""The blueprints whose routes are the document's; pages for people are written down with the pages."""


def routes(app: Flask) -> dict[str, set[str]]:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in PROTOCOLS:
            methods.setdefault(rule.rule, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return methods


def documented() -> dict[str, set[str]]:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Addresses")[2].partition("##")[0]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| `")]
    return {path: set(row[2].strip().split(", ")) for row in rows for path in re.findall(r"`([^`]+)`", row[1])}


def test_every_route_is_documented_with_its_methods(store: EmbeddedStore) -> None:
    assert documented() == routes(create_app(UnlimitedStore(store)))


def test_every_route_is_described_and_nothing_else(store: EmbeddedStore) -> None:
    app = create_app(UnlimitedStore(store))
    with app.test_request_context():
        assert {*OPERATIONS} == {rule.endpoint for rule in described_rules()}


def test_every_parameter_is_described_and_used() -> None:
    used = {name for operation in OPERATIONS.values() for name in (*operation.parameters, *operation.required)}
    assert used | {"query", "update"} == {*PARAMETERS}


def test_the_documented_parameters_are_described() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Parameters")[2].partition("##")[0]
    names = {
        name
        for row in table.splitlines()
        for name in re.findall(r"`([^`/]+)`", row.split("|")[1] if "|" in row else "")
    }
    assert names
    assert names <= {*PARAMETERS}


def test_the_description_is_openapi(client: Client) -> None:
    description = client.get("/openapi.json").json
    described = schemathesis.openapi.from_dict(description)
    operations = [operation.ok() for operation in described.get_all_operations() if isinstance(operation, Ok)]
    assert len(operations) == sum(len(methods) for methods in description["paths"].values())
    assert len({operation.definition.raw["operationId"] for operation in operations}) == len(operations)
