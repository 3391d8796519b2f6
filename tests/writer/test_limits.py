"""What limits do to writes, over a real socket: they end, nothing of them is left, and others are served meanwhile."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.datasets import GraphNames
from kg.errors import FetchError
from kg.store import EmbeddedStore
from kg.workers.query_limits import QueryLimits
from kg.writer.process_writer import ProcessWriter
from kg.writer.write_requests import Document, RunUpdate, WriteRequest
from tests.support.processes import children
from tests.support.waiting import until
from tests.support.writing_server import ENDLESS, HUNGRY, UPDATE, Writing, fork_servers, kill, writers, writing

MIXED = " ".join(
    f"<x:m{member}> <x:when> '2026-01-{member % 28 + 1:02}T{member % 24:02}:00:00{'Z' if member % 2 else ''}'"
    "^^<http://www.w3.org/2001/XMLSchema#dateTime> ."
    for member in range(300)
)


def test_an_update_over_its_time_ends_while_others_read_and_write(patient: Writing) -> None:
    number, read_meanwhile = len(patient.versions()), False
    for seconds in ("3", "15", "75"):  # a busy machine may need longer than three seconds to read
        with ThreadPoolExecutor(2) as threads:
            endless = threads.submit(patient.update, ENDLESS, timeout=seconds)
            assert until(lambda endless=endless: patient.is_at_work() or endless.done())  # type: ignore[misc]
            after_it = threads.submit(patient.update, "INSERT DATA { <x:second> <x:p> 1 }", timeout=seconds)
            assert patient.holds("<x:s1> <x:p> 1")
            read_meanwhile = not endless.done()
            reply = endless.result()
            assert (reply.status, reply.text) == (504, f"The write took longer than its limit of {seconds} s.\n")
            assert after_it.result().status in (204, 503, 504)  # by how much of its own time the first has left it
        number += after_it.result().status == 204
        if read_meanwhile:
            break
    assert read_meanwhile
    patient.has_written()
    assert not patient.holds("?s <x:r> ?o")
    assert len(patient.versions()) == number + 1
    assert patient.leftovers() == []


def test_the_parameter_timeout_lowers_the_limit(patient: Writing) -> None:
    reply = patient.update(ENDLESS, timeout="1")
    assert (reply.status, reply.text) == (504, "The write took longer than its limit of 1 s.\n")
    assert patient.update("INSERT DATA { <x:a> <x:p> 1 }", timeout="soon").status == 400


def test_an_update_over_its_memory_is_answered_422_and_the_limit_named(tmp_path: Path) -> None:
    with writing(tmp_path / "store", time=60, cpu=60, memory=96) as server:
        for number in range(3):
            server.update(f"INSERT DATA {{ {' '.join(f'<x:{number}-{n}> <x:p> {n} .' for n in range(500))} }}")
        reply = server.update(HUNGRY)
        assert (reply.status, reply.text) == (
            422,
            "The write needed more memory than its limit of 100,663,296 bytes.\n",
        )
        server.has_written()
        assert server.leftovers() == []


def test_an_update_over_its_processor_time_is_answered_504(tmp_path: Path) -> None:
    with writing(tmp_path / "store", time=60, cpu=1) as server:
        server.update(f"INSERT DATA {{ {' '.join(f'<x:{n}> <x:p> {n} .' for n in range(600))} }}")
        reply = server.update(ENDLESS)
        assert (reply.status, reply.text) == (504, "The write used more processor time than its limit of 1 s.\n")
        server.has_written()


def test_values_that_the_engine_cannot_order_end_no_more_than_their_update(patient: Writing) -> None:
    assert patient.update(f"INSERT DATA {{ {MIXED} }}").status == 204
    ordering = "INSERT { <x:o> <x:v> ?v } WHERE { SELECT ?v { ?s <x:when> ?v } ORDER BY ?v LIMIT 3 }"
    assert patient.update(ordering).status in (204, 400, 422, 500)
    assert patient.holds("<x:s1> <x:p> 1")
    patient.has_written()


def test_a_client_that_leaves_ends_its_write(patient: Writing) -> None:
    before = patient.versions()
    connection = socket.create_connection((patient.client.host, patient.client.port))
    length = f"Content-Type: {UPDATE}\r\nContent-Length: {len(ENDLESS)}"
    head = f"POST /update HTTP/1.1\r\nHost: {patient.client.host}:{patient.client.port}\r\n{length}\r\n\r\n"
    connection.sendall(f"{head}{ENDLESS}".encode())
    assert until(patient.is_at_work)
    assert [query["state"] for query in patient.listed()] == ["writing"]
    connection.close()
    assert until(lambda: not writers() and not patient.listed())
    assert patient.versions() == before
    assert patient.leftovers() == []
    patient.has_written()


def test_an_operator_sees_writes_and_ends_one(patient: Writing) -> None:
    with ThreadPoolExecutor(2) as threads:
        endless = threads.submit(patient.update, ENDLESS)
        assert until(patient.is_at_work)
        waiting = threads.submit(patient.update, "INSERT DATA { <x:waited> <x:p> 1 }")
        assert until(lambda: len(patient.listed()) == 2)
        first, second = patient.listed()
        assert (first["text"], first["state"]) == (ENDLESS, "writing")
        assert (second["text"], second["state"]) == ("INSERT DATA { <x:waited> <x:p> 1 }", "waiting")
        assert patient.client.send("DELETE", f"/admin/queries/{first['number']}").status == 204
        reply = endless.result()
        assert (reply.status, reply.text) == (503, f"The operator stopped this write, number {first['number']}.\n")
        assert waiting.result().status == 204
    assert patient.holds("<x:waited> <x:p> 1")
    assert patient.client.send("DELETE", f"/admin/queries/{first['number']}").status == 404


def test_writes_at_one_time_are_made_one_after_another(patient: Writing) -> None:
    before = patient.versions()
    with ThreadPoolExecutor(4) as threads:
        texts = [f"INSERT DATA {{ <x:at-once> <x:p> {number} }}" for number in range(6)]
        assert [reply.status for reply in threads.map(patient.update, texts)] == [204] * 6
    assert len(patient.versions()) == len(before) + 6
    assert all(patient.holds(f"<x:at-once> <x:p> {number}") for number in range(6))


def test_a_writer_elsewhere_that_keeps_the_lock_is_answered_503_with_retry_after(patient: Writing) -> None:
    other = EmbeddedStore.open(patient.folder, GraphNames(""), plain=True)
    with other.write():
        reply = patient.update("INSERT DATA { <x:late> <x:p> 1 }", timeout="1")
        assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        assert "Another writer has held the store" in reply.text
        assert patient.holds("<x:s1> <x:p> 1")
    patient.has_written()


def test_more_writes_than_may_wait_are_answered_503_at_once(tmp_path: Path) -> None:
    with writing(tmp_path / "store", queue=0, time=120, cpu=120) as server, ThreadPoolExecutor(1) as threads:
        server.update(f"INSERT DATA {{ {' '.join(f'<x:{n}> <x:p> {n} .' for n in range(600))} }}")
        endless = threads.submit(server.update, ENDLESS)
        assert until(server.is_at_work)
        reply = server.update("INSERT DATA { <x:late> <x:p> 1 }")
        assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        assert server.client.send("DELETE", f"/admin/queries/{server.listed()[0]['number']}").status == 204
        assert endless.result().status == 503


def test_a_writer_that_is_killed_costs_its_write_alone(patient: Writing) -> None:
    before = patient.versions()
    with ThreadPoolExecutor(1) as threads:
        endless = threads.submit(patient.update, ENDLESS)
        assert until(patient.is_at_work)
        kill(writers()[0])
        reply = endless.result()
    assert (reply.status, reply.text) == (500, "The process that carried this write out was ended by SIGKILL.\n")
    assert patient.versions() == before
    assert patient.leftovers() == []
    patient.has_written()


def test_a_fork_server_that_is_killed_is_started_again_and_its_writer_can_still_be_ended(patient: Writing) -> None:
    with ThreadPoolExecutor(1) as threads:
        endless = threads.submit(patient.update, ENDLESS)
        assert until(patient.is_at_work)
        kill(next(server for server in fork_servers() if children(server)))
        assert patient.client.send("DELETE", f"/admin/queries/{patient.listed()[0]['number']}").status == 204
        assert endless.result().status == 503
    assert patient.leftovers() == []
    patient.has_written()


def test_a_write_leaves_as_many_versions_as_are_to_be_kept(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, GraphNames(""), plain=True)
    writer = ProcessWriter(tmp_path, store, QueryLimits(time=60), keep=2)
    try:
        for number in range(4):
            action = RunUpdate(f"INSERT DATA {{ <x:a> <x:p> {number} }}")
            assert writer.write(WriteRequest(action, "a test's"), no_document).version.name == f"00000{number + 1}"
    finally:
        writer.close()
    assert [version.name for version in store.versions()] == ["000003", "000004"]


def no_document(url: str) -> Document:
    raise FetchError(url)
