"""The people, organizations, groups, places and posts of a version, with what tells them apart."""

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
"""The classes of what is reconciled, with their names; what an article leaves unnamed is not."""
NEIGHBOUR_PROPERTIES = ("affiliatedWith", "memberOf", "partOf", "within", "postIn", "advises")
"""Relations to what somebody or something belongs to."""


@dataclass
class KnownThing:
    """Somebody or something of the graph, by IRI."""

    iri: str
    name: str
    kind: str
    names: set[str] = field(default_factory=set)
    """Its name and other names; those from outside the articles too."""
    posts: dict[str, str] = field(default_factory=dict)
    """The names of posts and ranks that it holds or held, by IRI."""
    days: set[str] = field(default_factory=set)
    """Moments (xsd:dateTime or xsd:date) as of which an article has it hold a post or take part in an event."""
    neighbours: dict[str, str] = field(default_factory=dict)
    """The names of what it belongs to, and of those whom it met, by IRI."""

    @property
    def description(self) -> str:
        """Return its kind, and what tells it from others of its name."""
        about = [*sorted(self.posts.values()), *sorted(self.neighbours.values())][:3]
        return f"{self.kind}: {', '.join(about)}" if about else self.kind


def read_known_things(values: Values, names: GraphNames | None) -> dict[str, KnownThing]:
    """Return all that can be reconciled with, by IRI."""
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
    # No default graph has what is known from outside the articles.
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
