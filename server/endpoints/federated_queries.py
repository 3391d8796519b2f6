"""SERVICE in queries, for the hosts that the operator lists: asked here, before the query meets the engine."""

from __future__ import annotations

import logging
import time

from kg.errors import CommuniqueError
from kg.sparql.service_clauses import Service, find_services, with_tables
from kg.store.service_tables import table
from kg.workers import PooledStore
from server.endpoints.outbound_requests import PATIENCE, ask
from server.http.client import query_seconds, store_for_client
from server.site import site

log = logging.getLogger(__name__)
LEAST = 0.01
"""Seconds that the query itself is given at least."""


def answered_elsewhere(text: str, timeout: float | None) -> tuple[str, float | None]:
    """Return a query with each SERVICE replaced by what its endpoint answers, and the seconds left for the rest.

    Without listed hosts both are as they were. Raises ForbiddenError for a host that is not listed, and FetchError
    for one that gives no answer. All endpoints share PATIENCE, and what they take counts against the query's time.
    """
    if not site().settings.hosts:
        return text, timeout
    begun, given = time.monotonic(), query_seconds(site().store, timeout)
    text, services = find_services(text, site().base)
    if not services:
        return text, timeout
    deadline = begun + min(PATIENCE, given)
    text = with_tables(text, [(each, _asked(each, deadline)) for each in services])
    return text, max(given - (time.monotonic() - begun), LEAST)


def _asked(service: Service, deadline: float) -> str:
    settings = site().settings
    patience = max(deadline - time.monotonic(), 0.0)
    try:
        answer = ask(service.endpoint, service.query, settings.hosts, settings.request_limits, patience)
        return _table(service.endpoint, answer, max(deadline - time.monotonic(), LEAST))
    except CommuniqueError as error:
        if not service.silent:
            raise
        log.info("%s", error)
        return service.unanswered


def _table(endpoint: str, answer: bytes, patience: float) -> str:
    """Have a worker read an answer: nothing that an outsider has written is parsed in the process that all share."""
    store = store_for_client(site().store, patience)
    return store.table(endpoint, answer) if isinstance(store, PooledStore) else table(endpoint, answer)
