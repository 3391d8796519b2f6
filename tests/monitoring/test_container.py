"""The image of deploy/Containerfile in a real container: `make image` builds it and names it in `IMAGE`."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from uuid import uuid4

import pytest

from tests.support.http_client import Client
from tests.support.serve_process import ENDLESS_QUERY
from tests.support.waiting import PATIENCE, until

IMAGE = os.environ.get("IMAGE", "")
PROGRAM = shutil.which("podman") or shutil.which("docker") or "podman"
RESTRICTED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all")  # noqa: S108 -- the container's
WRITTEN = "<urn:x:kept> <urn:x:in> <urn:x:volume> ."

pytestmark = pytest.mark.skipif(not IMAGE, reason="IMAGE names no image (make image)")


def engine(*arguments: str) -> str:
    """Run a command of the container engine, and return what it prints."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout.strip()


@pytest.fixture
def volume() -> Iterator[str]:
    """Return the name of a new volume."""
    name = engine("volume", "create")
    yield name
    engine("volume", "rm", name)


@contextmanager
def container(volume: str, *command: str) -> Iterator[tuple[str, Client]]:
    """Run the image with its data in a volume, and yield the container's name and a client once it is ready."""
    name = f"communique-{uuid4()}"
    mounted = ("--volume", f"{volume}:/var/lib/communique", "--publish", "127.0.0.1::8000")
    engine("run", "--detach", "--name", name, *RESTRICTED, *mounted, IMAGE, *command)
    try:
        client = Client("127.0.0.1", int(engine("port", name, "8000").splitlines()[0].rpartition(":")[2]))
        until(lambda: status(client, "/ready") == 200)
        yield name, client
    finally:
        engine("rm", "--force", "--volumes", name)


def status(client: Client, path: str) -> int:
    with suppress(OSError, http.client.HTTPException):
        return client.get(path).status
    return 0


def stopped(name: str) -> int:
    """Stop a container as its engine does, by SIGTERM and ten seconds later by SIGKILL, and return its exit status."""
    engine("stop", name)
    return int(engine("inspect", "--format", "{{.State.ExitCode}}", name))


def test_kg_is_on_the_path_and_runs_as_another_user_than_root() -> None:
    assert engine("run", "--rm", *RESTRICTED, IMAGE, "--help").startswith("Usage: kg ")
    assert engine("run", "--rm", *RESTRICTED, "--entrypoint", "id", IMAGE, "-un") == "communique"
    assert engine("run", "--rm", *RESTRICTED, IMAGE, "query", "ASK { ?person a cq:Person }") == "yes"


def test_what_is_written_is_there_after_a_second_start(volume: str) -> None:
    with container(volume) as (name, client):
        assert client.query("ASK { ?who a <https://schema.org/Person> }", "application/sparql-results+json").json[
            "boolean"
        ]
        token = engine("exec", name, "kg", "token", "add", "newsroom", "--role", "write")
        headers = {"Content-Type": "application/n-triples", "Authorization": f"Bearer {token}"}
        assert client.send("PUT", "/data?graph=urn:x:volume", WRITTEN, headers).status == 201
        assert stopped(name) == 0
    with container(volume) as (_, client):
        assert client.get("/data?graph=urn:x:volume", "application/n-triples").text == f"{WRITTEN}\n"
        assert client.send("PUT", "/data?graph=urn:x:volume", WRITTEN).status == 401


def test_sigterm_finishes_the_answers_that_are_under_way(volume: str) -> None:
    with container(volume) as (name, client):
        answers = list[tuple[int, bool]]()
        query = Thread(target=lambda: answers.append(until_five_seconds(client)))
        query.start()
        until(lambda: "communique_queries_busy 1.0" in client.get("/metrics").text)
        assert stopped(name) == 0
        query.join()
        assert answers == [(504, True)]


def until_five_seconds(client: Client) -> tuple[int, bool]:
    """Send a query with five seconds; return the status, and whether its text states the limit."""
    reply = client.post("/sparql?timeout=5", ENDLESS_QUERY, "application/sparql-query")
    return reply.status, "5 s" in reply.text


def test_options_are_taken_from_the_environment(volume: str) -> None:
    refused = subprocess.run(
        [PROGRAM, "run", "--rm", "--env", "KG_SERVE_TIMEOUT=soon", "--volume", f"{volume}:/var/lib/communique", IMAGE],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert refused.returncode == 2
    assert "'soon'" in refused.stderr
