"""Compares what a version that an address pins says of a thing with what the current one says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from server.descriptions.addresses import thing_address
from server.pages.citations import citation_address
from server.pages.cited_things import cite
from server.pages.thing_queries import ThingQueries
from server.site import site


@dataclass(frozen=True)
class NewerVersion:
    """The current version, what it says of a thing in an older one's stead, and the address of the thing there."""

    name: str
    words: str
    address: str


def newer_version(
    thing: ThingQueries, read_page: Callable[[ThingQueries], object], other: str = ""
) -> NewerVersion | None:
    """Return how the current version stands to what an older one says of a thing, None if all facts are the same.

    `read_page` runs the queries of the thing's page: they lead to its posts and participants, which are no facts of
    its own.
    """
    if not site().differs_in_facts(thing.version):
        return None
    # A copy, so that nothing of the comparison is listed among the queries of the page, and what they read serves it.
    older = ThingQueries(thing.version, [*thing.answered], iri=thing.iri)
    newer = ThingQueries(site().store.current(), iri=thing.iri)
    is_same = _content(older, read_page, other) == _content(newer, read_page, other)
    words = "has the same facts of it" if is_same else "has other facts of it"
    if is_same and any(query.is_cut for query in older.answered):
        words = "has the same facts of it among those that a page reads"
    if not newer.rows("facts"):
        words = "knows nothing of it any more"
    address = citation_address(thing.iri, other) if other else thing_address(thing.iri)
    return NewerVersion(newer.version.name, words, address)


def _content(thing: ThingQueries, read_page: Callable[[ThingQueries], object], other: str) -> tuple[object, ...]:
    """Return what two versions have in common if they say the same of a thing."""
    read_page(thing)
    cited = cite(thing, other)
    for query in ("facts", "pointing"):
        thing.rows(query)
    # The citation names its version, in which the two differ anyway; rows of an equal rank come in any order.
    rows = {frozenset(row.items()) for query in thing.answered for row in query.rows}
    return cited and replace(cited, version="", permalink=""), rows
