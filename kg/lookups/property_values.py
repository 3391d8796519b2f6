"""The property values of things in one version of a store, with their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rdflib import URIRef

from kg import formats
from kg.iterables import in_batches
from kg.lookups.lookup_records import CitedPassage, Named
from kg.namespaces import CQ, ONTOLOGY
from kg.sparql.protocol import Query
from kg.sparql.query_request import declarations_before
from kg.sparql.query_terms import iri_in_query
from kg.store.interfaces import Store
from kg.store.query_rows import json_results

IRIS_OF_A_QUERY = 500
"""The maximum number of IRIs in one query."""
PREFIXES = f"PREFIX cq: <{ONTOLOGY}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
_SOURCE = URIRef("http://www.w3.org/ns/oa#hasSource")
_PASSAGE = (CQ.startOffset, CQ.endOffset, CQ.paragraph, CQ.digest, CQ.fragment, _SOURCE)
ValuesOfThing = Mapping[str, tuple[Named, ...]]
"""Values by the property's name without the namespace of the ontology."""


class Values:
    """Reads one version of a store."""

    def __init__(self, store: Store, version: str | None = None) -> None:
        self.store = store
        self.version = store.version(version).name

    def rows(self, text: str, labels: tuple[str, ...] = ()) -> list[dict[str, str]]:
        """Return the rows of a SELECT, which may use `cq:` and `skos:`, with label columns for `labels`."""
        bindings = self.results(text, labels)["results"]["bindings"]
        return [{name: term["value"] for name, term in binding.items()} for binding in bindings]

    def things(self, pattern: str) -> list[str]:
        """Return the IRIs that a pattern binds to `?thing`, sorted and without duplicates."""
        return [row["thing"] for row in self.rows(f"SELECT DISTINCT ?thing WHERE {{ {pattern} }} ORDER BY ?thing")]

    def results(self, text: str, labels: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the answer to a SELECT or ASK in SPARQL JSON."""
        query = Query(PREFIXES + text, formats.JSON, None, version=self.version, labels=labels)
        with declarations_before():
            answer: dict[str, Any] = json_results(self.store, query)
        return answer

    def of(self, iris: Iterable[str], properties: Iterable[URIRef] = ()) -> dict[str, ValuesOfThing]:
        """Return the values of the given properties, or of all, for each thing in order; a thing may have none."""
        names = " ".join(f"<{name}>" for name in properties)
        only = f"VALUES ?property {{ {names} }} " if names else ""
        return self.around(iris, f"{only}?thing ?property ?value")

    def around(self, iris: Iterable[str], pattern: str, paths: Sequence[str] = ()) -> dict[str, ValuesOfThing]:
        """Return values by a pattern of `?thing ?property ?value`, for the given things and those reached by paths.

        The given things come first, in order; each batch of them takes one query.
        """
        values: dict[str, defaultdict[str, list[Named]]] = {iri: defaultdict(list) for iri in iris}
        for batch in in_batches([*values], IRIS_OF_A_QUERY):
            things = " ".join(map(iri_in_query, batch))
            where = f"{reached(things, paths) if paths else f'VALUES ?thing {{ {things} }}'} {pattern}"
            # Sorted, because an engine may return solutions in any order.
            text = f"SELECT DISTINCT ?thing ?property ?value WHERE {{ {where} }} ORDER BY ?thing ?property ?value"
            for row in self.results(text, ("value",))["results"]["bindings"]:
                iri, value = row["thing"]["value"], row["value"]
                is_text, label = value["type"] == "literal", row.get("valueLabel", value)["value"]
                name = row["property"]["value"].removeprefix(ONTOLOGY)
                named = Named("" if is_text else value["value"], label)
                of_name = values.setdefault(iri, defaultdict(list))[name]
                if named not in of_name:  # another batch may lead to the same thing
                    of_name.append(named)
        return {iri: {name: tuple(of_name) for name, of_name in by_name.items()} for iri, by_name in values.items()}

    def passages(self, iris: Iterable[str]) -> dict[str, CitedPassage]:
        """Return passages by IRI."""
        return {
            iri: CitedPassage(
                iri,
                first(values, str(_SOURCE)).iri,
                int(first(values, "startOffset").name or 0),
                int(first(values, "endOffset").name or 0),
                int(first(values, "paragraph").name or 0),
                first(values, "digest").name,
                first(values, "fragment").name,
            )
            for iri, values in self.of(iris, _PASSAGE).items()
        }


def first(values: ValuesOfThing, name: str) -> Named:
    """Return the first value of a property, or an empty one."""
    return values.get(name, (Named("", ""),))[0]


def names_of_values(values: ValuesOfThing, name: str) -> tuple[str, ...]:
    """Return the names, or the texts, of a property's values."""
    return tuple(value.name for value in values.get(name, ()))


def iris_of_values(values: ValuesOfThing, name: str) -> tuple[str, ...]:
    """Return the IRIs of a property's values."""
    return tuple(value.iri for value in values.get(name, ()) if value.iri)


def reached(things: str, paths: Iterable[str]) -> str:
    """Return a pattern that binds `?start` to the things of a VALUES list and `?thing` to those and what paths reach.

    Virtuoso finds nothing with a union that has a branch of only VALUES, and too little with an optional path step.
    """
    start = f"VALUES ?start {{ {things} }}"
    steps = (f"{{ {start} ?start {path} ?thing }}" for path in paths)
    return " UNION ".join((f"{{ {start} ?start a ?class BIND(?start AS ?thing) }}", *steps))
