"""`kg review` as a process: what it prints, and that to kill it loses no change that was acknowledged."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import pytest

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.review.document_faults import document_faults
from kg.store import EmbeddedStore, open_store
from kg.workers.served_store import UnlimitedStore
from server.app import create_app
from server.site import Settings
from tests.durability.harness import KG, ROOT
from tests.review.conftest import Review
from tests.support.http_client import Client, Reply, serve
from tests.support.waiting import until

KILLS = 4
PRINTED = re.compile(r"Reviewing \S+ on http://127\.0\.0\.1:(\d+)/(review\?name=sel\.yaml&|\?)token=(kg_\S+) ")


class ReviewProcess:
    """A `kg review` in a process of its own."""

    def __init__(self, path: Path, store: Path, *options: str) -> None:
        command = [*KG, "review", str(path), "--store", str(store), "--port", "0", "--name", "ada", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        assert self.process.stdout is not None
        match = PRINTED.match(self.process.stdout.readline())
        self.process.stdout.close()
        assert match is not None
        self.client, self.path, self.token = Client("127.0.0.1", int(match[1])), match[2], match[3]

    def post(self, path: str, body: dict[str, object]) -> Reply:
        """Send JSON."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self.client.send("POST", f"{path}?name=sel.yaml", json.dumps(body), headers)

    def change(self, body: dict[str, object]) -> bool:
        """Send a change; return whether it was acknowledged."""
        with suppress(OSError, http.client.HTTPException):
            return self.post("/api/change", body).status == 200
        return False

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.process.kill()
        self.process.wait()


def test_it_prints_the_address_of_a_document_and_stops_on_a_signal(review: Review, tmp_path: Path) -> None:
    started = ReviewProcess(review.document, tmp_path / "store")
    assert started.path == "review?name=sel.yaml&"
    assert started.client.get(f"/review?name=sel.yaml&token={started.token}").status == 303
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait() == 0


def test_it_publishes_to_a_site_that_runs_already_and_leads_there(review: Review, tmp_path: Path) -> None:
    store = tmp_path / "store"
    build(review.folder / "corpus.yaml", partial(EmbeddedStore.open, store), BuildOptions(sources=review.folder))
    with serve(create_app(UnlimitedStore(open_store(store)), Settings(base="https://example.org/news/"))) as server:
        site = Client(server.host, server.port)
        running = ReviewProcess(review.folder, store, "--site", server.address.rstrip("/"))
        review.make("correct", "statement/1", gist="The bridge stays closed for a year.")
        review.make("accept", *review.items())
        published = running.post("/api/publication", {})
        assert published.json == {"address": f"{server.address}about/article/sel/"}
        page = site.get("/about/article/sel/", "text/html").text
        assert "The bridge stays closed for a year." in page
        running.kill()


@pytest.mark.parametrize("seed", range(KILLS))
def test_to_kill_it_loses_no_acknowledged_change(review: Review, tmp_path: Path, seed: int) -> None:
    first = review.document.read_bytes()
    running = ReviewProcess(review.folder, tmp_path / "store")
    acknowledged: list[int] = []
    stop = threading.Event()

    def correct_again_and_again() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            if running.change({"action": "correct", "items": ["statement/1"], "values": {"gist": f"Gist {number}."}, "revision": review.reviewed.revision()}):  # fmt: skip # noqa: E501
                acknowledged.append(number)

    sender = threading.Thread(target=correct_again_and_again)
    sender.start()
    goal = Random(seed).randint(1, 12)  # noqa: S311
    until(lambda: len(acknowledged) >= goal)
    running.kill()
    stop.set()
    sender.join()
    gist = review.values("statement/1")["gist"]
    assert gist in {f"Gist {acknowledged[-1]}.", f"Gist {acknowledged[-1] + 1}."}
    assert document_faults(review.document, review.folder) == []
    while review.reviewed.state()["undo"]:
        review.reviewed.undo("bob")
    assert review.document.read_bytes() == first
