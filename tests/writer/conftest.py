"""Servers whose writes run in processes of their own, over stores that are easy to ask too much of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.writing_server import FILLED, Writing, writing


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writing]:
    """Return a server that gives a write two minutes."""
    with writing(tmp_path_factory.mktemp("patient") / "store", time=120, cpu=120) as server:
        assert server.update(FILLED).status == 204
        yield server
