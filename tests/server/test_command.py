"""The command `kg serve`, as a process."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from server.runtime.command import serve
from tests.support.corpus_stores import corpus_store
from tests.support.http_client import Client
from tests.support.waiting import PATIENCE, until

KG = [sys.executable, "-m", "kg"]
EXAMPLE = Path(__file__).parents[2] / "examples" / "harbour-talks"


class Served(Client):
    """A client of a process."""

    def __init__(self, host: str, port: int, process: int) -> None:
        super().__init__(host, port)
        self.process = process


@contextmanager
def serving(*arguments: str) -> Iterator[Served]:
    """Run `kg serve` with arguments for as long as the block lasts; it must end in order."""
    command = [*KG, "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        first_line = process.stdout.readline()
        assert "http://127.0.0.1:" in first_line, first_line + process.stdout.read()
        port = first_line.partition("http://127.0.0.1:")[2].partition("/")[0]
        threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would hold the server up
        try:
            yield Served("127.0.0.1", int(port), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait() == 0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of one's own that the worked example was built into: a test writes to it."""
    return Path(shutil.copytree(corpus_store(tmp_path_factory, "harbour"), tmp_path_factory.mktemp("built") / "store"))


def test_pages_show_texts_only_with_the_option_sources(built: Path, tmp_path: Path) -> None:
    page, words = "/about/article/harbour-talks/", "The talks opened at 10 p.m."
    with serving("--store", str(built), "--sources", str(EXAMPLE)) as client:
        assert words in client.get(page, "text/html").text
    with serving("--store", str(built)) as client:
        assert words not in client.get(page, "text/html").text
    (tmp_path / "copy.txt").write_text((EXAMPLE / "article.txt").read_text(encoding="utf-8") + "More.\n", "utf-8")
    with serving("--store", str(built), "--sources", str(tmp_path)) as client:
        assert "copy that differs" in client.get(page, "text/html").text


def test_no_log_line_has_a_part_of_a_text(built: Path) -> None:
    command = [*KG, "serve", "--port", "0", "--store", str(built), "--sources", str(EXAMPLE), "--log", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().partition("http://127.0.0.1:")[2].partition("/")[0]
        try:
            page = Client("127.0.0.1", int(port)).get("/about/article/harbour-talks/", "text/html")
        finally:
            process.send_signal(signal.SIGTERM)
        logged = process.stdout.read()
    assert "The talks opened" in page.text
    assert "GET /about/article/harbour-talks/ 200" in logged
    assert "The talks opened" not in logged


def test_a_plain_store_keeps_what_is_written_to_it(tmp_path: Path) -> None:
    arguments = ("--plain", "--writable", "--store", str(tmp_path / "store"))
    with serving(*arguments) as client:
        assert client.post("/update", "INSERT DATA { <s> <p> 1 }", "application/sparql-update").status == 204
    with serving(*arguments) as client:
        assert client.query("ASK { ?s ?p 1 }").json["boolean"] is True


def test_the_default_graph_of_a_plain_store_is_not_a_union(tmp_path: Path) -> None:
    with serving("--plain", "--writable", "--store", str(tmp_path / "store")) as client:
        client.send("PUT", "/data?graph=http://a.example/g", "<s> <p> <o> .", {"Content-Type": "text/turtle"})
        assert client.query("ASK { ?s ?p ?o }").json["boolean"] is False
        assert client.query("ASK { GRAPH ?g { ?s ?p ?o } }").json["boolean"] is True


def test_writable_needs_a_loopback_host(tmp_path: Path) -> None:
    command = [*KG, "serve", "--plain", "--writable", "--store", str(tmp_path / "store"), "--host", "0.0.0.0"]  # noqa: S104
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "--host 0.0.0.0" in run.stderr


def test_every_option_can_be_set_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    options = [option for option in serve.params if isinstance(option, click.Option) and option.name != "quiet"]
    values = {option: value_other_than_default(option, tmp_path) for option in options}
    by_option = [word for option, words in values.items() for word in words_of(option, words)]
    expected = serve.make_context("serve", by_option).params
    for option, words in values.items():
        monkeypatch.setenv(variable_of(option), " ".join(words))
    assert serve.make_context("serve", []).params == expected
    assert serve.make_context("serve", ["--port", "0"]).params["port"] == 0, "an option goes before"
    assert all(expected[str(option.name)] != option.default for option in options)


def variable_of(option: click.Option) -> str:
    """Return the variable of an option, which is named as its flag is."""
    return f"KG_SERVE_{option.opts[-1].removeprefix('--').replace('-', '_').upper()}"


def value_other_than_default(option: click.Option, folder: Path) -> list[str]:
    """Return words that an option takes, and that are not what it is without them."""
    if option.is_flag:
        return ["1"]
    if isinstance(option.type, click.Choice):
        return [str(option.type.choices[0])]
    if isinstance(option.type, click.Path):
        return [str(folder if option.type.dir_okay else folder / "file")]
    if isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType)):
        default = option.get_default(click.Context(serve))
        return ["8" if default == 7 else "7"]
    texts = {"origin": ["http://one.example", "http://two.example"], "allow_host": ["one.example", "two.example"]}
    return texts.get(str(option.name), ["192.0.2.1"])


