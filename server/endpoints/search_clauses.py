"""SERVICE search:index in a query: things found by words in the index of the pages, given to the engine as VALUES."""

from __future__ import annotations

from kg.errors import RequestError
from kg.sparql.search_clauses import FoundText, read_search
from kg.sparql.service_clauses import Service
from kg.store.interfaces import Version
from server.http.errors import HttpError
from server.search import version_index
from server.site import site


def found_things(service: Service, version: Version, seconds: float) -> str:
    """Return what a SERVICE search:index finds in a version as a VALUES table.

    Waits for the version's index, at most so many seconds. Raises RequestError if the clause is wrong, or the version
    is not the current one: there is one index, of that; HttpError 503 if the index is not ready by then.
    """
    clause = read_search(service)
    index = version_index(version, seconds)
    if index is not None:
        return clause.table([FoundText(hit.thing, hit.text.cell) for hit in index.texts.search_exactly(clause.words)])
    if site().store.current() != version:
        raise RequestError(
            f"SERVICE search:index searches the current version of the store, and the request is for {version.name}."
        )
    sentence = "SERVICE search:index needs the index of the current version, which is not ready. Ask again."
    raise HttpError(503, sentence, headers={"Retry-After": "1"})
