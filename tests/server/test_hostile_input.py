"""Hostile requests are refused with a sentence, and neither stop the server nor fill its memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.server.hostile import MEGABYTE, Attack, attacks
from tests.server.test_command import Served, serving

ALL = [*attacks()]
GROWTH = 30 * MEGABYTE
CLIENTS = 4
MOST_MEMORY = 300 * MEGABYTE
"""What the front process may hold beside any of the attacks, four of them at a time."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server that takes writes."""
    with serving("--plain", "--writable", "--store", str(tmp_path_factory.mktemp("hostile") / "store")) as client:
        yield client


def resident(process: int, what: str = "VmRSS") -> int:
    """Return the bytes of memory that a process holds, or (VmHWM) has held at most."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name)
def test_an_attack_is_refused_with_a_sentence(server: Served, attack: Attack) -> None:
    reply = server.send(attack.method, attack.path, attack.body or None, attack.headers)
    assert reply.status in attack.expected, reply.text[:300]
    assert len(reply.body) < 100_000
    assert reply.text.strip()
    assert server.query("ASK {}").json["boolean"] is True


def test_attacks_do_not_exhaust_memory_or_block_others(server: Served) -> None:
    def attack_all(start: int) -> list[str]:
        turned = ALL[start:] + ALL[:start]
        sent = (
            (attack, server.send(attack.method, attack.path, attack.body or None, attack.headers)) for attack in turned
        )
        return [attack.name for attack, reply in sent if reply.status not in (*attack.expected, 503)]

    with ThreadPoolExecutor(CLIENTS) as clients:
        attackers = [clients.submit(attack_all, number * len(ALL) // CLIENTS) for number in range(CLIENTS)]
        answers = 0
        while not all(attacker.done() for attacker in attackers) or not answers:
            assert server.query("ASK {}").json["boolean"] is True
            assert server.get("/health").json == {"status": "alive"}
            answers += 1
    assert [attacker.result() for attacker in attackers] == [[]] * CLIENTS
    assert resident(server.process, "VmHWM") < MOST_MEMORY


def test_attacks_leave_nothing_in_memory(server: Served) -> None:
    def once() -> int:
        for attack in ALL:
            server.send(attack.method, attack.path, attack.body or None, attack.headers)
        return resident(server.process)

    first = once()
    assert [later for later in range(2) if once() > first + GROWTH] == []
    assert server.get("/data?graph=urn:g", "text/turtle").status == 404
