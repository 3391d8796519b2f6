"""Through a reverse proxy that forwards requests unchanged, nobody can write to or administer a `--writable` server."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from benchmarks.free_ports import free_port
from server.auth.loopback_peers import foreign_peer_reason
from tests.durability.harness import serving
from tests.monitoring.test_deploy import NGINX, listening, needs_nginx
from tests.support.http_client import Client
from tests.support.waiting import until

SITE = """
daemon off; pid {folder}/pid; error_log {folder}/errors; worker_processes 1; {user}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen {listen}; location / {{ proxy_pass http://127.0.0.1:{port}; {more} }} }}
}}
"""
SAME_USER = "user root;" if Path("/proc/self").owner() == "root" else ""
MODERN = 'proxy_http_version 1.1; proxy_set_header Connection "";'
INSERT = "INSERT DATA { <x:s> <x:p> 1 }"
UPDATE = {"Content-Type": "application/sparql-update"}
RELAY = """
import socket, sys, threading
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
listening = socket.create_server((sys.argv[1], 0), family=family)
print(listening.getsockname()[1], flush=True)
def pump(one, other):
    while data := one.recv(65536):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
while True:
    taken = listening.accept()[0]
    there = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    for pair in ((taken, there), (there, taken)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a server that takes writes from this machine, and does take them."""
    with serving(tmp_path_factory.mktemp("plain") / "store", "--plain", "--writable") as server:
        for host in ("127.0.0.1", "localhost", "[::1]"):
            direct = Client("127.0.0.1", server.port).send(
                "POST", "/update", INSERT, {**UPDATE, "Host": f"{host}:{server.port}"}
            )
            assert direct.status == 204, direct.text
        assert Client("127.0.0.1", server.port).get("/admin/queries").status == 200
        yield server.port


@contextmanager
def nginx(folder: Path, port: int, listen: str, user: str, more: str) -> Iterator[Client]:
    """Run nginx with a site of one line, and return its client."""
    own = free_port()
    text = SITE.format(folder=folder, port=port, listen=listen.format(own), user=user, more=more)
    (folder / "nginx.conf").write_text(text, "utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")]
    with subprocess.Popen(command) as process:
        try:
            until(lambda: listening(own))
            yield Client("127.0.0.1", own)
        finally:
            process.terminate()


def assert_refused(client: Client, port: int, host: str | None = None) -> None:
    """Check that a proxy's client reads, and neither writes nor looks after the server."""
    headers = {"Host": host} if host else {}
    assert client.send("GET", "/sparql?query=ASK%7B%7D", headers=headers).status == 200
    for method, path, body, kind in (
        ("POST", "/update", INSERT, UPDATE),
        ("PUT", "/data?graph=x:g", "<x:s> <x:p> 1 .", {"Content-Type": "text/turtle"}),
        ("DELETE", "/data?default", None, {}),
        ("GET", "/admin/queries", None, {}),
    ):
        reply = client.send(method, path, body, {**kind, **headers})
        assert (reply.status, "Without a token" in reply.text) == (403, True), (method, path, reply.text)
    answer = Client("127.0.0.1", port).query("SELECT * { <x:s> ?p ?o }")
    assert len(answer.json["results"]["bindings"]) == 1


@needs_nginx
@pytest.mark.parametrize(
    ("listen", "user", "more"),
    [
        ("{}", "", ""),
        ("127.0.0.1:{}", "", ""),
        ("127.0.0.1:{}", SAME_USER, ""),
        ("{}", SAME_USER, ""),
        ("{}", SAME_USER, MODERN),
        ("[::]:{} ipv6only=off", SAME_USER, MODERN),
    ],
)
def test_nobody_writes_through_a_plain_nginx(tmp_path: Path, port: int, listen: str, user: str, more: str) -> None:
    with nginx(tmp_path, port, listen, user, more) as client:
        assert_refused(client, port)


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])  # noqa: S104 -- what other machines reach is what is tried
def test_nobody_writes_through_a_tcp_relay_that_other_machines_reach(port: int, address: str) -> None:
    command = [sys.executable, "-c", RELAY, address, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as relay:
        try:
            assert relay.stdout
            own = int(relay.stdout.readline())
            assert_refused(Client("127.0.0.1" if address == "0.0.0.0" else "::1", own), port, f"127.0.0.1:{port}")  # noqa: S104 -- see above
        finally:
            relay.terminate()


def test_a_program_that_listens_on_loopback_only_may_write(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)):
        assert Client("127.0.0.1", port).send("POST", "/update", INSERT, UPDATE).status == 204
    with socket.create_server(("0.0.0.0", 0)):  # noqa: S104 -- see above
        assert Client("127.0.0.1", port).send("POST", "/update", INSERT, UPDATE).status == 403
    assert Client("127.0.0.1", port).send("POST", "/update", INSERT, UPDATE).status == 204


@pytest.mark.parametrize("family", ["127.0.0.1", "::1"])
def test_an_unknown_peer_is_refused_unless_the_system_has_no_tables(family: str) -> None:
    with socket.create_server((family, 0), family=socket.AF_INET6 if ":" in family else socket.AF_INET) as server:
        own = server.getsockname()[1]
        with closing(socket.create_connection((family, own))) as client:
            taken = server.accept()[0]
            peer = client.getsockname()[1]
            assert foreign_peer_reason(peer, own) is None
            client.close()
            assert foreign_peer_reason(peer, own) == "the program that sends it cannot be identified"
            taken.close()
    assert foreign_peer_reason(1, 2) is None
