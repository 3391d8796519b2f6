"""A real `kg serve` over a plain store that is large enough for slow queries, and an administrator of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.harness import serving
from tests.support.command_line import here
from tests.support.serve_process import AdminClient, write_version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a store of one version."""
    write_version(tmp_path / "store", "first")
    return tmp_path / "store"


@pytest.fixture
def admin(folder: Path) -> Iterator[AdminClient]:
    """Return a client of a server, with the token of an administrator."""
    token = here("token", "add", "operator", "--role", "admin", "--store", folder).out.split()[-1]
    with serving(folder, "--plain", "--workers", "4", "--slow-log", "0.2", "--log", "json") as server:
        client = AdminClient(server, token)
        assert client.get("/network", "text/html").status == 200, "it waits for the index, whose queries count too"
        yield client
