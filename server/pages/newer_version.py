"""Compares what a version that an address pins says of a thing with what the current one says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.store.interfaces import Version
from server.descriptions.addresses import thing_address
from server.pages.citations import citation_address
from server.pages.cited_things import cite
from server.pages.thing_queries import ThingQueries
from server.pages.version_facts import differs_in_facts
from server.site import site


@dataclass(frozen=True)
class NewerVersion:
    """The current version, what it says of a thing in an older one's stead, and the address of the thing there."""

    name: str
    words: str
    address: str


def newer_version(version: Version, iri: str, other: str = "") -> NewerVersion | None:
    """Return how the current version stands to what an older one says of a thing, None if all facts are the same."""
    current = site().store.current()
    if not differs_in_facts(version):
        return None
    older, newer = (ThingQueries(compared, iri=iri) for compared in (version, current))
    is_same = _content(older, other) == _content(newer, other)
    words = "has the same facts of it" if is_same else "has other facts of it"
    if not newer.rows("facts"):
        words = "knows nothing of it any more"
    return NewerVersion(current.name, words, citation_address(iri, other) if other else thing_address(iri))


def _content(thing: ThingQueries, other: str) -> tuple[object, ...]:
    """Return what two versions have in common if they say the same of a thing."""
    cited = cite(thing, other)
    facts, references = (
        {(row["property"], row["value"]) for row in thing.rows(query)} for query in ("facts", "pointing")
    )
    # The citation names its version, in which the two differ anyway.
    return cited and replace(cited, version="", permalink=""), facts, references
