"""Roles: writing needs a token, unless the operator allows programs on this machine."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from kg.app.write import write_plain
from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.tokens import Role, Tokens
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from server.monitoring.logs import JsonFormatter
from tests.support.http_client import Client, Reply, Serving

NOW = "2026-01-01T00:00:00+00:00"
INSERT = "INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 1 } }"
UPDATE = {"Content-Type": "application/sparql-update"}
WRITES: tuple[tuple[str, str, str | None, dict[str, str]], ...] = (
    ("POST", "/update", INSERT, UPDATE),
    ("PUT", "/data?graph=x:g", "<x:s> <x:p> 1 .", {"Content-Type": "text/turtle"}),
    ("POST", "/data?graph=x:g", "<x:s> <x:p> 1 .", {"Content-Type": "text/turtle"}),
    ("PATCH", "/data?graph=x:g", "INSERT DATA { <x:s> <x:p> 2 }", UPDATE),
    ("DELETE", "/data?graph=x:g", None, {}),
)
READS = ("/sparql?query=ASK{}", "/data", "/data?default", "/.well-known/void", "/dump.nq", "/examples", "/", "/metrics")


@dataclass(frozen=True)
class Guarded:
    """A server with tokens, and the tokens by role."""

    client: Client
    tokens: Tokens
    tokens_by_role: dict[Role, str]

    def send(self, role: Role | str | None, method: str, path: str, body: str | None = None, **headers: str) -> Reply:
        """Send a request with the token of a role, with another text, or with none."""
        token = self.tokens_by_role[role] if isinstance(role, Role) else role
        authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.client.send(method, path, body, {**headers, **authorization})


Guarding = Callable[..., AbstractContextManager[Guarded]]


@pytest.fixture
def guarding(serving: Serving, tmp_path: Path) -> Guarding:
    """Return what serves a plain store with a token for each role."""

    @contextmanager
    def served(
        *, writable: bool = False, private: bool = False, roles: tuple[Role, ...] = (*Role,)
    ) -> Iterator[Guarded]:
        store, tokens = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True), Tokens.of_store(tmp_path)
        secrets = {role: tokens.add(role.label, role, NOW) for role in roles}
        settings = Settings(base=None, writable=writable, private=private, tokens=tokens)
        with serving(create_app(UnlimitedStore(store), settings, LocalWriter(partial(write_plain, store)))) as client:
            yield Guarded(client, tokens, secrets)

    return served


@pytest.fixture
def every_log() -> Iterator[io.StringIO]:
    """Return what is logged, down to the least."""
    written, level = io.StringIO(), logging.root.level
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    yield written
    logging.root.removeHandler(handler)
    logging.root.setLevel(level)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"), WRITES, ids=[f"{write[0]} {write[1]}" for write in WRITES]
)
def test_a_write_needs_a_token_with_the_role_write(
    guarding: Guarding, method: str, path: str, body: str | None, headers: dict[str, str]
) -> None:
    with guarding() as server:
        nobody = server.send(None, method, path, body, **headers)
        assert nobody.status == 401
        assert nobody.headers["WWW-Authenticate"] == 'Bearer realm="communique"'
        wrong = server.send("kg_" + "A" * 43, method, path, body, **headers)
        assert wrong.status == 401
        assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
        reader = server.send(Role.READ, method, path, body, **headers)
        assert reader.status == 403
        assert 'error="insufficient_scope", scope="write"' in reader.headers["WWW-Authenticate"]
        assert not server.client.query("ASK { GRAPH ?g { ?s ?p ?o } }").json["boolean"]
        server.send(Role.WRITE, "PUT", "/data?graph=x:g", "<x:a> <x:b> 1 .", **{"Content-Type": "text/turtle"})
        assert server.send(Role.WRITE, method, path, body, **headers).status in (200, 201, 204)
        assert server.send(Role.ADMIN, "PUT", "/data?graph=x:h", "", **{"Content-Type": "text/turtle"}).status == 201


def test_without_tokens_nobody_writes(guarding: Guarding) -> None:
    with guarding(roles=(Role.READ,)) as server:
        refused = server.send(None, "POST", "/update", INSERT, **UPDATE)
        assert refused.status == 403
        assert "kg token add" in refused.text


def test_a_token_holds_from_when_it_is_made_until_it_is_revoked(guarding: Guarding) -> None:
    with guarding(roles=()) as server:
        assert server.send(None, "POST", "/update", INSERT, **UPDATE).status == 403
        token = server.tokens.add("late", Role.WRITE, NOW)
        assert server.send(token, "POST", "/update", INSERT, **UPDATE).status == 204
        server.tokens.revoke("late")
        assert server.send(token, "POST", "/update", INSERT, **UPDATE).status == 401


def test_with_a_malformed_token_file_nobody_is_admitted(guarding: Guarding) -> None:
    with guarding() as server:
        server.tokens.file.write_text("{", encoding="utf-8")
        assert server.send(Role.ADMIN, "POST", "/update", INSERT, **UPDATE).status == 503
        assert server.client.query("ASK {}").status == 200


def test_admin_routes_need_the_role_admin(guarding: Guarding) -> None:
    with guarding() as server:
        statuses = {role: server.send(role, "GET", "/admin/queries").status for role in (None, *Role)}
    assert statuses == {None: 401, Role.READ: 403, Role.REVIEW: 403, Role.WRITE: 403, Role.ADMIN: 200}


@pytest.mark.parametrize("path", READS)
def test_reading_is_free_unless_the_server_is_private(guarding: Guarding, path: str) -> None:
    with guarding(private=True) as server:
        assert server.send(None, "GET", path).status == 401
        assert server.send("nonsense", "GET", path).status == 401
        assert {server.send(role, "GET", path).status for role in Role} == {200}


def test_a_private_server_answers_probes(guarding: Guarding) -> None:
    with guarding(private=True) as server:
        assert server.client.get("/health").status == 200
        assert server.client.get("/ready").status == 200
        assert server.client.get("/nowhere").status == 401


def test_reading_a_public_server_needs_no_valid_token(guarding: Guarding) -> None:
    with guarding() as server:
        assert {server.send("nonsense", "GET", path).status for path in READS} == {200}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("role", [None, Role.ADMIN])
def test_no_page_of_another_origin_writes_on_loopback_or_with_a_token(
    guarding: Guarding, headers: dict[str, str], role: Role | None
) -> None:
    with guarding(writable=True) as server:
        assert server.send(role, "POST", "/update", INSERT, **UPDATE, **headers).status == 403
        assert server.send(role, "GET", "/admin/queries", **headers).status == 403
        assert server.send(role, "POST", "/update", INSERT, **UPDATE).status == 204


@pytest.mark.parametrize(
    "headers",
    [{"Host": "rebound.example"}, {"X-Forwarded-For": "203.0.113.7"}, {"Forwarded": "for=x"}, {"Via": "1.1 a"}],
)
def test_a_request_by_another_host_name_or_proxy_needs_a_token(guarding: Guarding, headers: dict[str, str]) -> None:
    with guarding(writable=True) as server:
        assert server.send(None, "POST", "/update", INSERT, **UPDATE, **headers).status == 403
        assert server.send(Role.WRITE, "POST", "/update", INSERT, **UPDATE, **headers).status == 204


def test_only_the_bearer_scheme_is_accepted(guarding: Guarding) -> None:
    with guarding() as server:
        for authorization in (
            f"Basic {server.tokens_by_role[Role.ADMIN]}",
            server.tokens_by_role[Role.ADMIN],
            "Bearer",
            "Bearer  ",
            "é",
            "," * 900,
        ):
            refused = server.client.send("POST", "/update", INSERT, {**UPDATE, "Authorization": authorization})
            assert refused.status == 401


def test_no_log_or_response_repeats_the_authorization_header(guarding: Guarding, every_log: io.StringIO) -> None:
    requests: tuple[tuple[str, str, str | None, dict[str, str]], ...] = (
        *WRITES,
        ("POST", "/update", "nonsense", UPDATE),
        ("GET", "/no", None, {}),
    )
    with guarding() as server:
        secrets = [*server.tokens_by_role.values(), "kg_" + "Z" * 43]
        replies = [
            server.send(secret, method, path, body, **headers, Accept=accept)
            for secret in secrets
            for accept in ("text/html", "application/json", "*/*")
            for method, path, body, headers in requests
        ]
        written = "".join(reply.text + str(reply.headers) for reply in replies) + every_log.getvalue()
    assert {reply.status for reply in replies} >= {400, 401, 403, 404, 204}
    assert '"/update"' in every_log.getvalue()
    assert not [secret for secret in secrets if secret.removeprefix("kg_") in written]


def test_no_response_sets_a_cookie_and_all_have_security_headers(guarding: Guarding) -> None:
    with guarding() as server:
        for path in (*READS, "/nowhere", "/sparql", "/sparql?query=x", "/admin/queries", "/health"):
            reply = server.client.get(path, "text/html")
            assert "Set-Cookie" not in reply.headers
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
            assert "unsafe" not in reply.headers["Content-Security-Policy"]
            assert reply.headers["X-Content-Type-Options"] == "nosniff"
            assert reply.headers["X-Frame-Options"] == "DENY"
            assert reply.headers["Referrer-Policy"] == "no-referrer"
