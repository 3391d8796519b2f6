"""`kg watch` beside a real server: what is saved is built and shown, and a fault is reported and loses nothing."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.durability.harness import Server, serving
from tests.support.command_line import KG, ROOT, kg
from tests.support.waiting import until

TITLES = quote("SELECT ?title { ?article <http://purl.org/dc/terms/title> ?title }")


@contextmanager
def watching(corpus: Path, store: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `kg watch` for as long as the block lasts; Ctrl-C must then end it in order."""
    with (store.with_name("errors")).open("w") as errors:
        watcher = subprocess.Popen(
            [KG, "watch", corpus, "--store", store], stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            yield watcher
            watcher.send_signal(signal.SIGINT)
            assert watcher.wait() == 0
        finally:
            watcher.kill()
            watcher.communicate()


def titles(server: Server) -> str:
    status, text = server.send("GET", f"/sparql?query={TITLES}")
    assert status == 200, text
    return text


def retitle(file: Path, title: str) -> None:
    lines = [f"title: {title}" if line.startswith("title: ") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join([*lines, ""]), "utf-8")


def test_a_running_server_shows_what_is_saved_and_a_fault_changes_nothing(corpus: Path, tmp_path: Path) -> None:
    store, file = tmp_path / "store", corpus / "bridge.yaml"
    with watching(corpus, store) as watcher:
        assert watcher.stdout is not None
        assert watcher.stdout.readline().startswith(f"Built version 000001 of {store} in ")
        with serving(store, "--workers", "0") as server:
            retitle(file, "Told once more")
            assert until(lambda: "Told once more" in titles(server))
            assert watcher.stdout.readline().startswith("Built version 000002")
            retitle(file, "'")
            assert until(lambda: f"Error: {file}:" in (tmp_path / "errors").read_text("utf-8"))
            assert "Told once more" in titles(server)
            retitle(file, "Told a third time")
            assert until(lambda: "Told a third time" in titles(server))


LOSE_INTERRUPT = """
import signal
import sys
import kg.cli.watch

module = sys.modules["kg.cli.watch"]
print_result = module.print_result

def interrupted(*arguments):
    print_result(*arguments)
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass

module.print_result = interrupted
"""


def test_ctrl_c_ends_it_though_the_exception_is_lost(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(LOSE_INTERRUPT, "utf-8")
    ran = kg("watch", corpus, "--store", tmp_path / "store", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert (ran.status, ran.out.partition(" of ")[0]) == (0, "Built version 000001"), ran.err
