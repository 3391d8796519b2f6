"""SERVICE clauses (SPARQL 1.1 Federated Query), for hosts that the operator allows and for the search index.

Each clause is resolved before the engine runs, and replaced in the query's text by its results as a VALUES table.
"""

from __future__ import annotations

import logging
import time

from kg.errors import CommuniqueError, RequestError
from kg.sparql.search_clauses import is_search, may_have_searches, read_search
from kg.sparql.service_clauses import Service, may_have_services, with_tables
from kg.store.interfaces import Version
from server.endpoints.outbound_requests import FETCH_TIMEOUT_SECONDS, query_endpoint
from server.http.client import query_time_limit, store_for_client
from server.http.errors import unavailable
from server.search.index_cache import version_index
from server.site import site

log = logging.getLogger(__name__)
MIN_QUERY_SECONDS = 0.01
"""Seconds left for the query itself, however long its endpoints took."""


def fill_service_clauses(text: str, timeout: float | None, version: Version) -> tuple[str, float | None]:
    """Return a query with the results of its SERVICE clauses filled in, and the seconds left to evaluate it.

    Both are unchanged if the query searches nothing and the operator allows no hosts. All clauses share
    FETCH_TIMEOUT_SECONDS, and the time that they take counts against the query's. Raises ForbiddenError if a host is
    not allowed, FetchError if one fails, RequestError if a search is malformed.
    """
    has_hosts = bool(site().settings.hosts)
    if not may_have_services(text) or not (has_hosts or may_have_searches(text)):
        return text, timeout
    started, limit = time.monotonic(), query_time_limit(site().store, timeout)
    text, services = store_for_client(site().store, timeout).services(text, site().base)
    # Without allowed hosts, all other clauses stay where they are, and are refused as in every query.
    services = tuple(service for service in services if has_hosts or is_search(service))
    if not services:
        return text, timeout
    # One deadline for all of them: many clauses of slow endpoints must not add up.
    deadline = started + min(FETCH_TIMEOUT_SECONDS, limit)
    text = with_tables(text, [(service, _results(service, version, deadline)) for service in services])
    return text, max(limit - (time.monotonic() - started), MIN_QUERY_SECONDS)


def _results(service: Service, version: Version, deadline: float) -> str:
    """Return the results of a SERVICE clause as SPARQL; if a SILENT one fails, one solution without bindings."""
    settings = site().settings
    seconds_left = max(deadline - time.monotonic(), 0.0)
    if is_search(service):
        # SILENT hides the failures of other hosts; a malformed search is a fault of the query.
        return _found_things(service, version, seconds_left)
    try:
        answer = query_endpoint(
            service.endpoint, service.query, settings.hosts, settings.request_limits.body, seconds_left
        )
        store = store_for_client(site().store, max(deadline - time.monotonic(), MIN_QUERY_SECONDS))
        return store.table(service.endpoint, answer)
    except CommuniqueError as error:
        if not service.silent:
            raise
        log.info("%s", error)
        return service.unanswered


def _found_things(service: Service, version: Version, seconds: float) -> str:
    """Return the results of a SERVICE search:index in a version, as a VALUES table.

    Waits up to `seconds` for the version's index. Raises RequestError if the clause is malformed, or the version is
    not the current one, the only one with an index; HttpError 503 if the index is not ready by then.
    """
    clause = read_search(service)
    index = version_index(version, seconds)
    if index is not None:
        return clause.table([(hit.thing, hit.cell) for hit in index.texts.search_exactly(clause.words)])
    if site().store.current() != version:
        raise RequestError(
            f"SERVICE search:index searches the current version of the store, and the request is for {version.name}."
        )
    sentence = "SERVICE search:index needs the index of the current version, which is not ready. Try again."
    raise unavailable(sentence)
