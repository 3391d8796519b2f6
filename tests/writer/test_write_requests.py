"""Requests to a writer: what it receives is what was sent, with the table's own formats."""

from __future__ import annotations

import pickle
import socket
from copy import deepcopy
from threading import Thread

import pytest

from kg import formats
from kg.workers.frames import MAX_CHUNK_BYTES, Channel
from kg.writer.write_requests import AddDataset, Document, Preconditions, WriteRequest, receive_pickled, send_pickled

ROWS = [row for row in vars(formats).values() if isinstance(row, formats.Format)]


def test_a_request_longer_than_a_frame_arrives_as_it_was_sent() -> None:
    documents = (Document(b"\x00\xff" * MAX_CHUNK_BYTES, formats.NQUADS, "urn:b"), Document(b"", formats.TRIG))
    request = WriteRequest(AddDataset("urn:new", documents), "Añadir", Preconditions(frozenset({"*"})))
    ours, theirs = map(Channel, socket.socketpair())
    sending = Thread(target=send_pickled, args=(ours, (request, 1.5)))
    sending.start()
    assert receive_pickled(theirs) == (request, 1.5)
    sending.join()
    ours.close()
    theirs.close()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_copy_or_a_pickle_of_a_format_is_the_same_row(row: formats.Format) -> None:
    assert pickle.loads(pickle.dumps(row)) is row  # noqa: S301 -- made here
    assert deepcopy(row) is row