def words_of(option: click.Option, words: list[str]) -> list[str]:
    return [option.opts[0]] if option.is_flag else [part for word in words for part in (option.opts[0], word)]


def test_a_port_in_use_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    with serving("--plain", "--store", store) as client:
        command = [*KG, "serve", "--plain", "--store", store, "--port", str(client.port)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert f"Cannot listen on 127.0.0.1:{client.port}" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_corpus_is_served_with_its_questions_and_refuses_writes(built: Path) -> None:
    with serving("--store", str(built)) as client:
        assert client.query("ASK { ?person a <http://xmlns.com/foaf/0.1/Person> }").json["boolean"] is True
        assert "sh:SPARQLExecutable" in client.get("/examples", "text/turtle").text
        assert client.post("/update", "CLEAR ALL", "application/sparql-update").status == 403


def test_every_minted_iri_is_served(built: Path) -> None:
    base = "https://example.org/communique/"
    text = "SELECT DISTINCT ?x { { ?x ?p ?o } UNION { GRAPH ?g { { ?x ?p ?o } UNION { ?s ?p ?x } } } }"
    with serving("--store", str(built)) as client:
        iris = [
            row["x"]["value"] for row in client.query(text).json["results"]["bindings"] if row["x"]["type"] == "uri"
        ]
        minted = sorted(name.removeprefix(base) for name in iris if name.startswith(base) and "#" not in name)
        assert len(minted) > 100
        answers = {name: client.send("HEAD", f"/data/{name}").status for name in minted[::10]}
    assert set(answers.values()) <= {200, 303}, answers


ENDLESS = (
    "SELECT * { VALUES ?a { " + "1 " * 1000 + "} VALUES ?b { " + "1 " * 1000 + "} VALUES ?c { " + "1 " * 1000 + "} }"
)


def test_a_long_response_takes_no_memory_and_stops_on_disconnect(tmp_path: Path) -> None:
    with serving("--plain", "--store", str(tmp_path / "store")) as client:
        process = client.process
        before = memory(process)
        connection = http.client.HTTPConnection(client.host, client.port, timeout=PATIENCE)
        connection.request("POST", "/sparql", ENDLESS, {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        for _ in range(400):
            assert len(answer.read(65536)) == 65536
        assert memory(process) - before < 64 * 2**20
        answer.close()
        connection.close()
        assert until(lambda: processor(process, 0.5) < 0.1)


def memory(process: int) -> int:
    """Return the resident memory of a process, in bytes."""
    return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor(process: int, seconds: float) -> float:
    """Return the processor seconds that a process uses in the next seconds."""
    before = used(process)
    time.sleep(seconds)
    return used(process) - before


def used(process: int) -> float:
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


STATEMENT = """
PREFIX cq: <https://w3id.org/communique/ontology#>
INSERT DATA {{ GRAPH <http://a.example/mine> {{ {} }} }}
"""


def test_a_write_is_inferred_and_validated_before_it_is_visible(built: Path) -> None:
    person = "<http://a.example/p> a cq:Person ; cq:name 'P' ."
    update = "application/sparql-update"
    with serving("--store", str(built), "--writable") as client:
        before = client.query("ASK {}").headers["ETag"]
        refused = client.post(
            "/update", STATEMENT.format("<http://a.example/s> a cq:Statement ."), update, "text/turtle"
        )
        assert refused.status == 422, refused.text
        assert "sh:ValidationReport" in refused.text
        assert client.query("ASK {}").headers["ETag"] == before
        clash = STATEMENT.format(person + "<http://a.example/p> a cq:Organization .")
        contradiction = client.post("/update", clash, update, "application/json")
        assert contradiction.status == 422
        assert "a.example/p" in contradiction.json["detail"]
        for graph in ("DEFAULT", "ALL", "NAMED"):
            assert client.post("/update", f"CLEAR {graph}", update).status == 403
        assert client.query("ASK {}").headers["ETag"] == before
        accepted = client.post("/update", STATEMENT.format(person), update)
        assert accepted.status == 204, accepted.text
        assert client.query("ASK { <http://a.example/p> a <https://schema.org/Person> }").json["boolean"] is True
        client.send("DELETE", "/data?graph=http://a.example/mine")
        assert client.query("ASK { <http://a.example/p> ?p ?o }").json["boolean"] is False
