"""The people, organizations, groups, places and posts of a version, with what distinguishes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.datasets import GraphNames
from kg.lookups.property_values import Values
from kg.namespaces import CQ
from kg.sparql.query_terms import iri_in_query

KINDS_OF_THINGS: Mapping[str, str] = {
    str(CQ[name]): name.lower() for name in ("Person", "Organization", "Group", "Place", "Post")
}
"""The classes of reconciled things, with their names; things that an article leaves unnamed are not reconciled."""
NEIGHBOUR_PROPERTIES = ("affiliatedWith", "memberOf", "partOf", "within", "postIn", "advises")
"""Relations to what a thing belongs to."""


@dataclass
class KnownThing:
    """A thing in the graph, with its IRI."""

    iri: str
    name: str
    kind: str
    names: set[str] = field(default_factory=set)
    """Its name and other names, including those from outside the articles."""
    posts: dict[str, str] = field(default_factory=dict)
    """The names of posts and ranks that it holds or held, by IRI."""
    days: set[str] = field(default_factory=set)
    """Moments (xsd:dateTime or xsd:date) at which, by an article, it holds a post or takes part in an event."""
    neighbours: dict[str, str] = field(default_factory=dict)
    """The names of what it belongs to, and of people whom it met, by IRI."""

    @property
    def description(self) -> str:
        """Return its kind, and what distinguishes it from others with the same name."""
        about = [*sorted(self.posts.values()), *sorted(self.neighbours.values())][:3]
        return f"{self.kind}: {', '.join(about)}" if about else self.kind


def read_known_things(values: Values, names: GraphNames | None) -> dict[str, KnownThing]:
    """Return all things that other data can be reconciled with, by IRI."""
    things = _things(values)
    for row in _aliases(values, names):
        if row["thing"] in things:
            things[row["thing"]].names.add(row["name"])
    for row in _posts(values):
        if row["holder"] in things:
            holder = things[row["holder"]]
            holder.posts[row["post"]] = row.get("postLabel", row["post"])
            holder.days |= {row["day"]} if "day" in row else set()
    for row in _neighbours(values):
        if row["thing"] in things and row["neighbour"] in things:
            things[row["thing"]].neighbours[row["neighbour"]] = things[row["neighbour"]].name
            things[row["thing"]].days |= {row["day"]} if "day" in row else set()
    return things


def _things(values: Values) -> dict[str, KnownThing]:
    classes = " ".join(map(iri_in_query, KINDS_OF_THINGS))
    rows = values.rows(
        f"SELECT ?thing ?class ?name {{ VALUES ?class {{ {classes} }} ?thing a ?class ; cq:name ?name }}"
    )
    things: dict[str, KnownThing] = {}
    for row in rows:
        thing = KnownThing(row["thing"], row["name"], KINDS_OF_THINGS[row["class"]])
        things.setdefault(row["thing"], thing).names.add(row["name"])
    return things


def _aliases(values: Values, names: GraphNames | None) -> Iterable[dict[str, str]]:
    yield from values.rows("SELECT ?thing ?name { ?thing cq:alias|skos:altLabel ?name }")
    # Outside knowledge is not in the default graph.
    if names is not None:
        yield from values.rows(f"SELECT ?thing ?name {{ GRAPH <{names.outside}> {{ ?thing cq:alias ?name }} }}")


def _posts(values: Values) -> Iterable[dict[str, str]]:
    holdings = "?holding cq:holder ?holder ; cq:post|cq:rank ?post OPTIONAL { ?holding cq:asOf ?day }"
    return values.rows(f"SELECT ?holder ?post ?day WHERE {{ {holdings} }}", ("post",))


def _neighbours(values: Values) -> Iterable[dict[str, str]]:
    relations = "|".join(f"cq:{name}" for name in NEIGHBOUR_PROPERTIES)
    yield from values.rows(f"SELECT ?thing ?neighbour {{ ?thing {relations} ?neighbour }}")
    met = "?meeting a cq:Meeting ; cq:hasParticipant ?thing, ?neighbour OPTIONAL { ?meeting cq:asOf ?day }"
    yield from values.rows(f"SELECT ?thing ?neighbour ?day {{ {met} FILTER(?thing != ?neighbour) }}")
