"""The files in deploy/ are what they are said to be: systemd takes the unit, and nginx carries the server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
import yaml

from benchmarks.free_ports import free_port
from kg.cli import main
from kg.engines.engine_table import ENGINES
from server.runtime.command import serve
from tests.durability.harness import ROOT, Server, serving
from tests.support.http_client import Client
from tests.support.processes import descendants
from tests.support.serve_process import ENDLESS_QUERY
from tests.support.waiting import PATIENCE, until

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "communique.service").read_text("utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
SITE = (DEPLOY / "nginx.conf").read_text("utf-8")
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
STARTED = re.compile(r"^ExecStart=(\S+) serve --store /var/lib/communique/store (.*) --port 8000 (.*)$", re.MULTILINE)
VARIABLES = {f"KG_SERVE_{option.opts[-1].strip('-').replace('-', '_').upper()}" for option in serve.params}
WHOLE = """
daemon off; pid {folder}/pid; error_log {folder}/errors; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/communique.conf;
}}
"""
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    for text, taken in ((UNIT, True), (UNIT.replace("Type=exec", "Type=exce"), False)):
        unit = tmp_path / "communique.service"
        unit.write_text(text.replace("/opt/communique/bin/kg", f'"{sys.executable}"'), "utf-8")
        command = ["systemd-analyze", "verify", "--man=no", str(unit)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (unit.name not in done.stderr) is taken, done.stderr


def test_the_compose_file_runs_the_containerfile_with_options_that_kg_serve_has() -> None:
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"].values()
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).read_text("utf-8") == CONTAINER
    assert {*service["environment"]} <= VARIABLES
    (volume,), (port,) = service["volumes"], service["ports"]
    assert f"VOLUME {volume.partition(':')[2]}\n" in CONTAINER
    assert f"EXPOSE {port.rpartition(':')[2]}\n" in CONTAINER


def test_an_image_is_made_from_nothing_that_git_ignores() -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    # A pattern without a slash is one of every folder for git, and of the first alone for container engines.
    expected = [line.removeprefix("/") if line[0] == "/" else f"**/{line}" for line in ignored]
    (_, *lines) = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert lines == [".git", *expected]


@pytest.mark.parametrize("name", ["Oxigraph", "Virtuoso"])
def test_the_compose_file_of_engines_pushes_and_asks_where_the_table_says(name: str) -> None:
    (engine,) = (row for row in ENGINES if row.name == name)
    host = name.lower()
    services = yaml.safe_load((DEPLOY / "compose-engines.yaml").read_text("utf-8"))["services"]
    pushing, serving_it = services[f"push-to-{host}"], services[f"communique-on-{host}"]
    for service in (pushing, serving_it):
        assert service["profiles"] == services[host]["profiles"] == [host]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).read_text("utf-8") == CONTAINER
        command = main.get_command(click.Context(main), service["command"][0])
        assert command is not None
        command.make_context(command.name, service["command"][1:], resilient_parsing=True)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in service["command"] if word.startswith("--")} <= known
    pushed, address = (
        next(urlsplit(word) for word in service["command"] if "://" in word) for service in (pushing, serving_it)
    )
    assert (pushed.hostname, pushed.path) == (host, engine.graphs)
    assert (address.hostname, address.port) == (host, pushed.port)
    assert address.path in engine.query.split(", ")
    assert ("--digest" in pushing["command"]) == ("digest" in engine.logins)
    assert serving_it["depends_on"] == {
        host: {"condition": "service_started"},
        f"push-to-{host}": {"condition": "service_completed_successfully"},
    }


def test_the_options_of_kg_serve_in_the_unit_are_options_that_it_has() -> None:
    known = {option for parameter in serve.params for option in parameter.opts}
    lines = [line for line in UNIT.splitlines() if "kg serve" in line]
    used = {option for line in lines if line[:1] != "#" for option in re.findall(r"--[a-z-]+", line)}
    assert used
    assert used <= known


def test_the_image_sets_in_the_environment_what_kg_serve_reads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = re.findall(r"^ENV (.*)$", CONTAINER, re.MULTILINE)
    (path, *variables) = (setting.split("=") for setting in line.split())
    assert path == ["PATH", '"/opt/communique/bin:$PATH"']
    for name, value in variables:
        assert name in {*VARIABLES, "KG_STORE"}
        monkeypatch.setenv(name, value)
    assert 'ENTRYPOINT ["kg"]\nCMD ["serve"]\n' in CONTAINER
    serving_it, exposed = serve.make_context("serve", []).params, re.findall(r"^EXPOSE (.*)$", CONTAINER, re.MULTILINE)
    assert (serving_it["host"], [str(serving_it["port"])]) == ("0.0.0.0", exposed)  # noqa: S104 -- in a container
    assert Path(serving_it["store"]).parent == Path(re.findall(r"^VOLUME (.*)$", CONTAINER, re.MULTILINE)[0])


def test_the_command_of_the_unit_serves(folder: Path) -> None:
    command = STARTED.search(UNIT)
    assert command
    with serving(folder, "--plain", *command[2].split(), *command[3].split()) as server:
        assert server.send("GET", "/ready")[0] == 200


@pytest.fixture
def behind(folder: Path, tmp_path: Path) -> Iterator[tuple[Client, Server]]:
    """Return a client of nginx, with our site unchanged except for its ports, and the server behind it."""
    with serving(folder, "--plain", "--proxy", "127.0.0.1", "--log", "json") as server:
        port = free_port()
        site = SITE.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("listen 80", f"listen {port}")
        assert site.count(str(server.port)) == site.count(f"listen {port}") == 1
        (tmp_path / "communique.conf").write_text(site, "utf-8")
        (tmp_path / "nginx.conf").write_text(WHOLE.format(folder=tmp_path), "utf-8")
        command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "errors")]
        with subprocess.Popen(command) as nginx:
            try:
                until(lambda: listening(port))
                client = Client("127.0.0.1", port)
                assert client.get("/network", "text/html").status == 200, "it waits for the index, whose queries count"
                yield client, server
            finally:
                nginx.terminate()


def listening(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


@needs_nginx
def test_logs_name_the_proxys_client_and_ignore_forged_headers(
    behind: tuple[Client, Server],
) -> None:
    client, server = behind
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "through-the-proxy", "Accept": "text/turtle"}
    answer = client.send("GET", "/.well-known/void", headers=claimed)
    assert answer.status == 200
    assert f"http://127.0.0.1:{client.port}/sparql" in answer.text, "addresses are those that the client sees"
    log = Path(server.log.name)
    until(lambda: "through-the-proxy" in log.read_text("utf-8"))
    (line,) = [line for line in log.read_text("utf-8").splitlines() if "through-the-proxy" in line]
    assert '"client": "127.0.0.1"' in line
    assert "203.0.113.9" not in line


@needs_nginx
def test_a_disconnect_behind_the_proxy_stops_the_query(behind: tuple[Client, Server]) -> None:
    client, server = behind
    figures = Client("127.0.0.1", server.port)

    def running() -> bool:
        return "communique_queries_busy 1.0" in figures.get("/metrics").text

    with socket.create_connection(("127.0.0.1", client.port)) as leaving:
        head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query"
        leaving.sendall(f"{head}\r\nContent-Length: {len(ENDLESS_QUERY)}\r\n\r\n{ENDLESS_QUERY}".encode())
        assert until(running)
    assert until(lambda: not running())


@needs_nginx
def test_an_answer_is_streamed_through_the_proxy_and_a_broken_one_stays_broken(behind: tuple[Client, Server]) -> None:
    client, server = behind
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with socket.create_connection(("127.0.0.1", client.port), timeout=PATIENCE) as reading:
        head = "POST /sparql HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nContent-Type: application/sparql-query"
        reading.sendall(f"{head}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
        first = reading.recv(4096)
        assert first.startswith(b"HTTP/1.1 200")
        for process in [*descendants(server.process.pid)]:
            if not [*descendants(process)]:  # a worker, and neither who forks it nor the server
                os.kill(process, signal.SIGKILL)
        last = first
        while piece := reading.recv(1 << 20):
            last = (last + piece)[-64:]
    assert not last.endswith(b"\r\n0\r\n\r\n"), "the last chunk is missing, so no client takes it for the whole"


@needs_nginx
def test_the_proxy_limits_the_rate_of_requests(behind: tuple[Client, Server]) -> None:
    client, _ = behind
    statuses = list[int]()
    request = f"GET /health HTTP/1.1\r\nHost: {client.host}:{client.port}\r\nConnection: close\r\n\r\n".encode()

    def refuses() -> bool:
        with ExitStack() as stack:
            address = (client.host, client.port)
            connections = [
                stack.enter_context(closing(socket.create_connection(address, timeout=PATIENCE))) for _ in range(200)
            ]
            # One after another without an answer: how many come in a second is what is limited.
            for connection in connections:
                connection.sendall(request)
            statuses.extend(int(connection.recv(100).split()[1]) for connection in connections)
        return 429 in statuses

    assert until(refuses)
    assert set(statuses) <= {200, 429}
    assert statuses[0] == 200
