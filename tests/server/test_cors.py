"""Pages of other origins may read but not write (the Fetch standard's CORS protocol)."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.server.test_command import serving as command_serving
from tests.support.http_client import Client, Serving
from tests.support.people_store import BASE

ELSEWHERE = {"Origin": "https://elsewhere.example"}


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/data", "/sparql?query=ASK", "/nowhere", "/about/ann"])
def test_any_origin_may_read(client: Client, path: str) -> None:
    reply = client.get(path, **ELSEWHERE)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in reply.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in reply.headers


def preflight(client: Client, path: str, method: str) -> str:
    headers = {**ELSEWHERE, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    reply = client.send("OPTIONS", path, headers=headers)
    assert reply.status == 200
    return str(reply.headers.get("Access-Control-Allow-Methods", ""))


def test_a_preflight_of_a_query_is_allowed(client: Client) -> None:
    assert "POST" in preflight(client, "/sparql", "POST")


def test_a_preflight_of_a_write_is_not_allowed(client: Client) -> None:
    allowed = preflight(client, "/data", "PUT")
    assert "PUT" not in allowed
    assert "POST" not in allowed


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ((), "*"),
        (("https://friend.example", "http://localhost:3000"), "https://friend.example"),
        (("HTTPS://Friend.example",), "https://friend.example"),
        (("https://other.example",), None),
        (("none",), None),
    ],
)
def test_the_option_origin_sets_the_origins_that_may_read(
    tmp_path: Path, origins: tuple[str, ...], allowed: str | None
) -> None:
    options = [word for origin in origins for word in ("--origin", origin)]
    with command_serving("--plain", "--workers", "2", "--store", str(tmp_path / "store"), *options) as client:
        reply = client.get("/sparql?query=ASK%7B%7D", Origin="https://friend.example")
        assert (reply.status, reply.headers.get("Access-Control-Allow-Origin")) == (200, allowed)


@pytest.mark.parametrize("origin", ["friend.example", "https://friend.example/", "https://friend.example/page", "null"])
def test_a_malformed_origin_is_an_error_in_one_sentence(tmp_path: Path, origin: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--plain", "--store", str(tmp_path / "store"), "--origin", origin])
    assert (result.exit_code, "is not an origin" in result.output) == (2, True)


def test_only_listed_origins_may_read(store: EmbeddedStore, serving: Serving) -> None:
    app = create_app(UnlimitedStore(store), Settings(base=BASE, origins=("https://friend.example",)))
    with serving(app) as client:
        friend = client.get("/sparql?query=ASK%7B%7D", Origin="https://friend.example")
        stranger = client.get("/sparql?query=ASK%7B%7D", **ELSEWHERE)
    assert friend.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "Origin" in friend.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in stranger.headers
