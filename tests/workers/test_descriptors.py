"""What the workers and the store hold of the process's descriptors is within what connections leave them."""

from __future__ import annotations

from pathlib import Path

from kg.formats import NTRIPLES
from kg.store import EmbeddedStore, Query
from kg.workers.descriptor_budget import descriptors_needed
from kg.workers.query_limits import QueryLimits
from tests.support.waiting import until
from tests.support.worker_pool import NAMES, Opening, ask, fill


def held() -> int:
    """Return how many descriptors this process has."""
    return len([*Path("/proc/self/fd").iterdir()])


def test_workers_and_open_versions_take_fewer_descriptors_than_are_kept_back(tmp_path: Path, opening: Opening) -> None:
    before = held()
    store = EmbeddedStore.open(tmp_path, NAMES)
    for number in range(6):
        fill(store, number + 1, "another")
        b"".join(store.query(Query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", None, NTRIPLES)).chunks)
    with opening(workers=8) as pooled:
        assert until(lambda: pooled.stats().workers == 8)
        assert b"true" in ask(pooled)
        taken = held() - before
        assert 8 * 3 < taken < descriptors_needed(pooled.limits)


def test_every_worker_and_stream_counts() -> None:
    most = descriptors_needed(QueryLimits(workers=8, streams=100)) - descriptors_needed(
        QueryLimits(workers=4, streams=8)
    )
    assert most == 5 * 96
    assert descriptors_needed(None) == descriptors_needed(QueryLimits()) - 5 * 12 - 4
