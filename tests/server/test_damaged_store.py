"""A store that is damaged or removed while it is served: 503 at every address that needs it, without its path."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.errors import CommuniqueError
from kg.store import EmbeddedStore
from kg.tokens import Tokens
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.http.errors import client_message, to_http
from tests.durability.harness import Server, serving
from tests.support.http_client import run_server
from tests.support.people_store import BASE, NAMES
from tests.support.waiting import until

PLAIN = ("/ready", "/dump.nq", "/dump.trig", "/sparql?query=ASK%7B%7D", "/data?default", "/.well-known/void", "/")
OF_A_CORPUS = (
    *PLAIN,
    "/data/graph/authority",
    "/data/ann",
    "/about/ann",
    "/dataset",
    "/people",
    "/events",
    "/timeline",
    "/network",
    "/statements",
    "/search?q=ann",
    "/examples",
    "/articles",
)
UPDATE = "INSERT DATA { <a:a> <a:b> 3 }"


def no_pointer(folder: Path) -> None:
    (folder / "current").unlink()


def no_description(folder: Path) -> None:
    (folder / "store.json").unlink()


def moved(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))


def replaced(folder: Path) -> None:
    moved(folder)
    folder.mkdir()


def no_versions(folder: Path) -> None:
    shutil.rmtree(folder / "versions")


DAMAGES = (no_pointer, no_description, moved, replaced, no_versions)


@dataclass(frozen=True)
class Served:
    """A server over a plain store in a folder, in a process of its own, with a worker."""

    folder: Path
    server: Server


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "hidden-place" / "store"
    folder.parent.mkdir()
    with serving(folder, "--plain", "--writable", "--workers", "2") as server:
        for number in range(2):
            update = f"INSERT DATA {{ <a:a> <a:b> {number} }}"
            assert server.send("POST", "/update", update, "application/sparql-update")[0] == 204
        assert server.send("GET", "/dump.nq")[1].count("\n") == 2
        # Written in the background once the server has started.
        assert until((folder / "pages.index").exists)
        yield Served(folder, server)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_a_503_until_it_is_repaired(served: Served, damage: Callable[[Path], None]) -> None:
    folder, server = served.folder, served.server
    saved = shutil.copytree(folder, folder.with_name("saved"))
    damage(folder)
    left = sorted(str(path) for path in folder.rglob("*"))
    for path in PLAIN:
        status, text = server.send("GET", path)
        assert (path, status) == (path, 503)
        assert "hidden-place" not in text
    for method, path, kind in (
        ("POST", "/update", "application/sparql-update"),
        ("PUT", "/data?default", "text/turtle"),
    ):
        status, text = server.send(method, path, UPDATE if method == "POST" else "<a:a> <a:b> 3 .", kind)
        assert (method, status) == (method, 503)
        assert "hidden-place" not in text
    assert server.send("GET", "/health")[0] == 200
    assert "communique_store_readable 0.0" in server.send("GET", "/metrics")[1]
    assert sorted(str(path) for path in folder.rglob("*")) == left
    assert "hidden-place" in Path(server.log.name).read_text("utf-8"), "the log names the folder"
    shutil.rmtree(folder, ignore_errors=True)
    Path(saved).rename(folder)
    assert server.send("POST", "/update", UPDATE, "application/sparql-update")[0] == 204
    assert server.send("GET", "/dump.nq")[1].count("\n") == 3
    assert json.loads(server.send("GET", "/ready")[1])["version"] == "000003"


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_page_of_a_corpus_whose_store_is_damaged_is_a_503(
    store: EmbeddedStore, questions: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    store.back_up(tmp_path / "store")
    copied = EmbeddedStore.open(tmp_path / "store", NAMES)
    with run_server(create_app(UnlimitedStore(copied), Settings(base=BASE, questions=questions))) as client:
        assert client.get("/people", "text/html").status == 200
        damage(tmp_path / "store")
        for path in OF_A_CORPUS:
            for accept in ("text/html, */*;q=0.1", "text/turtle, */*;q=0.1"):
                answer = client.get(path, accept)
                assert (path, accept, answer.status) == (path, accept, 503)
                assert answer.headers["Retry-After"] == "1"
                assert str(tmp_path) not in answer.text


def test_a_write_to_a_read_only_disk_is_a_503_and_reads_go_on(store: EmbeddedStore, tmp_path: Path) -> None:
    """The lock's file is a folder here, which no user can open to write, root included."""
    store.back_up(tmp_path / "store")
    (tmp_path / "store" / "lock").mkdir()
    copied = EmbeddedStore.open(tmp_path / "store", NAMES)
    with run_server(create_app(UnlimitedStore(copied), Settings(base=BASE))) as client:
        assert client.query("ASK { ?s ?p ?o }").status == 200
        answer = client.send("PUT", "/data?graph=a:g", "<a:a> <a:b> 1 .", {"Content-Type": "text/turtle"})
    assert answer.status in (403, 503)
    assert str(tmp_path) not in answer.text


def kinds(kind: type[CommuniqueError]) -> Iterator[type[CommuniqueError]]:
    for below in kind.__subclasses__():
        yield below
        yield from kinds(below)


def test_no_error_shows_the_paths_of_the_servers_files(tmp_path: Path) -> None:
    concerned = [kind for kind in kinds(CommuniqueError) if kind.__name__ in ("StoreError", "ResourceError")]
    concerned += [
        error_class for kind in concerned for error_class in kinds(kind) if error_class.__name__ != "WorkerError"
    ]
    assert len(concerned) >= 4
    for kind in concerned:
        error = kind(f"{tmp_path}/current is missing.")
        assert str(tmp_path) not in client_message(error)
        assert to_http(error).status in (500, 503, 507)
        assert str(tmp_path) in str(error)


def test_an_unreadable_token_file_is_an_error_without_its_path(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text("{")
    settings = Settings(base=BASE, private=True, tokens=Tokens(tmp_path / "tokens.json"), writable=False)
    with run_server(create_app(UnlimitedStore(store), settings)) as client:
        answer = client.get("/sparql?query=ASK%7B%7D", Authorization="Bearer x")
    assert answer.status == 503
    assert "tokens cannot be read" in answer.text
    assert str(tmp_path) not in answer.text
