"""Pages of other origins may read and not write (the Fetch standard's CORS protocol)."""

from __future__ import annotations

import pytest

from kg.store import EmbeddedStore
from server import Settings, create_app
from tests.server.conftest import BASE, Client, Serving

ELSEWHERE = {"Origin": "https://elsewhere.example"}


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/data", "/sparql?query=ASK", "/nowhere", "/about/ann"])
def test_any_origin_may_read(client: Client, path: str) -> None:
    reply = client.get(path, **ELSEWHERE)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in reply.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in reply.headers


def preflight(client: Client, path: str, method: str) -> str:
    asked = {**ELSEWHERE, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    reply = client.send("OPTIONS", path, headers=asked)
    assert reply.status == 200
    return str(reply.headers.get("Access-Control-Allow-Methods", ""))


def test_a_preflight_of_a_query_is_allowed(client: Client) -> None:
    assert "POST" in preflight(client, "/sparql", "POST")


def test_a_preflight_of_a_write_is_not_allowed(client: Client) -> None:
    allowed = preflight(client, "/data", "PUT")
    assert "PUT" not in allowed
    assert "POST" not in allowed


def test_only_listed_origins_may_read_where_they_are_listed(store: EmbeddedStore, serving: Serving) -> None:
    app = create_app(store, Settings(base=BASE, origins=("https://friend.example",)))
    with serving(app) as client:
        friend = client.get("/sparql?query=ASK%7B%7D", Origin="https://friend.example")
        stranger = client.get("/sparql?query=ASK%7B%7D", **ELSEWHERE)
    assert friend.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "Origin" in friend.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in stranger.headers
