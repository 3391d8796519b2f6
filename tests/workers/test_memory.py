"""What queries allocate is limited, and what threads reserve is not: no trivial query fails for want of memory."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kg.workers.memory_ceiling import reserved_for_stacks
from kg.workers.query_limits import MEGABYTE
from tests.durability.harness import serving
from tests.support.waiting import PATIENCE, until
from tests.support.worker_pool import Opening, fork_servers, workers

ROUNDS = int(os.environ.get("ROUNDS", "20"))
"""How many times something is written and read again; `make rounds` does it 2,000 times."""
THING = "<http://a.example/s>"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}


def sent(connection: HTTPConnection, path: str, **form: str) -> tuple[int, str]:
    """Post a form, and return what is answered."""
    connection.request("POST", path, urlencode(form), FORM)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def outcomes(connection: HTTPConnection, rounds: int) -> Counter[str]:
    """Write a value and read it, again and again; count what came of it."""
    counts: Counter[str] = Counter()
    for number in range(rounds):
        update = f"DELETE WHERE {{ {THING} ?p ?o }} ; INSERT DATA {{ {THING} <http://a.example/p> {number} }}"
        status, body = sent(connection, "/update", update=update)
        counts[f"write {status}"] += 1
        status, body = sent(connection, "/sparql", query=f"SELECT ?o {{ {THING} ?p ?o }}")
        values = re.findall(r'"value":\s*"(\d+)"', body)
        counts[f"read {status}" if status != 200 or values == [str(number)] else f"read {values}"] += 1
    return counts


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("memory", ["64", "512", "1024"])
def test_what_is_written_is_read_every_time(memory: str, tmp_path: Path) -> None:
    with serving(tmp_path / "store", "--plain", "--writable", "--memory", memory) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        with closing(connection):
            counts = outcomes(connection, ROUNDS)
    assert counts == {"write 204": ROUNDS, "read 200": ROUNDS}


def test_address_space_has_no_limit_and_private_pages_have(opening: Opening) -> None:
    others = fork_servers()
    with opening(memory=64) as store:
        assert until(lambda: store.stats().workers == store.limits.workers)
        ceilings = []
        for worker in workers(others):
            limits = Path(f"/proc/{worker}/limits").read_text("ascii")
            assert re.search(r"Max address space +unlimited +unlimited", limits)
            data = re.search(r"Max data size +(\d+) +(\d+)", limits)
            assert data
            assert data[1] == data[2]
            ceilings.append(int(data[1]))
        bound = reserved_for_stacks() + (64 + 192) * MEGABYTE
        assert len(ceilings) == store.limits.workers
        assert max(ceilings) < bound
